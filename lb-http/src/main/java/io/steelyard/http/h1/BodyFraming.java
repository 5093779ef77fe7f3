package io.steelyard.http.h1;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HttpVersion;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Method;
import io.steelyard.http.message.Relaxation;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.message.ResponseHead;
import io.steelyard.http.message.TokenCursor;
import io.steelyard.http.message.Violation;
import io.steelyard.http.octet.Octets;

/**
 * Where the body of an HTTP/1 message ends (RFC 9112 section 6.3), and whether the connection can be used again after it (section 9.3).
 * Stricter than the RFC: a message with both a length and a transfer coding, with a repeated length, or with any coding but
 * {@code chunked} is a violation, in responses as well as in requests.
 *
 * <p>Decided from a head; reused without allocation; not thread-safe.
 */
public final class BodyFraming {
    /** How a body ends. */
    public enum Kind {
        /** There is no body. */
        NONE,
        /** After a number of bytes. */
        LENGTH,
        /** By its last chunk. */
        CHUNKED,
        /** When the server closes; responses only. */
        UNTIL_CLOSE,
        /** There are no messages any more: after 101, or 2xx to CONNECT, both sides send what they like. */
        TUNNEL
    }

    private static final int MAXIMUM_DIGITS = 19;

    private final TokenCursor tokens = new TokenCursor();
    private Kind kind = Kind.NONE;
    private long length = -1;
    private boolean keepAlive;
    private boolean upgrade;
    private boolean expectsContinue;

    /** Forgets the decision. */
    public void clear() {
        kind = Kind.NONE;
        length = -1;
        keepAlive = false;
        upgrade = false;
        expectsContinue = false;
    }

    /** How the body ends. */
    public Kind kind() {
        return kind;
    }

    /**
     * The length in bytes that the head declares, or -1. With {@link Kind#NONE} it is what a body would have that is not sent: in answers to
     * HEAD and in 304.
     */
    public long length() {
        return length;
    }

    /** Whether body bytes follow the head; a length of 0 is no body. */
    public boolean hasBody() {
        return switch (kind) {
            case NONE -> false;
            case LENGTH -> length > 0;
            case CHUNKED, UNTIL_CLOSE, TUNNEL -> true;
        };
    }

    /** Whether the sender of this message will read or send another one on the connection. */
    public boolean keepAlive() {
        return keepAlive;
    }

    /**
     * Whether a request asks to switch protocols: HTTP/1.1, Connection names upgrade, and Upgrade names something. An upgrade to another
     * version of HTTP ({@code h2c}) is as if not asked for: tunnelled, it would carry requests past every rule of ours.
     */
    public boolean upgrade() {
        return upgrade;
    }

    /** Whether a request waits for 100 (Continue) before its body. */
    public boolean expectsContinue() {
        return expectsContinue;
    }

    /** Decides for a request. */
    public Violation decide(RequestHead head, Leniency leniency) {
        clear();
        var fields = head.fields();
        keepAlive = keepAlive(fields, head.version());
        upgrade =
                head.version().isAtLeast11() && fields.contains(FieldName.UPGRADE) && connectionHas(fields, "upgrade");
        var violation = declared(fields, head.version(), leniency);
        if (violation == Violation.NONE && head.method() == Method.CONNECT) {
            kind = Kind.NONE;
        }
        return violation;
    }

    /**
     * Decides for a request whose body comes in frames of its own (HTTP/2): one whose length is not declared counts as chunked.
     *
     * @param hasEnded whether there is no body
     */
    public Violation decideFramed(RequestHead head, boolean hasEnded) {
        clear();
        keepAlive = true;
        if (head.fields().contains(FieldName.CONTENT_LENGTH)) {
            var violation = lengths(head.fields(), Leniency.strict());
            if (violation != Violation.NONE) {
                return violation;
            }
        } else if (!hasEnded) {
            kind = Kind.CHUNKED;
        }
        return head.fields().contains(FieldName.EXPECT) ? decideExpectation(head) : Violation.NONE;
    }

    /** Decides what Expect asks for (RFC 9110 section 10.1.1); HTTP/1.0 clients ask for nothing. */
    Violation decideExpectation(RequestHead head) {
        var fields = head.fields();
        if (!head.version().isAtLeast11()) {
            return Violation.NONE;
        }
        for (tokens.start(fields, FieldName.EXPECT); tokens.next(); ) {
            if (!tokens.is("100-continue")) {
                return Violation.EXPECTATION_NOT_MET;
            }
            expectsContinue = hasBody();
        }
        return Violation.NONE;
    }

    /**
     * Decides for a response.
     *
     * @param method of the request it answers
     * @param upgradeRequested whether that request asked to switch protocols
     */
    public Violation decide(ResponseHead head, Method method, boolean upgradeRequested, Leniency leniency) {
        clear();
        var fields = head.fields();
        int status = head.status();
        keepAlive = keepAlive(fields, head.version());
        if (status == 101) {
            kind = Kind.TUNNEL;
            keepAlive = false;
            return upgradeRequested ? Violation.NONE : Violation.UNREQUESTED_SWITCH;
        }
        if (method == Method.CONNECT && status >= 200 && status < 300) {
            kind = Kind.TUNNEL;
            keepAlive = false;
            return Violation.NONE;
        }
        var violation = declared(fields, head.version(), leniency);
        if (violation != Violation.NONE) {
            return violation;
        }
        if (status < 200 || status == 204) {
            kind = Kind.NONE;
            length = -1;
        } else if (status == 304 || method == Method.HEAD) {
            kind = Kind.NONE;
        } else if (kind == Kind.NONE) {
            kind = Kind.UNTIL_CLOSE;
            keepAlive = false;
        }
        return Violation.NONE;
    }

    /** What Content-Length and Transfer-Encoding say. */
    private Violation declared(FieldBlock fields, HttpVersion version, Leniency leniency) {
        boolean hasLength = fields.contains(FieldName.CONTENT_LENGTH);
        if (!fields.contains(FieldName.TRANSFER_ENCODING)) {
            return hasLength ? lengths(fields, leniency) : Violation.NONE;
        }
        if (!version.isAtLeast11()) {
            return Violation.TRANSFER_ENCODING_IN_HTTP_1_0;
        }
        if (hasLength) {
            return Violation.CONTENT_LENGTH_AND_TRANSFER_ENCODING;
        }
        int field = fields.find(FieldName.TRANSFER_ENCODING);
        if (fields.valueIs(field, "chunked") && fields.findNext(FieldName.TRANSFER_ENCODING, field) < 0) {
            kind = Kind.CHUNKED;
            return Violation.NONE;
        }
        return codings(fields);
    }

    /** What is wrong with codings other than one {@code chunked}: 501 for a list we understand but cannot decode, 400 for all others. */
    private Violation codings(FieldBlock fields) {
        boolean known = false;
        int chunked = 0;
        for (tokens.start(fields, FieldName.TRANSFER_ENCODING); tokens.next(); ) {
            if (tokens.is("chunked")) {
                chunked++;
            } else if (chunked == 0 && isKnownCoding()) {
                known = true;
            } else {
                return Violation.TRANSFER_ENCODING_INVALID;
            }
        }
        return known && chunked <= 1 ? Violation.TRANSFER_CODING_NOT_SUPPORTED : Violation.TRANSFER_ENCODING_INVALID;
    }

    private boolean isKnownCoding() {
        return tokens.is("gzip")
                || tokens.is("x-gzip")
                || tokens.is("deflate")
                || tokens.is("compress")
                || tokens.is("x-compress");
    }

    private Violation lengths(FieldBlock fields, Leniency leniency) {
        int field = fields.find(FieldName.CONTENT_LENGTH);
        long first = number(fields.bytes(), fields.valueStart(field), fields.valueEnd(field));
        boolean single = fields.findNext(FieldName.CONTENT_LENGTH, field) < 0;
        if (first < 0 || !single) {
            return repeatedLengths(fields, leniency);
        }
        kind = Kind.LENGTH;
        length = first;
        return Violation.NONE;
    }

    /** Several lengths, in one field or in several: at best the same number again and again. */
    private Violation repeatedLengths(FieldBlock fields, Leniency leniency) {
        long same = -1;
        int elements = 0;
        for (int i = fields.find(FieldName.CONTENT_LENGTH); i >= 0; i = fields.findNext(FieldName.CONTENT_LENGTH, i)) {
            int at = fields.valueStart(i);
            int end = fields.valueEnd(i);
            while (true) {
                int comma = at;
                while (comma < end && fields.bytes()[comma] != ',') {
                    comma++;
                }
                int from = Octets.skipBlanks(fields.bytes(), at, comma);
                long number = number(fields.bytes(), from, Octets.trimBlanks(fields.bytes(), from, comma));
                if (number < 0) {
                    return Violation.CONTENT_LENGTH_INVALID;
                }
                if (elements++ > 0 && number != same) {
                    return Violation.CONTENT_LENGTHS_DIFFER;
                }
                same = number;
                if (comma == end) {
                    break;
                }
                at = comma + 1;
            }
        }
        if (!leniency.allows(Relaxation.EQUAL_CONTENT_LENGTHS)) {
            return Violation.CONTENT_LENGTH_REPEATED;
        }
        kind = Kind.LENGTH;
        length = same;
        return Violation.NONE;
    }

    /** The number in a range of digits, or -1 if it is none or passes 2^63 - 1. */
    private static long number(byte[] bytes, int from, int to) {
        if (to == from || to - from > MAXIMUM_DIGITS) {
            return -1;
        }
        long number = 0;
        for (int i = from; i < to; i++) {
            if (!Octets.isDigit(bytes[i])) {
                return -1;
            }
            number = number * 10 + bytes[i] - '0';
        }
        return number;
    }

    private boolean keepAlive(FieldBlock fields, HttpVersion version) {
        boolean keep = false;
        for (tokens.start(fields, FieldName.CONNECTION); tokens.next(); ) {
            if (tokens.is("close")) {
                return false;
            }
            keep |= tokens.is("keep-alive");
        }
        return keep || version.isAtLeast11();
    }

    private boolean upgradesToHttp(FieldBlock fields) {
        for (tokens.start(fields, FieldName.UPGRADE); tokens.next(); ) {
            boolean http = tokens.is("h2c")
                    || tokens.is("h2")
                    || (tokens.end() - tokens.start() >= 4
                            && Octets.equalsLower(fields.bytes(), tokens.start(), tokens.start() + 4, "http"))
                    || (tokens.end() - tokens.start() >= 4
                            && Octets.equalsLower(fields.bytes(), tokens.start(), tokens.start() + 4, "tls/"));
            if (http) {
                return true;
            }
        }
        return false;
    }

    private boolean connectionHas(FieldBlock fields, String option) {
        for (tokens.start(fields, FieldName.CONNECTION); tokens.next(); ) {
            if (tokens.is(option)) {
                return true;
            }
        }
        return false;
    }
}
