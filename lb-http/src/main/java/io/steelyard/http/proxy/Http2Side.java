package io.steelyard.http.proxy;

import io.steelyard.api.schedule.Flow;
import io.steelyard.core.tls.TlsTransport;
import io.steelyard.http.h2.ErrorCode;
import io.steelyard.http.h2.Http2Session;
import io.steelyard.http.h2.Http2Stream;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.Method;
import io.steelyard.pool.stick.TrackedKeys;
import io.steelyard.pool.variable.ConnectionFacts;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of an exchange that came by HTTP/2. What the client's windows do not let pass of the answer is kept here; the exchange
 * sees that by {@link #isSlow} and slows its server. Owned by the connection's loop.
 */
final class Http2Side implements ClientSide {
    private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);

    private final Http2Client client;
    private final Http2Request request;
    private final Http2Stream stream;
    private final ClientConnection connection;
    private final Http2Session session;
    private final ConnectionFacts facts;
    private final int number;
    private final long startNs;
    private final LentBytes pending;
    private @Nullable FieldBlock trailers;
    private boolean isInvited;
    private boolean hasBegun;
    private boolean hasBody;
    private boolean isComplete;
    private long missing = -1;
    private long headBytes;
    private long bodyBytes;

    Http2Side(Http2Client client, Http2Request request, Http2Stream stream, int number) {
        this.client = client;
        this.request = request;
        this.stream = stream;
        this.number = number;
        connection = client.connection();
        session = client.session();
        facts = connection.facts().copy();
        startNs = connection.nowNs();
        pending = new LentBytes(worker().loop().buffers());
    }

    // ---- who it is

    @Override
    public HttpWorker worker() {
        return connection.worker();
    }

    @Override
    public ConnectionFacts facts() {
        return facts;
    }

    @Override
    public AboutClient about() {
        return connection.about();
    }

    @Override
    public @Nullable InetAddress address() {
        return connection.address();
    }

    @Override
    public int clientPort() {
        return connection.clientPort();
    }

    @Override
    public @Nullable TlsTransport tls() {
        return connection.tls();
    }

    @Override
    public void fillDestination(Flow flow) {
        connection.fillDestination(flow);
    }

    @Override
    public @Nullable TrackedKeys tracked() {
        return connection.tracked();
    }

    // ---- when it was

    @Override
    public long nowNs() {
        return connection.nowNs();
    }

    @Override
    public long openedNs() {
        return connection.openedNs();
    }

    @Override
    public long requestStartNs() {
        return startNs;
    }

    @Override
    public int requestNumber() {
        return number;
    }

    @Override
    public boolean isPipelined() {
        return false;
    }

    @Override
    public long requestBytes() {
        return stream.receivedBytes();
    }

    // ---- the request's body

    @Override
    public boolean isBodyRead() {
        return request.isBodyRead();
    }

    @Override
    public @Nullable FieldBlock trailers() {
        return request.receivedTrailers();
    }

    @Override
    public void invite() {
        if (stream.framing().expectsContinue() && !isInvited && !hasBegun && !request.hasBodyBegun()) {
            isInvited = true;
            session.sendInterim(stream, 100);
            client.settle();
        }
    }

    @Override
    public void resumeBody() {
        request.resumeBody();
    }

    @Override
    public void stopReading() {
        request.stopReading();
    }

    // ---- the answer

    @Override
    public FieldBlock answerFields() {
        return request.message().answerFields();
    }

    @Override
    public boolean hasAnswerBegun() {
        return hasBegun;
    }

    @Override
    public long answerHeadBytes() {
        return headBytes;
    }

    @Override
    public long answerBodyBytes() {
        return bodyBytes;
    }

    @Override
    public boolean keepsConnection() {
        return true;
    }

    @Override
    public boolean isAnswerChunked() {
        return false;
    }

    /** Bytes that the client's windows, or its reading, do not let pass yet. */
    int pendingBytes() {
        return pending.size();
    }

    @Override
    public boolean isSlow(int mostBufferBytes) {
        return pending.size() > mostBufferBytes;
    }

    @Override
    public void beginAnswer(int status, String reason, FieldBlock fields, long length) {
        hasBegun = true;
        hasBody = request.message().head().method() != Method.HEAD && status != 204 && status != 304 && length != 0;
        missing = hasBody ? length : -1;
        headBytes += session.sendHead(stream, status, fields, status == 204 ? -1 : length, !hasBody);
        request.touch();
    }

    @Override
    public void beginTunnel(String reason, FieldBlock fields) {
        throw new IllegalStateException("HTTP/2 has no upgrades, and none was asked for");
    }

    @Override
    public void sendBody(MemorySegment from, long offset, long length) {
        if (!hasBody || length == 0) {
            return;
        }
        bodyBytes += length;
        request.touch();
        if (missing >= 0) {
            missing -= length;
        }
        int count = Math.toIntExact(length);
        int taken = pending.isEmpty() ? session.sendData(stream, from, offset, count, missing == 0) : 0;
        pending.add(from, offset + taken, count - taken);
    }

    @Override
    public boolean acceptsTrailers() {
        return hasBody
                && missing < 0
                && !stream.isLocalEnded()
                && worker().asksForTrailers(request.message().head().fields());
    }

    @Override
    public void sendTrailers(FieldBlock fields) {
        if (pending.isEmpty()) {
            headBytes += session.sendTrailers(stream, fields);
            return;
        }
        trailers = fields.copy();
    }

    @Override
    public void flush() {
        client.settle();
    }

    /** The stream ends when all was sent; the exchange does so at once. */
    @Override
    public void endAnswer() {
        isComplete = true;
        sendEnd();
        request.endExchange();
        if (stream.isLocalEnded()) {
            request.release();
        }
        client.settle();
    }

    /** Sends what waits, as far as there is room; true where some was taken. */
    boolean sendPending() {
        int before = pending.size();
        var memory = pending.memory();
        if (memory != null) {
            int taken = session.sendData(stream, memory, pending.start(), before, missing == 0);
            pending.remove(taken);
        }
        sendEnd();
        return pending.size() < before;
    }

    private void sendEnd() {
        if (isComplete && pending.isEmpty() && !stream.isLocalEnded()) {
            if (trailers != null) {
                session.sendTrailers(stream, trailers);
            } else {
                session.sendData(stream, NOTHING, 0, 0, true);
            }
        }
    }

    @Override
    public void breakAnswer() {
        request.endExchange();
        request.end(ErrorCode.INTERNAL_ERROR);
    }

    @Override
    public void drop() {
        request.endExchange();
        request.end(ErrorCode.CANCEL);
    }

    @Override
    public void vanish() {
        request.endExchange();
        connection.vanish();
    }

    @Override
    public void reset() {
        request.reset();
    }

    /** Nothing more is sent. */
    void close() {
        pending.clear();
    }
}
