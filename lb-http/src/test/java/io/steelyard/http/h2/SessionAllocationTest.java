package io.steelyard.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.message.Violation;
import io.steelyard.tck.Allocation;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What one request and its answer cost in memory, apart from what their user needs: the stream, and nothing for its fields. */
class SessionAllocationTest {
    private static final int MOST_BYTES = 500;
    private static final int REQUESTS = 1_000;

    /** A user that answers at once, with the same memory for each request. */
    private static final class Answering implements SessionUser, StreamUser, FrameOutput {
        final ByteBuffer out = ByteBuffer.allocate(1 << 20);
        final MemorySegment outMemory = MemorySegment.ofBuffer(out);
        final Http2Session session;
        final RequestHead head = new RequestHead();
        final FieldBlock fields = new FieldBlock();
        final MemorySegment body = MemorySegment.ofArray(new byte[100]);
        Http2Stream current = new Http2Stream(0);
        int answered;

        Answering() {
            fields.add(FieldName.SERVER, "server");
            fields.add(FieldName.CONTENT_TYPE, "text/plain");
            fields.add(FieldName.of("x-other"), "something");
            var limits = new SessionLimits(100, HttpLimits.DEFAULT, Leniency.strict());
            session = new Http2Session(this, this, limits, new SharedMemory(), 0);
            session.begin();
        }

        @Override
        public StreamUser open(Http2Stream stream) {
            current = stream;
            return this;
        }

        @Override
        public void flooded(Flood how) {
            throw new AssertionError(how);
        }

        @Override
        public RequestHead head() {
            return head;
        }

        @Override
        public void onRequest(Violation violation) {
            session.sendHead(current, 200, fields, -1, false);
            session.sendData(current, body, 0, 100, true);
            answered++;
        }

        @Override
        public void onData(MemorySegment memory, int start, int count) {}

        @Override
        public FieldBlock trailerMemory() {
            return new FieldBlock();
        }

        @Override
        public void onEnd() {}

        @Override
        public void onReset() {}

        @Override
        public void onRoom() {}

        @Override
        public ByteBuffer room(int octets) {
            if (out.remaining() < octets) {
                out.clear();
            }
            return out;
        }

        @Override
        public void put(MemorySegment from, long offset, int length) {
            int at = room(length).position();
            MemorySegment.copy(from, offset, outMemory, at, length);
            out.position(at + length);
        }

        @Override
        public int waitingBytes() {
            return 0;
        }
    }

    @Test
    void requestAllocatesItsStreamAndLittleElse() {
        var answering = new Answering();
        var preface = Frame.connection();
        answering.session.consume(ByteBuffer.wrap(preface), MemorySegment.ofArray(preface), 0);
        var bytes = Frame.bytes(
                Frame.headers(
                        1,
                        true,
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":path",
                        "/some/path",
                        ":authority",
                        "site",
                        "user-agent",
                        "a client",
                        "accept",
                        "*/*"),
                Frame.windowUpdate(0, 100));
        var in = ByteBuffer.wrap(bytes);
        var memory = MemorySegment.ofArray(bytes);
        int[] next = {1};
        long[] nowNs = {0};
        long allocated = Allocation.bytes(REQUESTS, () -> {
            in.putInt(5, next[0]);
            next[0] += 2;
            nowNs[0] += 100_000_000L;
            answering.session.consume(in.clear(), memory, nowNs[0]);
        });
        assertThat(answering.answered * 2 + 1).isEqualTo(next[0]);
        assertThat(allocated / REQUESTS).isLessThan(MOST_BYTES);
        System.getLogger("allocation").log(System.Logger.Level.INFO, "{0} bytes a request", allocated / REQUESTS);
    }
}
