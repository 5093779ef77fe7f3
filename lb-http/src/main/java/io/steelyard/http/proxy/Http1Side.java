package io.steelyard.http.proxy;

import io.steelyard.api.Personality;
import io.steelyard.api.schedule.Flow;
import io.steelyard.core.tls.TlsTransport;
import io.steelyard.http.h1.RequestParser;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HttpVersion;
import io.steelyard.http.message.Method;
import io.steelyard.http.octet.Octets;
import io.steelyard.pool.stick.TrackedKeys;
import io.steelyard.pool.variable.ConnectionFacts;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The client's side of the exchange that an HTTP/1 connection has; used again for the next. Owned by the connection's loop. */
final class Http1Side implements ClientSide {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private static final byte[] NOTHING = {};

    /** What kept connections are said to be kept for. */
    private final byte[] toldIdle;

    private final Http1Client client;
    private final ClientConnection connection;
    private final HttpWorker worker;
    private final RequestParser parser;
    private final BodyReader body;
    private final AnswerWriter answer;
    private boolean mayKeep;
    private boolean isInvited;
    private boolean isChunked;

    Http1Side(Http1Client client, ClientConnection connection, RequestParser parser, BodyReader body) {
        this.client = client;
        this.connection = connection;
        this.parser = parser;
        this.body = body;
        worker = connection.worker();
        answer = new AnswerWriter(worker, connection.output());
        answer.looksLikeHaproxy(isHaproxy());
        toldIdle = connection
                .options()
                .toldIdleTimeout()
                .map(told -> Octets.bytes("timeout=" + told.toSeconds()))
                .orElse(NOTHING);
    }

    private boolean isHaproxy() {
        return connection.options().personality() == Personality.HAPROXY;
    }

    /** Another exchange begins. */
    void begin(boolean keeps) {
        mayKeep = keeps;
        isInvited = false;
        answer.reset();
    }

    // ---- who it is

    @Override
    public HttpWorker worker() {
        return worker;
    }

    @Override
    public ConnectionFacts facts() {
        return connection.facts();
    }

    @Override
    public AboutClient about() {
        return client.connection().about();
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
        return client.connection().tracked();
    }

    @Override
    public Map<String, String> notes() {
        return client.notes();
    }

    // ---- when it was

    @Override
    public long readyNs() {
        return client.readyNs();
    }

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
        return client.requestStartNs();
    }

    @Override
    public int requestNumber() {
        return client.requestNumber();
    }

    @Override
    public boolean isPipelined() {
        return client.isPipelined();
    }

    @Override
    public long requestBytes() {
        return client.requestBytes();
    }

    // ---- the request's body

    @Override
    public boolean isBodyRead() {
        return body.hasEnded();
    }

    @Override
    public @Nullable FieldBlock trailers() {
        return body.trailers();
    }

    @Override
    public void invite() {
        if (parser.framing().expectsContinue() && !isInvited && body.isUntouched() && connection.heldBytes() == 0) {
            isInvited = true;
            var stage = worker.stageBytes().clear().put(CONTINUE);
            connection.write(worker.stage(), 0, stage.position());
        }
    }

    @Override
    public void resumeBody() {
        client.resumeBody();
    }

    /** Nothing more of the request is looked at; the connection ends with the answer. */
    @Override
    public void stopReading() {
        mayKeep = false;
        body.none();
    }

    // ---- the answer

    @Override
    public FieldBlock answerFields() {
        return client.message().answerFields();
    }

    @Override
    public boolean hasAnswerBegun() {
        return answer.hasBegun();
    }

    @Override
    public long answerHeadBytes() {
        return answer.headBytes();
    }

    @Override
    public long answerBodyBytes() {
        return answer.bodyBytes();
    }

    @Override
    public boolean keepsConnection() {
        return mayKeep;
    }

    @Override
    public boolean isAnswerChunked() {
        return isChunked;
    }

    @Override
    public boolean isSlow(int mostBufferBytes) {
        return connection.output().pendingBytes() > mostBufferBytes;
    }

    @Override
    public void beginAnswer(int status, String reason, FieldBlock fields, long length) {
        var head = client.message().head();
        boolean isOldClient = head.version() == HttpVersion.HTTP_1_0;
        boolean hasBody = head.method() != Method.HEAD && status != 204 && status != 304;
        isChunked = hasBody && length < 0 && !isOldClient;
        // A client that was not invited to send its body may send it or not: what follows cannot be told from it.
        boolean isUnsure = parser.framing().expectsContinue() && !isInvited && body.isUntouched();
        mayKeep &= !client.isFinishing() && !isUnsure && (length >= 0 || !hasBody || isChunked);
        boolean isUnsaid = mayKeep && !isOldClient && isHaproxy();
        var ending =
                isUnsaid ? AnswerWriter.Ending.UNSAID : mayKeep ? AnswerWriter.Ending.KEPT : AnswerWriter.Ending.CLOSED;
        if (ending == AnswerWriter.Ending.KEPT && toldIdle.length > 0) {
            fields.add(FieldName.KEEP_ALIVE, toldIdle, 0, toldIdle.length);
        }
        answer.begin(status, reason, fields, length, hasBody, isChunked, ending);
        connection.touch();
    }

    @Override
    public void beginTunnel(String reason, FieldBlock fields) {
        isChunked = false;
        answer.beginTunnel(reason, fields);
        client.beginTunnel();
        mayKeep = false;
        connection.touch();
    }

    @Override
    public void sendBody(MemorySegment from, long offset, long length) {
        answer.body(from, offset, length);
        connection.touch();
    }

    @Override
    public boolean acceptsTrailers() {
        return answer.takesTrailers()
                && worker.asksForTrailers(client.message().head().fields());
    }

    @Override
    public void sendTrailers(FieldBlock fields) {
        answer.trailers(fields);
    }

    @Override
    public void flush() {
        if (answer.flush() < 0) {
            connection.close();
            return;
        }
        connection.updateInterest();
    }

    /** The connection goes on with the next request, where both sides agree to that. */
    @Override
    public void endAnswer() {
        if (answer.end() < 0) {
            connection.close();
            return;
        }
        client.endAnswer(mayKeep);
    }

    @Override
    public void breakAnswer() {
        if (answer.flush() >= 0 && answer.tellsItsEnd()) {
            client.endAnswer(false);
        } else {
            client.endExchange();
            connection.reset();
        }
    }

    @Override
    public void drop() {
        client.endExchange();
        connection.close();
    }

    @Override
    public void vanish() {
        client.endExchange();
        connection.vanish();
    }

    @Override
    public void reset() {
        connection.reset();
    }
}
