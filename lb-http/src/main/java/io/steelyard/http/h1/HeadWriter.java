package io.steelyard.http.h1;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HeadEdits;
import io.steelyard.http.message.Hops;
import io.steelyard.http.message.HttpVersion;
import io.steelyard.http.message.NameSet;
import io.steelyard.http.message.Reasons;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.message.ResponseHead;
import io.steelyard.http.message.TokenCursor;
import io.steelyard.http.octet.Octets;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Writes heads anew from what was understood of them; never the bytes that came. Written are the start line, Host (of requests), the
 * fields of the head in their order and spelling, the added fields of the edits, then what this connection needs: the body's framing and
 * Connection.
 *
 * <p>Left out are the fields that the edits remove, those that concern one connection only ({@link Hops}), Content-Length and
 * Transfer-Encoding, and what Connection names, unless it is protected. {@code TE: trailers} is passed on. A Connection or Upgrade field
 * among the edits' added fields is written as it is, in place of ours.
 *
 * <p>A head is composed in the writer's own memory and then put into buffers, in several pieces if need be. Allocates nothing once that
 * memory is large enough; not thread-safe: owned by one loop.
 */
public final class HeadWriter {
    private static final byte[] HTTP_1_1 = Octets.bytes("HTTP/1.1");
    private static final byte[] HTTP_1_0 = Octets.bytes("HTTP/1.0");
    private static final byte[] HOST = Octets.bytes("Host: ");
    private static final byte[] CONTENT_LENGTH = Octets.bytes("Content-Length: ");
    private static final byte[] CHUNKED = Octets.bytes("Transfer-Encoding: chunked\r\n");
    private static final byte[] TRAILERS = Octets.bytes("TE: trailers\r\n");
    private static final byte[] CONNECTION = Octets.bytes("Connection: ");
    private static final byte[] CLOSE = Octets.bytes("close");
    private static final byte[] KEEP_ALIVE = Octets.bytes("keep-alive");
    private static final byte[] UPGRADE = Octets.bytes("upgrade");
    private static final byte[] TE = Octets.bytes("TE");
    private static final byte[] UPGRADE_NAME = Octets.bytes("Upgrade: ");

    /** Written by their own rules. */
    private static final NameSet REPLACED = NameSet.of(FieldName.CONTENT_LENGTH, FieldName.HOST);
    /** HTTP/1.0 knows no expectations (RFC 9110 section 10.1.1), so nobody is told of one that came in it. */
    private static final NameSet REPLACED_OF_HTTP_1_0 =
            NameSet.of(FieldName.CONTENT_LENGTH, FieldName.HOST, FieldName.EXPECT);

    private final boolean lowersNames;
    private final TokenCursor tokens = new TokenCursor();
    private final HeadEdits noEdits = new HeadEdits();
    private int[] nominated = new int[16];
    private int nominatedCount;
    private byte[] head = new byte[4096];
    private int length;
    private int taken;

    /** Writes names in their own spelling. */
    public HeadWriter() {
        this(false);
    }

    /** @param lowersNames whether the names of fields are written in lower case */
    public HeadWriter(boolean lowersNames) {
        this.lowersNames = lowersNames;
    }

    /** How many bytes of the composed head are left to be put. */
    public int remaining() {
        return length - taken;
    }

    /** Puts as much of the composed head as there is room for; true once all of it was put. */
    public boolean drainTo(ByteBuffer out) {
        int piece = Math.min(out.remaining(), length - taken);
        out.put(head, taken, piece);
        taken += piece;
        return taken == length;
    }

    /** Composes a request without edits; see the other method. */
    public int request(
            RequestHead request,
            HttpVersion version,
            BodyFraming.Kind kind,
            long bodyBytes,
            ConnectionOption connection) {
        return request(request, noEdits, version, kind, bodyBytes, connection);
    }

    /**
     * Composes a request and returns its length in bytes.
     *
     * @param version HTTP_1_1 or HTTP_1_0
     * @param kind how the body that will follow is framed: NONE, LENGTH or CHUNKED
     * @param bodyBytes the body's length if {@code kind} is LENGTH
     * @throws IllegalArgumentException if requests cannot be framed like that
     */
    public int request(
            RequestHead request,
            HeadEdits edits,
            HttpVersion version,
            BodyFraming.Kind kind,
            long bodyBytes,
            ConnectionOption connection) {
        if (kind == BodyFraming.Kind.UNTIL_CLOSE || kind == BodyFraming.Kind.TUNNEL) {
            throw new IllegalArgumentException("the body of a request cannot be framed as " + kind);
        }
        var fields = request.fields();
        begin(fields);
        if (edits.hasMethod()) {
            put(edits.added().bytes(), edits.methodStart(), edits.methodEnd());
        } else {
            put(fields.bytes(), request.methodStart(), request.methodEnd());
        }
        put(' ');
        if (edits.hasTarget()) {
            put(edits.added().bytes(), edits.targetStart(), edits.targetEnd());
        } else {
            put(fields.bytes(), request.forwardStart(), request.forwardEnd());
        }
        put(' ');
        put(version == HttpVersion.HTTP_1_0 ? HTTP_1_0 : HTTP_1_1);
        lineEnd();
        host(fields, edits, version);
        fields(fields, edits.removed(), request.version().isAtLeast11() ? REPLACED : REPLACED_OF_HTTP_1_0);
        added(edits, true);
        framing(kind, bodyBytes);
        connection(fields, edits, connection, asksForTrailers(fields, edits));
        lineEnd();
        return length;
    }

    /** Composes a response without edits; see the other method. */
    public int response(ResponseHead response, BodyFraming.Kind kind, long bodyBytes, ConnectionOption connection) {
        return response(response, noEdits, kind, bodyBytes, connection);
    }

    /**
     * Composes a response, always of HTTP/1.1, and returns its length in bytes.
     *
     * @param kind how the body that will follow is framed
     * @param bodyBytes the body's length if {@code kind} is LENGTH; with NONE the length to declare though no body follows, as to HEAD and
     *     with 304, or -1
     */
    public int response(
            ResponseHead response,
            HeadEdits edits,
            BodyFraming.Kind kind,
            long bodyBytes,
            ConnectionOption connection) {
        var fields = response.fields();
        begin(fields);
        put(HTTP_1_1);
        put(' ');
        int status = edits.status() == 0 ? response.status() : edits.status();
        number(status);
        put(' ');
        if (status == response.status()) {
            put(fields.bytes(), response.reasonStart(), response.reasonEnd());
        } else {
            put(Reasons.bytes(status));
        }
        lineEnd();
        fields(fields, edits.removed(), REPLACED);
        added(edits, false);
        framing(kind, bodyBytes);
        connection(fields, edits, connection, false);
        lineEnd();
        return length;
    }

    /**
     * Composes the head of an answer of our own making up to its last line: the status line, the fields as they are, and the framing of the body.
     * Connection and the empty line are left to the caller. Returns its length.
     *
     * @param reason each character one byte
     * @param bodyBytes the body's length if {@code kind} is LENGTH
     */
    public int answer(int status, String reason, FieldBlock fields, BodyFraming.Kind kind, long bodyBytes) {
        length = 0;
        taken = 0;
        put(HTTP_1_1);
        put(' ');
        number(status);
        put(' ');
        put(Octets.bytes(reason));
        lineEnd();
        for (int i = 0; i < fields.count(); i++) {
            field(fields, i);
        }
        framing(kind, bodyBytes);
        return length;
    }

    private void begin(FieldBlock fields) {
        length = 0;
        taken = 0;
        nominatedCount = 0;
        for (tokens.start(fields, FieldName.CONNECTION); tokens.next(); ) {
            if (!tokens.is("close") && !tokens.is("keep-alive") && !tokens.is("upgrade")) {
                nominate(tokens.start(), tokens.end());
            }
        }
    }

    private void nominate(int start, int end) {
        if (nominatedCount + 2 > nominated.length) {
            nominated = Arrays.copyOf(nominated, nominated.length * 2);
        }
        nominated[nominatedCount++] = start;
        nominated[nominatedCount++] = end;
    }

    /** Host comes first. A request without one has an empty one in HTTP/1.1, as RFC 9112 section 3.2 asks. */
    private void host(FieldBlock fields, HeadEdits edits, HttpVersion version) {
        var added = edits.added();
        int own = added.find(FieldName.HOST);
        int host = fields.find(FieldName.HOST);
        if (own >= 0) {
            name(HOST);
            put(added.bytes(), added.valueStart(own), added.valueEnd(own));
            lineEnd();
        } else if (host >= 0 && !edits.removed().contains(FieldName.HOST)) {
            name(HOST);
            put(fields.bytes(), fields.valueStart(host), fields.valueEnd(host));
            lineEnd();
        } else if (version != HttpVersion.HTTP_1_0) {
            name(HOST);
            length--;
            lineEnd();
        }
    }

    private void fields(FieldBlock fields, NameSet removed, NameSet replaced) {
        for (int i = 0; i < fields.count(); i++) {
            if (Hops.isHopByHop(fields, i)
                    || replaced.containsId(fields.nameId(i))
                    || removed.containsNameOf(fields, i)
                    || (nominatedCount > 0 && isNominated(fields, i))) {
                continue;
            }
            field(fields, i);
        }
    }

    private boolean isNominated(FieldBlock fields, int index) {
        int from = fields.nameStart(index);
        int to = fields.nameEnd(index);
        for (int i = 0; i < nominatedCount; i += 2) {
            if (Octets.equalsIgnoringCase(fields.bytes(), from, to, fields.bytes(), nominated[i], nominated[i + 1])) {
                return !Hops.isProtected(fields, index);
            }
        }
        return false;
    }

    private void added(HeadEdits edits, boolean withoutHost) {
        var added = edits.added();
        for (int i = 0; i < added.count(); i++) {
            int id = added.nameId(i);
            boolean elsewhere = (withoutHost && id == FieldName.HOST.id())
                    || id == FieldName.CONTENT_LENGTH.id()
                    || id == FieldName.TRANSFER_ENCODING.id();
            if (!elsewhere) {
                field(added, i);
            }
        }
    }

    private void framing(BodyFraming.Kind kind, long bodyBytes) {
        if (kind == BodyFraming.Kind.CHUNKED) {
            name(CHUNKED);
        } else if (kind == BodyFraming.Kind.LENGTH || (kind == BodyFraming.Kind.NONE && bodyBytes >= 0)) {
            name(CONTENT_LENGTH);
            number(bodyBytes);
            lineEnd();
        }
    }

    private boolean asksForTrailers(FieldBlock fields, HeadEdits edits) {
        if (!fields.contains(FieldName.TE) || edits.removed().contains(FieldName.TE)) {
            return false;
        }
        for (tokens.start(fields, FieldName.TE); tokens.next(); ) {
            if (tokens.is("trailers")) {
                return true;
            }
        }
        return false;
    }

    private void connection(FieldBlock fields, HeadEdits edits, ConnectionOption option, boolean trailers) {
        if (trailers) {
            name(TRAILERS);
        }
        boolean upgrades = option == ConnectionOption.UPGRADE;
        if (upgrades && !edits.added().contains(FieldName.UPGRADE)) {
            int upgrade = fields.find(FieldName.UPGRADE);
            if (upgrade >= 0) {
                name(UPGRADE_NAME);
                put(fields.bytes(), fields.valueStart(upgrade), fields.valueEnd(upgrade));
                lineEnd();
            }
        }
        if (edits.added().contains(FieldName.CONNECTION) || (option == ConnectionOption.NONE && !trailers)) {
            return;
        }
        name(CONNECTION);
        switch (option) {
            case NONE -> {}
            case CLOSE -> put(CLOSE);
            case KEEP_ALIVE -> put(KEEP_ALIVE);
            case UPGRADE -> put(UPGRADE);
        }
        if (trailers) {
            if (option != ConnectionOption.NONE) {
                put(',');
                put(' ');
            }
            put(TE);
        }
        lineEnd();
    }

    private void field(FieldBlock fields, int index) {
        int start = length;
        put(fields.bytes(), fields.nameStart(index), fields.nameEnd(index));
        lower(start);
        put(':');
        put(' ');
        put(fields.bytes(), fields.valueStart(index), fields.valueEnd(index));
        lineEnd();
    }

    /** Puts a name, and perhaps what follows it, which has no capitals but those of the name. */
    private void name(byte[] bytes) {
        int start = length;
        put(bytes, 0, bytes.length);
        lower(start);
    }

    private void lower(int start) {
        if (lowersNames) {
            for (int i = start; i < length; i++) {
                head[i] = (byte) Octets.lower(head[i]);
            }
        }
    }

    private void put(byte[] bytes, int from, int to) {
        if (to - from > head.length - length) {
            grow(to - from);
        }
        System.arraycopy(bytes, from, head, length, to - from);
        length += to - from;
    }

    private void put(byte[] bytes) {
        put(bytes, 0, bytes.length);
    }

    private void put(int octet) {
        if (length == head.length) {
            grow(1);
        }
        head[length++] = (byte) octet;
    }

    private void grow(int more) {
        head = Arrays.copyOf(head, Math.max(length + more, head.length * 2));
    }

    private void lineEnd() {
        put('\r');
        put('\n');
    }

    private void number(long value) {
        if (value >= 10) {
            number(value / 10);
        }
        put('0' + (int) (value % 10));
    }
}
