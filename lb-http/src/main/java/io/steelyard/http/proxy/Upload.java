package io.steelyard.http.proxy;

import io.steelyard.api.http.HttpProxy;
import io.steelyard.http.h1.BodyFraming;
import io.steelyard.http.route.ProxyPlan;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A request's body on its way to a server: as a whole once it was collected, or piece by piece as it comes. Owned by one loop. */
final class Upload {
    /** How much is sent of what was collected before others get their turn. */
    private static final long MOST_AT_ONCE_BYTES = 1 << 20;

    private final HttpWorker worker;
    private final ProxyPlan plan;

    /** Null while nothing was collected. */
    private @Nullable RequestBody collected;

    private final boolean isCollected;
    private boolean isEnded;
    private boolean isSent;
    private boolean isChunked;

    /** How much of what was collected the server under way was given. */
    private long given;

    /** Whether the server closed before it was given all. */
    private boolean isCut;

    /** @param isEnded whether nothing of a body is to come */
    Upload(HttpWorker worker, ProxyPlan plan, BodyFraming framing, boolean isEnded) {
        this.worker = worker;
        this.plan = plan;
        this.isEnded = isEnded;
        isCollected = plan.configured().buffersRequest()
                || framing.kind() == BodyFraming.Kind.CHUNKED
                        && plan.configured().version() == HttpProxy.Version.HTTP_1_0;
    }

    /** For a body that was collected for another server. */
    Upload(HttpWorker worker, ProxyPlan plan, RequestBody collected) {
        this.worker = worker;
        this.plan = plan;
        this.collected = collected;
        isEnded = true;
        isCollected = true;
    }

    /** What was collected, if that is the whole body; nothing is left here then. */
    @Nullable
    RequestBody give() {
        if (!isCollected || !isEnded) {
            return null;
        }
        var whole = collected == null ? new RequestBody(worker.loop().buffers()) : collected;
        collected = null;
        return whole;
    }

    /** Whether it is to be read to its end before a server is asked. */
    boolean isToBeCollected() {
        return isCollected && !isEnded;
    }

    boolean isEnded() {
        return isEnded;
    }

    void end() {
        isEnded = true;
    }

    /** Whether there is nothing to send, now or later. */
    boolean isEmpty() {
        return isEnded && collectedBytes() == 0;
    }

    /** Bytes of the whole body; -1 where it is still coming. */
    long size() {
        return isEnded ? collectedBytes() : -1;
    }

    /** Whether a part of it went to a server and cannot be sent again. */
    boolean isLost() {
        return isSent && !isCollected;
    }

    /** The head that went before said whether its length is not known. */
    void chunked(boolean isChunked) {
        this.isChunked = isChunked;
    }

    /** @throws java.io.UncheckedIOException where it cannot be kept */
    void collect(MemorySegment from, int offset, int count) {
        var into = collected;
        if (into == null) {
            into = new RequestBody(worker.loop().buffers());
            collected = into;
        }
        into.add(from, offset, count);
    }

    /** Another server is given what was collected, from its start. */
    void beginAgain() {
        given = 0;
        isCut = false;
    }

    /** Whether something of what was collected was not given to the server yet. */
    boolean hasRest() {
        return given < collectedBytes();
    }

    private long collectedBytes() {
        return collected == null ? 0 : collected.size();
    }

    /** Whether the server was given the whole body. */
    boolean isComplete() {
        return isEnded && !hasRest() && !isCut;
    }

    /**
     * Gives the server what was collected, as far as its socket takes it: no more than a piece waits in memory.
     *
     * @return whether it has room for more, which is to be given once others had their turn
     */
    boolean sendRest(ServerConnection to) {
        var from = collected;
        long most = given + MOST_AT_ONCE_BYTES;
        while (from != null && hasRest() && to.hasSentAll()) {
            if (given >= most) {
                return true;
            }
            isSent = true;
            int count = from.sendPiece(to, given);
            if (count < 0) {
                // What the server said before it closed may still be read.
                isCut = true;
                given = from.size();
            } else {
                given += count;
            }
        }
        return false;
    }

    /**
     * Sends what came.
     *
     * @param isTunnel whether the protocols were switched
     * @return 0, or a negative errno where the connection is broken
     */
    int send(ServerConnection to, MemorySegment from, int offset, int count, boolean isTunnel) {
        isSent = true;
        return worker.requests().sendBody(to, from, offset, count, isChunked && !isTunnel);
    }

    /** Sends the end of a body whose length was not known. @return 0, or a negative errno where the connection is broken */
    int sendEnd(ServerConnection to, ClientSide client) {
        return isChunked ? worker.requests().sendLastChunk(to, worker.passed(client.trailers(), plan)) : 0;
    }

    /** The first bytes of what was collected; null where nothing was. */
    @Nullable
    String start() {
        var from = collected;
        return from == null ? null : from.start();
    }

    void close() {
        if (collected != null) {
            collected.close();
            collected = null;
        }
    }
}
