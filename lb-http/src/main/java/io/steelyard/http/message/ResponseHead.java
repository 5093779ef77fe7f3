package io.steelyard.http.message;

import io.steelyard.http.octet.Octets;

/**
 * The head of a response: version, status, reason and header fields. Reused from response to response by {@link #clear}; not thread-safe:
 * owned by one loop.
 */
public final class ResponseHead {
    private final FieldBlock fields;
    private HttpVersion version = HttpVersion.HTTP_1_1;
    private int status;
    private int reasonStart;
    private int reasonEnd;

    /** An empty head over a block of default size. */
    public ResponseHead() {
        this(new FieldBlock());
    }

    /** An empty head over a block, which is cleared. */
    public ResponseHead(FieldBlock fields) {
        this.fields = fields;
        clear();
    }

    private ResponseHead(FieldBlock fields, HttpVersion version, int status) {
        this.fields = fields;
        this.version = version;
        this.status = status;
    }

    /** The same head in memory of its own. */
    public ResponseHead copy() {
        var copy = new ResponseHead(fields.copy(), version, status);
        copy.reasonStart = reasonStart;
        copy.reasonEnd = reasonEnd;
        return copy;
    }

    /** Forgets everything; keeps the memory. */
    public void clear() {
        fields.clear();
        version = HttpVersion.HTTP_1_1;
        status = 0;
        reasonStart = 0;
        reasonEnd = 0;
    }

    /** The header fields, and the bytes of the whole head. */
    public FieldBlock fields() {
        return fields;
    }

    /** The version the server answered with. */
    public HttpVersion version() {
        return version;
    }

    /** The status, 100 to 999; 0 before there is one. */
    public int status() {
        return status;
    }

    /** Whether this is an interim response other than 101: another response to the same request follows. */
    public boolean isInterim() {
        return status >= 100 && status < 200 && status != 101;
    }

    /** Where the reason begins in the block's bytes. */
    public int reasonStart() {
        return reasonStart;
    }

    /** Where the reason ends, exclusive. */
    public int reasonEnd() {
        return reasonEnd;
    }

    /** The reason, which may be empty. Allocates. */
    public String reason() {
        return Octets.text(fields.bytes(), reasonStart, reasonEnd);
    }

    /** Sets the version and status, and the reason as a range of the block's bytes. */
    public void begin(HttpVersion version, int status, int reasonStart, int reasonEnd) {
        this.version = version;
        this.status = status;
        this.reasonStart = reasonStart;
        this.reasonEnd = reasonEnd;
    }

    /** Sets the version, status and reason. */
    public void begin(HttpVersion version, int status, String reason) {
        var octets = Octets.bytes(reason);
        int start = fields.append(octets, 0, octets.length);
        begin(version, status, start, start + octets.length);
    }

    /** The head as HTTP/1 shows it, for people. Allocates. */
    @Override
    public String toString() {
        return version + " " + status + " " + reason() + "\n" + fields;
    }
}
