package io.steelyard.http.message;

import io.steelyard.http.octet.Octets;

/**
 * The head of a request: method, target, version and header fields, and what the target means: path, query, host. One representation for
 * HTTP/1 and HTTP/2; what is routed by it is what is forwarded. All ranges are of the bytes of {@link #fields}.
 *
 * <p>Reused from request to request by {@link #clear}, without allocation; methods that return a String allocate. Not thread-safe: owned by
 * one loop.
 */
public final class RequestHead {
    private final FieldBlock fields;
    private Method method = Method.OTHER;
    private int methodStart;
    private int methodEnd;
    private int targetStart;
    private int targetEnd;
    private HttpVersion version = HttpVersion.HTTP_1_1;
    private TargetForm form = TargetForm.ORIGIN;
    private int pathStart;
    private int pathEnd;
    private int queryStart;
    private int queryEnd;
    private int normalPathStart;
    private int normalPathEnd;
    private int hostStart;
    private int hostEnd;
    private int port;

    /** An empty head over a block of default size. */
    public RequestHead() {
        this(new FieldBlock());
    }

    /** An empty head over a block, which is cleared. */
    public RequestHead(FieldBlock fields) {
        this.fields = fields;
        clear();
    }

    /** Forgets everything; keeps the memory. */
    public void clear() {
        fields.clear();
        method = Method.OTHER;
        version = HttpVersion.HTTP_1_1;
        methodStart = 0;
        methodEnd = 0;
        begin(TargetForm.ORIGIN, 0, 0);
        host(0, 0, -1);
    }

    /** The header fields, and the bytes of the whole head. */
    public FieldBlock fields() {
        return fields;
    }

    /** The method; OTHER for one that {@link Method} does not list. */
    public Method method() {
        return method;
    }

    /** Where the method's name begins. */
    public int methodStart() {
        return methodStart;
    }

    /** Where the method's name ends, exclusive. */
    public int methodEnd() {
        return methodEnd;
    }

    /** The method's name. Allocates for a method that is not listed. */
    public String methodText() {
        return method == Method.OTHER ? Octets.text(fields.bytes(), methodStart, methodEnd) : method.name();
    }

    /** The version the request came by. */
    public HttpVersion version() {
        return version;
    }

    /** Which form the target has. */
    public TargetForm targetForm() {
        return form;
    }

    /** Where the target as received begins. */
    public int targetStart() {
        return targetStart;
    }

    /** Where the target as received ends, exclusive. */
    public int targetEnd() {
        return targetEnd;
    }

    /** The target as received. Allocates. */
    public String target() {
        return Octets.text(fields.bytes(), targetStart, targetEnd);
    }

    /** Where the path as received begins; for an absolute URL without a path, a path {@code /} of our own. */
    public int pathStart() {
        return pathStart;
    }

    /** Where the path as received ends, exclusive. */
    public int pathEnd() {
        return pathEnd;
    }

    /** The path as received. Allocates. */
    public String path() {
        return Octets.text(fields.bytes(), pathStart, pathEnd);
    }

    /** Whether there is a query, be it empty. */
    public boolean hasQuery() {
        return queryStart >= 0;
    }

    /** Where the query begins, behind its question mark; -1 without one. */
    public int queryStart() {
        return queryStart;
    }

    /** Where the query ends, exclusive; -1 without one. */
    public int queryEnd() {
        return queryEnd;
    }

    /** The query without its question mark; empty without one. Allocates. */
    public String query() {
        return hasQuery() ? Octets.text(fields.bytes(), queryStart, queryEnd) : "";
    }

    /**
     * Where the part of the target begins that a server is sent: path and query in origin form, never a scheme, host or fragment; the whole
     * target in the other forms. It ends at {@link #forwardEnd}.
     */
    public int forwardStart() {
        return form == TargetForm.AUTHORITY ? targetStart : pathStart;
    }

    /** Where the part of the target ends, exclusive, that a server is sent. */
    public int forwardEnd() {
        if (form == TargetForm.AUTHORITY) {
            return targetEnd;
        }
        return hasQuery() ? queryEnd : pathEnd;
    }

    /** Where the normalised path begins; see {@link #normalPath}. */
    public int normalPathStart() {
        return normalPathStart;
    }

    /** Where the normalised path ends, exclusive. */
    public int normalPathEnd() {
        return normalPathEnd;
    }

    /**
     * The path that is matched against locations, by nginx's rule: percent-encodings are decoded, then {@code .} and {@code ..} segments are
     * resolved and adjacent slashes are one. An encoded slash or dot counts as one. Allocates.
     */
    public String normalPath() {
        return Octets.text(fields.bytes(), normalPathStart, normalPathEnd);
    }

    /** Whether the path as received is the normalised path, byte for byte. */
    public boolean isPathNormal() {
        return normalPathStart == pathStart && normalPathEnd == pathEnd;
    }

    /** Whether the request names a host. */
    public boolean hasHost() {
        return hostEnd > hostStart;
    }

    /** Where the host begins: lower case, without port and trailing dot; IPv6 addresses in brackets. */
    public int hostStart() {
        return hostStart;
    }

    /** Where the host ends, exclusive. */
    public int hostEnd() {
        return hostEnd;
    }

    /** The host: lower case, without port and trailing dot; empty if there is none. Allocates. */
    public String host() {
        return Octets.text(fields.bytes(), hostStart, hostEnd);
    }

    /** The port given with the host, 0 to 65535, or -1. */
    public int port() {
        return port;
    }

    /** Sets method and version; the name is a range of the block's bytes. */
    public void begin(Method method, int nameStart, int nameEnd, HttpVersion version) {
        this.method = method;
        this.methodStart = nameStart;
        this.methodEnd = nameEnd;
        this.version = version;
    }

    /** Sets method and version. */
    public void begin(Method method, HttpVersion version) {
        var name = Octets.bytes(method.name());
        int start = fields.append(name, 0, name.length);
        begin(method, start, start + name.length, version);
    }

    /** Sets the target as received; path, query and normalised path become empty. */
    void begin(TargetForm form, int start, int end) {
        this.form = form;
        targetStart = start;
        targetEnd = end;
        pathStart = start;
        pathEnd = start;
        queryStart = -1;
        queryEnd = -1;
        normalPathStart = start;
        normalPathEnd = start;
    }

    void path(int start, int end) {
        pathStart = start;
        pathEnd = end;
        normalPathStart = start;
        normalPathEnd = end;
    }

    void query(int start, int end) {
        queryStart = start;
        queryEnd = end;
    }

    void normalPath(int start, int end) {
        normalPathStart = start;
        normalPathEnd = end;
    }

    void host(int start, int end, int portNumber) {
        hostStart = start;
        hostEnd = end;
        port = portNumber;
    }

    /** The head as HTTP/1 shows it, for people. Allocates. */
    @Override
    public String toString() {
        return methodText() + " " + target() + " " + version + "\n" + fields;
    }
}
