package io.steelyard.http.message;

import io.steelyard.http.octet.Octets;

/**
 * Walks over the elements of a comma-separated list that may be spread over several fields of one name (RFC 9110 section 5.6.1), such as
 * {@code Connection: close, x-private}. White space around elements is left out, empty elements are passed over, and a comma inside a
 * quoted string separates nothing. Reused without allocation; not thread-safe. The fields must not change meanwhile.
 *
 * <pre>{@code
 * for (cursor.start(fields, FieldName.CONNECTION); cursor.next(); ) {
 *     close |= cursor.is("close");
 * }
 * }</pre>
 */
public final class TokenCursor {
    /** What a cursor stands in before it is started; nobody writes to it. */
    private static final FieldBlock NOTHING = new FieldBlock(1, 1);

    private FieldBlock fields = NOTHING;
    private FieldName name = FieldName.CONNECTION;
    private int field = -1;
    private int at;
    private int end;
    private int start;
    private int stop;

    /** Goes before the first element of a name's fields. */
    public void start(FieldBlock fields, FieldName name) {
        this.fields = fields;
        this.name = name;
        field = fields.find(name);
        enter();
    }

    /** Goes to the next element; false if there is none. */
    public boolean next() {
        while (field >= 0) {
            if (nextInField()) {
                return true;
            }
            field = fields.findNext(name, field);
            enter();
        }
        return false;
    }

    /** The element is {@code lowerCase}, a text of ASCII characters without capitals, in any case. */
    public boolean is(String lowerCase) {
        return Octets.equalsLower(fields.bytes(), start, stop, lowerCase);
    }

    /** Where the element begins in the block's bytes. */
    public int start() {
        return start;
    }

    /** Where the element ends, exclusive. */
    public int end() {
        return stop;
    }

    /** Which field the element stands in. */
    public int field() {
        return field;
    }

    /** The element. Allocates. */
    public String text() {
        return Octets.text(fields.bytes(), start, stop);
    }

    private void enter() {
        if (field >= 0) {
            at = fields.valueStart(field);
            end = fields.valueEnd(field);
        }
    }

    private boolean nextInField() {
        var bytes = fields.bytes();
        while (at < end) {
            start = Octets.skipBlanks(bytes, at, end);
            int i = start;
            boolean quoted = false;
            for (; i < end; i++) {
                byte b = bytes[i];
                if (quoted && b == '\\') {
                    i++;
                } else if (b == '"') {
                    quoted = !quoted;
                } else if (b == ',' && !quoted) {
                    break;
                }
            }
            int last = Math.min(i, end);
            at = last + 1;
            stop = Octets.trimBlanks(bytes, start, last);
            if (stop > start) {
                return true;
            }
        }
        return false;
    }
}
