package io.steelyard.http.proxy;

import io.steelyard.api.http.HttpProxy;
import io.steelyard.http.h1.BodyFraming;
import io.steelyard.http.route.ProxyPlan;
import java.lang.foreign.MemorySegment;

/** A request's body on its way to a server: as a whole once it was collected, or piece by piece as it comes. Owned by one loop. */
final class Upload {
    private final HttpWorker worker;
    private final ProxyPlan plan;
    private final RequestBody collected;
    private final boolean isCollected;
    private boolean isEnded;
    private boolean isSent;
    private boolean isChunked;

    /** @param isEnded whether nothing of a body is to come */
    Upload(HttpWorker worker, ProxyPlan plan, BodyFraming framing, boolean isEnded) {
        this.worker = worker;
        this.plan = plan;
        this.isEnded = isEnded;
        collected = new RequestBody(worker.loop().buffers());
        isCollected = plan.configured().buffersRequest()
                || framing.kind() == BodyFraming.Kind.CHUNKED
                        && plan.configured().version() == HttpProxy.Version.HTTP_1_0;
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
        return isEnded && collected.size() == 0;
    }

    /** Bytes of the whole body; -1 where it is still coming. */
    long size() {
        return isEnded ? collected.size() : -1;
    }

    /** Whether a part of it went to a server and cannot be sent again. */
    boolean isLost() {
        return isSent && !isCollected;
    }

    /** The head that went before said whether its length is not known. */
    void chunked(boolean isChunked) {
        this.isChunked = isChunked;
    }

    void collect(MemorySegment from, int offset, int count) {
        collected.add(from, offset, count);
    }

    /** Sends what was collected. @return 0, or a negative errno where the connection is broken */
    int sendCollected(ServerConnection to) {
        if (collected.size() == 0) {
            return 0;
        }
        isSent = true;
        return collected.sendTo(to);
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

    void close() {
        collected.close();
    }
}
