package io.steelyard.http.proxy;

import io.steelyard.api.Personality;
import io.steelyard.http.h2.Http2Session;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A connection of which it is not known yet what its client speaks: HTTP/2, when it begins with that version's preface (RFC 9113 section 3.3),
 * else HTTP/1, where that may be spoken. Owned by the connection's loop.
 */
final class PriorKnowledge implements ClientProtocol {
    private final ClientConnection connection;
    private final boolean isRequired;
    private HttpPlan plan;
    private int seen;

    /** @param isRequired whether what does not begin with the preface is closed */
    PriorKnowledge(ClientConnection connection, HttpPlan plan, boolean isRequired) {
        this.isRequired = isRequired;
        this.connection = connection;
        this.plan = plan;
    }

    @Override
    public void begin() {
        connection.setDeadline(connection.lastActivityNs()
                + connection.options().headerTimeout().toNanos());
    }

    @Override
    public boolean wantsInput() {
        return true;
    }

    @Override
    public void consume(ByteBuffer in, MemorySegment memory) {
        while (seen < Http2Session.PREFACE.length) {
            if (!in.hasRemaining()) {
                return;
            }
            if (in.get(in.position()) != Http2Session.PREFACE[seen]) {
                if (isRequired) {
                    in.position(in.limit());
                    connection.close();
                    return;
                }
                goOnWith(new Http1Client(connection, plan), in, memory);
                return;
            }
            in.get();
            seen++;
        }
        goOnWith(new Http2Client(connection, plan), in, memory);
    }

    /** Has the protocol look at what was seen of the preface, and at the rest. */
    private void goOnWith(ClientProtocol protocol, ByteBuffer in, MemorySegment memory) {
        connection.speak(protocol);
        var preface = MemorySegment.ofArray(Http2Session.PREFACE);
        protocol.consume(ByteBuffer.wrap(Http2Session.PREFACE, 0, seen).asReadOnlyBuffer(), preface);
        if (connection.isOpen()) {
            protocol.consume(in, memory);
        } else {
            in.position(in.limit());
        }
    }

    @Override
    public void inputEnded() {
        connection.close();
    }

    @Override
    public void hasRoom() {}

    @Override
    public void onDeadline(long nowNs) {
        if (isRequired || connection.options().personality() != Personality.HAPROXY) {
            connection.close();
            return;
        }
        // HAProxy answers clients that are late as those of HTTP/1.
        var http1 = new Http1Client(connection, plan);
        goOnWith(http1, ByteBuffer.allocate(0), MemorySegment.NULL);
        if (connection.isOpen()) {
            http1.onDeadline(nowNs);
        }
    }

    @Override
    public boolean isIdle() {
        return seen == 0;
    }

    @Override
    public long keptBytes() {
        return 0;
    }

    @Override
    public void adopt(HttpPlan changed) {
        plan = changed;
    }

    @Override
    public void finish() {
        connection.close();
    }

    @Override
    public void closed() {}
}
