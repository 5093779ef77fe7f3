package io.steelyard.http.h1;

import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.HttpVersion;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Method;
import io.steelyard.http.message.Relaxation;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.message.TargetRules;
import io.steelyard.http.message.Violation;
import io.steelyard.http.octet.Octets;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads request heads (RFC 9112) from bytes that arrive in any pieces. Strict: what two programs might understand differently is refused,
 * with a {@link Violation} that says why; {@link Leniency} relaxes single rules.
 *
 * <pre>{@code
 * parser.begin(head);
 * while (parser.parse(received) == ParseResult.NEED_MORE) { receive more }
 * }</pre>
 *
 * <p>A complete head has passed all rules, its target, host and body framing are decided, and the buffer stands at the first byte of the
 * body or of the next request. The same bytes give the same result in whatever pieces they come.
 *
 * <p>Nothing is allocated per request once the head's memory has the size that requests need. Not thread-safe: owned by one loop.
 */
public final class RequestParser {
    private static final int LONGEST_METHOD = 32;
    private static final int EMPTY_LINES = 2;
    private static final long HTTP_1_1 = word("HTTP/1.1");
    private static final long HTTP_1_0 = word("HTTP/1.0");
    private static final long GET = word("GET \0\0\0\0");
    private static final long POST = word("POST \0\0\0");
    private static final long SPACES = Octets.repeated(' ');

    private final HeadReader reader;
    private final Leniency leniency;
    private final boolean extraSpaces;
    private final BodyFraming framing = new BodyFraming();
    private RequestHead head;
    private State state = State.EMPTY_LINES;
    private int emptyLines;
    private boolean afterReturn;
    private int targetStart;
    private int targetEnd;

    private enum State {
        /** Before the request line. */
        EMPTY_LINES,
        REQUEST_LINE,
        FIELDS,
        DONE,
        REJECTED
    }

    /** A strict parser with default limits. */
    public RequestParser() {
        this(HttpLimits.DEFAULT, Leniency.strict());
    }

    /** A parser with limits and with some rules relaxed. */
    public RequestParser(HttpLimits limits, Leniency leniency) {
        this.leniency = leniency;
        this.extraSpaces = leniency.allows(Relaxation.EXTRA_SPACES_IN_REQUEST_LINE);
        this.head = new RequestHead();
        this.reader = new HeadReader(limits, leniency, head.fields(), leniency.allows(Relaxation.UNDERSCORE_IN_NAME));
    }

    /**
     * Begins a request: clears the head and fills it from then on.
     *
     * @throws IllegalArgumentException if the head's block cannot grow to what the limits allow
     */
    public void begin(RequestHead request) {
        request.clear();
        head = request;
        reader.begin(request.fields());
        framing.clear();
        state = State.EMPTY_LINES;
        emptyLines = 0;
        afterReturn = false;
    }

    /** The violation, once {@link #parse} said REJECTED; NONE before. */
    public Violation violation() {
        return reader.violation();
    }

    /** What came of it, once {@link #parse} said REJECTED. @param rest what was not taken yet; stays as it is */
    public BrokenHead broken(ByteBuffer rest) {
        return reader.broken(rest);
    }

    /** Where the body ends, once {@link #parse} said COMPLETE. This parser's own; the next {@link #begin} clears it. */
    public BodyFraming framing() {
        return framing;
    }

    /** Whether the request line of a rejected request was read, whatever came behind it. */
    public boolean hasLine() {
        return head.targetEnd() > 0;
    }

    /**
     * The first line of a request that was rejected, or is not complete, up to its end or as far as it came. Each character is one byte.
     *
     * @param in what was not taken yet; stays as it is
     */
    public String line(ByteBuffer in) {
        var line = new StringBuilder();
        var bytes = head.fields().bytes();
        int most = reader.limits.requestLine();
        int taken = head.fields().usedBytes();
        for (int i = 0; i < taken + in.remaining() && line.length() < most; i++) {
            int octet = (i < taken ? bytes[i] : in.get(in.position() + i - taken)) & 0xff;
            if (octet == '\r' || octet == '\n') {
                break;
            }
            line.append((char) octet);
        }
        return line.toString();
    }

    /** Whether any byte of a request was seen since {@link #begin}; empty lines before it are none. */
    public boolean hasBegun() {
        return state != State.EMPTY_LINES;
    }

    /**
     * Takes bytes from the buffer's position up to the end of the head.
     *
     * @throws IllegalStateException if the head is complete or was rejected already
     */
    public ParseResult parse(ByteBuffer in) {
        if (state == State.DONE || state == State.REJECTED) {
            throw new IllegalStateException("the request is over (" + state + "); begin another one first");
        }
        if (state == State.EMPTY_LINES && !skipEmptyLines(in)) {
            return state == State.REJECTED ? ParseResult.REJECTED : ParseResult.NEED_MORE;
        }
        while (in.hasRemaining()) {
            reader.fill(in);
            var result = advance();
            if (result == ParseResult.COMPLETE) {
                reader.giveBack(in);
                result = finish();
            }
            if (result != ParseResult.NEED_MORE) {
                state = result == ParseResult.COMPLETE ? State.DONE : State.REJECTED;
                return result;
            }
        }
        return ParseResult.NEED_MORE;
    }

    private boolean skipEmptyLines(ByteBuffer in) {
        while (in.hasRemaining()) {
            byte octet = in.get(in.position());
            if (octet != '\r' && octet != '\n' && !afterReturn) {
                state = State.REQUEST_LINE;
                return true;
            }
            var violation = Violation.NONE;
            if (octet == '\n') {
                if (!afterReturn && !leniency.allows(Relaxation.BARE_LINE_FEED)) {
                    violation = Violation.BARE_LINE_FEED;
                } else if (++emptyLines > EMPTY_LINES && !leniency.allows(Relaxation.EMPTY_LINES_BEFORE_REQUEST)) {
                    violation = Violation.BYTES_BEFORE_MESSAGE;
                }
            } else if (afterReturn) {
                violation = Violation.BARE_CARRIAGE_RETURN;
            }
            if (violation != Violation.NONE) {
                reader.reject(violation);
                state = State.REJECTED;
                return false;
            }
            afterReturn = octet == '\r';
            in.position(in.position() + 1);
        }
        return false;
    }

    private ParseResult advance() {
        if (state == State.REQUEST_LINE) {
            int length = reader.limits.requestLine();
            if (!reader.isWorthParsing(length)) {
                return ParseResult.NEED_MORE;
            }
            int next = requestLine(reader.bound(length));
            if (next == HeadReader.INCOMPLETE) {
                if (!reader.isTooLong(length)) {
                    return ParseResult.NEED_MORE;
                }
                next = reader.reject(Violation.REQUEST_LINE_TOO_LONG);
            }
            if (next == HeadReader.BAD) {
                return ParseResult.REJECTED;
            }
            reader.advanceTo(next);
            reader.beginFields();
            state = State.FIELDS;
        }
        var result = reader.readFields();
        if (result == ParseResult.REJECTED) {
            // Logs tell what was asked for, as far as that can be read.
            TargetRules.apply(head, targetStart, targetEnd, leniency);
        }
        return result;
    }

    private int requestLine(int bound) {
        var bytes = head.fields().bytes();
        int methodStart = reader.line;
        int methodEnd = methodEnd(bytes, methodStart, bound);
        if (methodEnd < 0) {
            return methodEnd;
        }
        int start = skipSpaces(bytes, methodEnd + 1, bound);
        if (start < 0) {
            return start;
        }
        int stop = targetEnd(bytes, start, bound);
        if (stop < 0) {
            return stop;
        }
        int versionStart = skipSpaces(bytes, stop + 1, bound);
        if (versionStart < 0) {
            return versionStart;
        }
        var version = version(bytes, versionStart, bound);
        if (version == null) {
            return reader.violation() == Violation.NONE ? HeadReader.INCOMPLETE : HeadReader.BAD;
        }
        int next = requestLineEnd(bytes, versionStart + 8, bound);
        if (next < 0) {
            return next;
        }
        var method = methodOf(bytes, methodStart, methodEnd);
        if ((method == Method.TRACE && !leniency.allows(Relaxation.TRACE))
                || (method == Method.CONNECT && !leniency.allows(Relaxation.CONNECT))) {
            return reader.reject(Violation.METHOD_NOT_ALLOWED);
        }
        head.begin(method, methodStart, methodEnd, version);
        targetStart = start;
        targetEnd = stop;
        return next;
    }

    private static Method methodOf(byte[] bytes, int from, int to) {
        long word = Octets.word(bytes, from);
        if (Octets.firstBytes(word, 4) == GET) {
            return Method.GET;
        }
        return Octets.firstBytes(word, 5) == POST ? Method.POST : Method.of(bytes, from, to);
    }

    private int methodEnd(byte[] bytes, int from, int bound) {
        int i = from;
        while (i < bound && Octets.isToken(bytes[i])) {
            if (i++ - from == LONGEST_METHOD) {
                return reader.reject(Violation.METHOD_TOO_LONG);
            }
        }
        if (i >= bound) {
            return HeadReader.INCOMPLETE;
        }
        if (bytes[i] == ' ' && i > from) {
            return i;
        }
        if (i > from && bytes[i] == '\t') {
            return reader.reject(Violation.EXTRA_SPACE_IN_REQUEST_LINE);
        }
        return reader.reject(
                i > from && (bytes[i] == '\r' || bytes[i] == '\n')
                        ? Violation.TARGET_MISSING
                        : Violation.METHOD_INVALID);
    }

    /** The first index that is no space, behind the one that separates the parts of the line. */
    private int skipSpaces(byte[] bytes, int from, int bound) {
        int i = from;
        while (i < bound && bytes[i] == ' ') {
            if (!extraSpaces) {
                return reader.reject(Violation.EXTRA_SPACE_IN_REQUEST_LINE);
            }
            i++;
        }
        return i < bound ? i : HeadReader.INCOMPLETE;
    }

    private int targetEnd(byte[] bytes, int from, int bound) {
        for (int i = from; i < bound; i += 8) {
            long word = Octets.word(bytes, i);
            long found = Octets.matches(word, SPACES) | Octets.controls(word);
            if (found != 0) {
                int at = i + Octets.firstByteOf(found);
                if (at >= bound) {
                    return HeadReader.INCOMPLETE;
                }
                return bytes[at] == ' ' ? at : reader.reject(targetViolation(bytes[at], at == from));
            }
        }
        return HeadReader.INCOMPLETE;
    }

    private static Violation targetViolation(byte octet, boolean isEmpty) {
        if (octet == '\r' || octet == '\n') {
            return isEmpty ? Violation.TARGET_MISSING : Violation.VERSION_MISSING;
        }
        return octet == '\t' ? Violation.EXTRA_SPACE_IN_REQUEST_LINE : Violation.TARGET_INVALID;
    }

    private @Nullable HttpVersion version(byte[] bytes, int from, int bound) {
        if (bound - from >= 8) {
            long word = Octets.word(bytes, from);
            if (word == HTTP_1_1) {
                return HttpVersion.HTTP_1_1;
            }
            if (word == HTTP_1_0) {
                return HttpVersion.HTTP_1_0;
            }
        }
        for (int i = 0; i < 8; i++) {
            if (from + i >= bound) {
                return null;
            }
            byte octet = bytes[from + i];
            boolean right = i == 5 || i == 7 ? Octets.isDigit(octet) : octet == "HTTP/1.1".charAt(i);
            if (!right) {
                reader.reject(
                        i == 0 && (octet == '\r' || octet == '\n')
                                ? Violation.VERSION_MISSING
                                : Violation.VERSION_INVALID);
                return null;
            }
        }
        if (from + 8 >= bound) {
            return null;
        }
        if (Octets.isDigit(bytes[from + 8])) {
            reader.reject(Violation.VERSION_INVALID);
            return null;
        }
        if (bytes[from + 5] == '1' && leniency.allows(Relaxation.HIGHER_MINOR_VERSION)) {
            return HttpVersion.HTTP_1_1;
        }
        reader.reject(Violation.VERSION_NOT_SUPPORTED);
        return null;
    }

    private int requestLineEnd(byte[] bytes, int from, int bound) {
        int i = from;
        while (i < bound && bytes[i] == ' ') {
            if (!leniency.allows(Relaxation.SPACES_BEHIND_VERSION)) {
                return reader.reject(Violation.EXTRA_SPACE_IN_REQUEST_LINE);
            }
            i++;
        }
        if (i >= bound) {
            return HeadReader.INCOMPLETE;
        }
        return bytes[i] == '\r' || bytes[i] == '\n'
                ? reader.lineEnd(bytes, i, bound)
                : reader.reject(Violation.VERSION_INVALID);
    }

    /** The rules that need the whole head. */
    private ParseResult finish() {
        var violation = TargetRules.apply(head, targetStart, targetEnd, leniency);
        if (violation == Violation.NONE) {
            violation = HostRules.apply(head, leniency);
        }
        if (violation == Violation.NONE) {
            violation = framing.decide(head, leniency);
        }
        if (violation == Violation.NONE && head.fields().contains(FieldName.EXPECT)) {
            violation = framing.decideExpectation(head);
        }
        if (violation == Violation.NONE) {
            return ParseResult.COMPLETE;
        }
        reader.reject(violation);
        return ParseResult.REJECTED;
    }

    private static long word(String text) {
        return Octets.word(Octets.bytes(text), 0);
    }
}
