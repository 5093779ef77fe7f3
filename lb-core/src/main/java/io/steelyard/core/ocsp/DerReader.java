package io.steelyard.core.ocsp;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Arrays;

/** Reads values of DER (ITU-T X.690) one after the other, as far as OCSP needs them. Not thread-safe. */
final class DerReader {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int ENUMERATED = 0x0a;
    static final int GENERALIZED_TIME = 0x18;
    static final int SEQUENCE = 0x30;
    /** {@code [0]} around another value; with {@code 1} added {@code [1]}, and so on. */
    static final int EXPLICIT = 0xa0;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'").withResolverStyle(ResolverStyle.STRICT);

    private final byte[] bytes;
    private final int end;
    private int at;

    DerReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private DerReader(byte[] bytes, int at, int end) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    boolean hasMore() {
        return at < end;
    }

    /** The tag of the next value; -1 where there is none. */
    int tag() {
        return hasMore() ? bytes[at] & 0xff : -1;
    }

    /** The inside of the next value, which must have this tag. @throws OcspException where it has not, or is cut off */
    DerReader inside(int tag) throws OcspException {
        if (tag() != tag) {
            throw malformed();
        }
        int length = contentLength();
        var inside = new DerReader(bytes, at, at + length);
        at += length;
        return inside;
    }

    /** The whole next value with its tag and length. */
    byte[] whole() throws OcspException {
        int from = at;
        skip();
        return Arrays.copyOfRange(bytes, from, at);
    }

    /** Passes the next value over. @return its tag */
    int skip() throws OcspException {
        int tag = tag();
        if (tag < 0) {
            throw malformed();
        }
        int length = contentLength();
        at += length;
        return tag;
    }

    /** All that is left. */
    byte[] rest() {
        var rest = Arrays.copyOfRange(bytes, at, end);
        at = end;
        return rest;
    }

    /** The content of the next value. */
    byte[] content(int tag) throws OcspException {
        return inside(tag).rest();
    }

    /** The next value, whole octets. */
    byte[] bitString() throws OcspException {
        var inside = inside(BIT_STRING);
        if (!inside.hasMore() || inside.bytes[inside.at++] != 0) {
            throw malformed();
        }
        return inside.rest();
    }

    BigInteger integer() throws OcspException {
        var content = content(INTEGER);
        if (content.length == 0) {
            throw malformed();
        }
        return new BigInteger(content);
    }

    /** The next value as {@code 1.2.840…}. */
    String objectIdentifier() throws OcspException {
        var content = content(OBJECT_IDENTIFIER);
        var text = new StringBuilder();
        long arc = 0;
        for (var octet : content) {
            arc = arc << 7 | octet & 0x7f;
            if (arc > Integer.MAX_VALUE) {
                throw malformed();
            }
            if (octet >= 0) {
                if (text.isEmpty()) {
                    long first = Math.min(arc / 40, 2);
                    text.append(first).append('.').append(arc - 40 * first);
                } else {
                    text.append('.').append(arc);
                }
                arc = 0;
            }
        }
        if (content.length == 0 || content[content.length - 1] < 0) {
            throw malformed();
        }
        return text.toString();
    }

    /** The next value in milliseconds since 1970, in the only form that RFC 5280 section 4.1.2.5.2 allows. */
    long generalizedTimeMs() throws OcspException {
        var text = new String(content(GENERALIZED_TIME), StandardCharsets.ISO_8859_1);
        try {
            return LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC).toEpochMilli();
        } catch (DateTimeException wrong) {
            throw malformed();
        }
    }

    /** @throws OcspException where more follows */
    void expectEnd() throws OcspException {
        if (hasMore()) {
            throw malformed();
        }
    }

    /** Reads tag and length. @return the content's length, which is there */
    private int contentLength() throws OcspException {
        int position = at + 1;
        if ((bytes[at] & 0x1f) == 0x1f || position >= end) {
            throw malformed();
        }
        int length = bytes[position++] & 0xff;
        if (length > 0x7f) {
            int octets = length & 0x7f;
            if (octets == 0 || octets > 3 || position + octets > end) {
                throw malformed();
            }
            length = 0;
            for (int i = 0; i < octets; i++) {
                length = length << 8 | bytes[position++] & 0xff;
            }
        }
        if (length > end - position) {
            throw malformed();
        }
        at = position;
        return length;
    }

    private static OcspException malformed() {
        return new OcspException("what it answered is no OCSP response");
    }
}
