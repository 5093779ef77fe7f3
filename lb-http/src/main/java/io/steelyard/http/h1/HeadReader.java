package io.steelyard.http.h1;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Relaxation;
import io.steelyard.http.message.Violation;
import io.steelyard.http.octet.Octets;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads the lines of a head: takes bytes from a buffer into the head's array and parses header lines there.
 *
 * <p>A line is parsed as soon as some of it is there. If it turns out to be incomplete, it is parsed again when its line feed has arrived,
 * or when it is as long as it may be; in between, new bytes are only searched for a line feed. So a head costs one pass when it comes at
 * once, and never more than a few however it is cut. What a parse of a line finds depends on the line alone: bytes beyond the limit are
 * never looked at, so the same bytes give the same result in any pieces.
 */
final class HeadReader {
    static final int INCOMPLETE = -1;
    static final int BAD = -2;

    private static final int FIRST_PIECE = 1024;
    private static final int PIECE = 4096;
    private static final int NO_FIELD = -1;
    private static final int DROPPED = -2;
    private static final long COLONS = Octets.repeated(':');

    final HttpLimits limits;
    final Leniency leniency;
    private final boolean keepsUnderscores;
    FieldBlock fields;
    /** Where the line begins that is parsed next. */
    int line;

    private int end;
    private int searched;
    private int firstFieldLine;
    private int headStart;
    private int fieldLines;
    private int lastField;
    private Violation violation = Violation.NONE;

    HeadReader(HttpLimits limits, Leniency leniency, FieldBlock fields, boolean keepsUnderscores) {
        this.limits = limits;
        this.leniency = leniency;
        this.keepsUnderscores = keepsUnderscores;
        this.fields = fields;
    }

    /**
     * Begins a head whose lines go into a block, behind what is there.
     *
     * @throws IllegalArgumentException if the block cannot grow to what the limits allow
     */
    void begin(FieldBlock block) {
        int needed = 2 * (limits.requestLine() + limits.head()) + PIECE;
        if (block.maximumBytes() - block.usedBytes() < needed) {
            throw new IllegalArgumentException("a block for heads of these limits must be able to grow by " + needed
                    + " bytes; this one has " + block.usedBytes() + " and may have " + block.maximumBytes());
        }
        fields = block;
        line = block.usedBytes();
        headStart = line;
        end = line;
        searched = line;
        firstFieldLine = line;
        fieldLines = 0;
        lastField = NO_FIELD;
        violation = Violation.NONE;
    }

    Violation violation() {
        return violation;
    }

    int reject(Violation what) {
        violation = what;
        return BAD;
    }

    /** Takes a piece of what the buffer holds. */
    void fill(ByteBuffer in) {
        int length = Math.min(in.remaining(), end == line ? FIRST_PIECE : PIECE);
        var bytes = fields.reserve(length);
        in.get(bytes, end, length);
        end += length;
        fields.use(end);
    }

    /** What came of a rejected head. @param rest what was not taken of it yet; stays as it is */
    BrokenHead broken(ByteBuffer rest) {
        var octets = Arrays.copyOfRange(fields.bytes(), headStart, end + rest.remaining());
        rest.get(rest.position(), octets, end - headStart, rest.remaining());
        return new BrokenHead(octets, line - headStart, violation.text());
    }

    /** The head ended before {@link #line}: gives the buffer back what was taken from it beyond that. */
    void giveBack(ByteBuffer in) {
        in.position(in.position() - (end - line));
        end = line;
        fields.use(end);
    }

    /** Whether the line at {@link #line}, which may have {@code length} bytes before its end, is worth parsing (again). */
    boolean isWorthParsing(int length) {
        if (searched == line || end - line >= length + 2) {
            return end > line;
        }
        boolean found = Octets.indexOfLineFeed(fields.bytes(), searched, end) >= 0;
        searched = end;
        return found;
    }

    /** The end of the bytes of the line at {@link #line} that may be looked at. */
    int bound(int length) {
        return Math.min(end, line + length + 2);
    }

    /** The line at {@link #line} is incomplete: whether it has all the bytes it may have. */
    boolean isTooLong(int length) {
        searched = end;
        return end - line >= length + 2;
    }

    /** The next line begins at an index. */
    void advanceTo(int next) {
        line = next;
        searched = next;
    }

    /** The line at {@link #line} is the first header line. */
    void beginFields() {
        firstFieldLine = line;
    }

    /** Parses header lines up to the empty line. */
    ParseResult readFields() {
        while (true) {
            int headLeft = limits.head() - (line - firstFieldLine) - 2;
            int length = Math.min(limits.field(), headLeft);
            if (!isWorthParsing(length)) {
                return ParseResult.NEED_MORE;
            }
            int next = fieldLine(bound(length));
            if (next == BAD) {
                return ParseResult.REJECTED;
            }
            if (next == INCOMPLETE) {
                if (!isTooLong(length)) {
                    return ParseResult.NEED_MORE;
                }
                reject(headLeft <= limits.field() ? Violation.HEAD_TOO_LARGE : Violation.FIELD_TOO_LARGE);
                return ParseResult.REJECTED;
            }
            boolean isEmpty = next - line <= 2 && isLineEnd(fields.bytes()[line]);
            advanceTo(next);
            if (isEmpty) {
                return ParseResult.COMPLETE;
            }
        }
    }

    private static boolean isLineEnd(byte octet) {
        return octet == '\r' || octet == '\n';
    }

    /** The index behind the line end that begins at {@code at} (a CR or LF), or INCOMPLETE or BAD. */
    int lineEnd(byte[] bytes, int at, int bound) {
        if (bytes[at] == '\n') {
            return leniency.allows(Relaxation.BARE_LINE_FEED) ? at + 1 : reject(Violation.BARE_LINE_FEED);
        }
        if (at + 1 >= bound) {
            return INCOMPLETE;
        }
        return bytes[at + 1] == '\n' ? at + 2 : reject(Violation.BARE_CARRIAGE_RETURN);
    }

    private int fieldLine(int bound) {
        var bytes = fields.bytes();
        if (line >= bound) {
            return INCOMPLETE;
        }
        byte first = bytes[line];
        if (isLineEnd(first)) {
            return lineEnd(bytes, line, bound);
        }
        if (fieldLines >= limits.fields()) {
            return reject(Violation.TOO_MANY_FIELDS);
        }
        if (Octets.isBlank(first)) {
            return foldedLine(bytes, bound);
        }
        int colon = colon(bytes, line, bound);
        if (colon < 0) {
            return badName(bytes, bound);
        }
        int id = fields.recognize(line, colon);
        boolean dropped = false;
        if (id == FieldName.UNKNOWN) {
            for (int i = line; i < colon; i++) {
                if (!Octets.isToken(bytes[i])) {
                    return badName(bytes, bound);
                }
                dropped |= bytes[i] == '_';
            }
            if (colon == line) {
                return reject(Violation.FIELD_NAME_EMPTY);
            }
        }
        int valueStart = Octets.skipBlanks(bytes, colon + 1, bound);
        int stop = valueEnd(bytes, valueStart, bound);
        if (stop < 0) {
            return stop;
        }
        int next = lineEnd(bytes, stop, bound);
        if (next < 0) {
            return next;
        }
        if (colon - line > FieldBlock.MAXIMUM_NAME_BYTES) {
            return reject(Violation.FIELD_TOO_LARGE);
        }
        fieldLines++;
        if (dropped && !keepsUnderscores) {
            lastField = DROPPED;
        } else {
            lastField = fields.count();
            fields.addInPlace(line, colon, valueStart, Octets.trimBlanks(bytes, valueStart, stop), id);
        }
        return next;
    }

    /** The index of the first colon in [from, bound), or -1. */
    private static int colon(byte[] bytes, int from, int bound) {
        for (int i = from; i < bound; i += 8) {
            long found = Octets.matches(Octets.word(bytes, i), COLONS);
            if (found != 0) {
                int at = i + Octets.firstByteOf(found);
                return at < bound ? at : -1;
            }
        }
        return -1;
    }

    /** The index of the CR or LF that ends a value, or INCOMPLETE or BAD. */
    int valueEnd(byte[] bytes, int from, int bound) {
        for (int i = from; i < bound; i += 8) {
            for (long found = Octets.controls(Octets.word(bytes, i)); found != 0; found &= found - 1) {
                int at = i + Octets.firstByteOf(found);
                if (at >= bound) {
                    return INCOMPLETE;
                }
                byte octet = bytes[at];
                if (isLineEnd(octet)) {
                    return at;
                }
                if (octet != '\t' && (octet & 0xff) < 0x80 && (octet < ' ' || octet == 0x7f)) {
                    return reject(Violation.FIELD_VALUE_INVALID);
                }
            }
        }
        return INCOMPLETE;
    }

    /** What is wrong with a line whose part before the first colon is no name. Decided once the whole line is there. */
    private int badName(byte[] bytes, int bound) {
        int feed = Octets.indexOfLineFeed(bytes, line, bound);
        if (feed < 0) {
            return INCOMPLETE;
        }
        int colon = colon(bytes, line, feed);
        if (colon < 0) {
            return lineWithoutColon(bytes, feed, bound);
        }
        int nameEnd = Octets.trimBlanks(bytes, line, colon);
        return reject(
                nameEnd < colon && Octets.isToken(bytes, line, nameEnd)
                        ? Violation.SPACE_BEFORE_COLON
                        : Violation.FIELD_NAME_INVALID);
    }

    private int lineWithoutColon(byte[] bytes, int feed, int bound) {
        int stop = bytes[feed - 1] == '\r' ? feed - 1 : feed;
        if (!leniency.allows(Relaxation.FIELD_WITHOUT_COLON) || !Octets.isToken(bytes, line, stop)) {
            return reject(Violation.FIELD_WITHOUT_COLON);
        }
        int next = lineEnd(bytes, stop, bound);
        if (next >= 0) {
            fieldLines++;
            lastField = DROPPED;
        }
        return next;
    }

    /** Whether the field before says where the message ends or for whom it is. */
    private boolean lastDecidesMuch() {
        if (lastField == DROPPED) {
            return false;
        }
        int id = fields.nameId(lastField);
        return id == FieldName.HOST.id()
                || id == FieldName.CONTENT_LENGTH.id()
                || id == FieldName.TRANSFER_ENCODING.id();
    }

    /** A line that continues the field before it: the line end between them becomes spaces. */
    private int foldedLine(byte[] bytes, int bound) {
        if (!leniency.allows(Relaxation.FOLDED_FIELDS) || lastField == NO_FIELD || lastDecidesMuch()) {
            return reject(Violation.FOLDED_FIELD);
        }
        int start = Octets.skipBlanks(bytes, line, bound);
        int stop = valueEnd(bytes, start, bound);
        if (stop < 0) {
            return stop;
        }
        int next = lineEnd(bytes, stop, bound);
        if (next < 0) {
            return next;
        }
        fieldLines++;
        int valueEnd = Octets.trimBlanks(bytes, start, stop);
        if (lastField != DROPPED && valueEnd > start) {
            int from = fields.valueStart(lastField);
            int to = fields.valueEnd(lastField);
            if (to == from) {
                fields.moveValue(lastField, start, valueEnd);
            } else {
                Arrays.fill(bytes, to, start, (byte) ' ');
                fields.moveValue(lastField, from, valueEnd);
            }
        }
        return next;
    }
}
