package io.steelyard.http.h1;

import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.HttpVersion;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Method;
import io.steelyard.http.message.Relaxation;
import io.steelyard.http.message.ResponseHead;
import io.steelyard.http.message.Violation;
import io.steelyard.http.octet.Octets;
import java.nio.ByteBuffer;

/**
 * Reads response heads (RFC 9112) from bytes that arrive in any pieces, as strictly as {@link RequestParser} reads requests: a server whose
 * framing is in doubt is answered for with 502, whatever {@link Violation#status} says, and its connection is not used again. Nothing may
 * stand before the status line, not even an empty line; that is an answer to no request.
 *
 * <p>Nothing is allocated per response once the head's memory has the size that responses need. Not thread-safe: owned by one loop.
 */
public final class ResponseParser {
    private static final long HTTP_1_1 = Octets.word(Octets.bytes("HTTP/1.1"), 0);
    private static final long HTTP_1_0 = Octets.word(Octets.bytes("HTTP/1.0"), 0);

    private final HeadReader reader;
    private final Leniency leniency;
    private final BodyFraming framing = new BodyFraming();
    private ResponseHead head = new ResponseHead();
    private Method method = Method.GET;
    private boolean upgradeRequested;
    private State state = State.STATUS_LINE;

    private enum State {
        STATUS_LINE,
        FIELDS,
        DONE,
        REJECTED
    }

    /** A strict parser with default limits. */
    public ResponseParser() {
        this(HttpLimits.DEFAULT, Leniency.strict());
    }

    /** A parser with limits ({@code requestLine} is that of the status line) and with some rules relaxed. */
    public ResponseParser(HttpLimits limits, Leniency leniency) {
        this.leniency = leniency;
        this.reader = new HeadReader(limits, leniency, head.fields(), true);
    }

    /**
     * Begins a response: clears the head and fills it from then on. After an interim response ({@link ResponseHead#isInterim}) it begins the
     * next one to the same request.
     *
     * @param method of the request it answers
     * @param upgradeRequested whether that request, as it was sent, asked to switch protocols
     * @throws IllegalArgumentException if the head's block cannot grow to what the limits allow
     */
    public void begin(ResponseHead response, Method method, boolean upgradeRequested) {
        response.clear();
        head = response;
        this.method = method;
        this.upgradeRequested = upgradeRequested;
        reader.begin(response.fields());
        framing.clear();
        state = State.STATUS_LINE;
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

    /**
     * Takes bytes from the buffer's position up to the end of the head.
     *
     * @throws IllegalStateException if the head is complete or was rejected already
     */
    public ParseResult parse(ByteBuffer in) {
        if (state == State.DONE || state == State.REJECTED) {
            throw new IllegalStateException("the response is over (" + state + "); begin another one first");
        }
        while (in.hasRemaining()) {
            reader.fill(in);
            var result = advance();
            if (result == ParseResult.COMPLETE) {
                reader.giveBack(in);
                var violation = framing.decide(head, method, upgradeRequested, leniency);
                if (violation != Violation.NONE) {
                    reader.reject(violation);
                    result = ParseResult.REJECTED;
                }
            }
            if (result != ParseResult.NEED_MORE) {
                state = result == ParseResult.COMPLETE ? State.DONE : State.REJECTED;
                return result;
            }
        }
        return ParseResult.NEED_MORE;
    }

    private ParseResult advance() {
        if (state == State.STATUS_LINE) {
            int length = reader.limits.requestLine();
            if (!reader.isWorthParsing(length)) {
                return ParseResult.NEED_MORE;
            }
            int next = statusLine(reader.bound(length));
            if (next == HeadReader.INCOMPLETE) {
                if (!reader.isTooLong(length)) {
                    return ParseResult.NEED_MORE;
                }
                next = reader.reject(Violation.STATUS_LINE_INVALID);
            }
            if (next == HeadReader.BAD) {
                return ParseResult.REJECTED;
            }
            reader.advanceTo(next);
            reader.beginFields();
            state = State.FIELDS;
        }
        return reader.readFields();
    }

    private int statusLine(int bound) {
        var bytes = head.fields().bytes();
        int start = reader.line;
        if (bytes[start] != 'H') {
            return reader.reject(
                    bytes[start] == '\r' || bytes[start] == '\n'
                            ? Violation.BYTES_BEFORE_MESSAGE
                            : Violation.STATUS_LINE_INVALID);
        }
        int codeStart = versionEnd(bytes, start, bound);
        if (codeStart < 0) {
            return codeStart;
        }
        int status = 0;
        for (int i = codeStart; i < codeStart + 3; i++) {
            if (i >= bound) {
                return HeadReader.INCOMPLETE;
            }
            if (!Octets.isDigit(bytes[i])) {
                return reader.reject(Violation.STATUS_INVALID);
            }
            status = status * 10 + bytes[i] - '0';
        }
        if (status < 100) {
            return reader.reject(Violation.STATUS_INVALID);
        }
        int reasonStart = codeStart + 3;
        if (reasonStart >= bound) {
            return HeadReader.INCOMPLETE;
        }
        if (bytes[reasonStart] == ' ') {
            reasonStart++;
        } else if (bytes[reasonStart] != '\r' && bytes[reasonStart] != '\n') {
            return reader.reject(Violation.STATUS_INVALID);
        }
        int reasonEnd = reader.valueEnd(bytes, reasonStart, bound);
        if (reasonEnd < 0) {
            return reasonEnd;
        }
        int next = reader.lineEnd(bytes, reasonEnd, bound);
        if (next >= 0) {
            var version = bytes[start + 7] == '0' ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
            head.begin(version, status, reasonStart, Octets.trimBlanks(bytes, reasonStart, reasonEnd));
        }
        return next;
    }

    /** The index behind the version and its space. */
    private int versionEnd(byte[] bytes, int start, int bound) {
        if (bound - start >= 9 && bytes[start + 8] == ' ') {
            long word = Octets.word(bytes, start);
            if (word == HTTP_1_1 || word == HTTP_1_0) {
                return start + 9;
            }
        }
        for (int i = 0; i < 9; i++) {
            if (start + i >= bound) {
                return HeadReader.INCOMPLETE;
            }
            byte octet = bytes[start + i];
            boolean right = i == 5 || i == 7 ? Octets.isDigit(octet) : octet == "HTTP/1.1 ".charAt(i);
            if (!right) {
                return reader.reject(Violation.STATUS_LINE_INVALID);
            }
        }
        return bytes[start + 5] == '1' && leniency.allows(Relaxation.HIGHER_MINOR_VERSION)
                ? start + 9
                : reader.reject(Violation.VERSION_NOT_SUPPORTED);
    }
}
