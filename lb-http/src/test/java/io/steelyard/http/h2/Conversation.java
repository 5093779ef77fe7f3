package io.steelyard.http.h2;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.message.Violation;
import io.steelyard.http.octet.Octets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A session that talks to a test, with a user that writes down what it is told. */
final class Conversation implements SessionUser, FrameOutput {
    final Http2Session session;
    final Map<Integer, Request> requests = new TreeMap<>();
    final Map<Flood, Integer> floods = new EnumMap<>(Flood.class);
    final HpackDecoder decoder = new HpackDecoder(4_096);
    long nowNs;
    int waiting;
    boolean consumesAtOnce = true;
    private ByteBuffer out = ByteBuffer.allocate(1 << 12);

    /** What a stream's user was told. */
    static final class Request implements StreamUser {
        final Conversation in;
        final Http2Stream stream;
        final RequestHead head = new RequestHead();
        final FieldBlock trailers = new FieldBlock();
        final StringBuilder body = new StringBuilder();
        Violation violation = Violation.NONE;
        boolean hasBegun;
        boolean hasEnded;
        boolean isReset;
        int rooms;
        int pending;

        Request(Conversation in, Http2Stream stream) {
            this.in = in;
            this.stream = stream;
        }

        @Override
        public RequestHead head() {
            return head;
        }

        @Override
        public void onRequest(Violation value) {
            violation = value;
            hasBegun = true;
        }

        @Override
        public void onData(MemorySegment memory, int start, int count) {
            body.append(Octets.text(memory.asSlice(start, count).toArray(ValueLayout.JAVA_BYTE), 0, count));
            if (in.consumesAtOnce) {
                in.session.consumed(stream, count);
            }
        }

        @Override
        public FieldBlock trailerMemory() {
            return trailers;
        }

        @Override
        public void onEnd() {
            hasEnded = true;
        }

        @Override
        public void onReset() {
            isReset = true;
        }

        @Override
        public void onRoom() {
            rooms++;
            if (pending > 0) {
                send(pending);
            }
        }

        /** Sends so many bytes of an answer's body; what is not taken is sent later. */
        void send(int length) {
            pending = length - in.session.sendData(stream, MemorySegment.ofArray(new byte[length]), 0, length, true);
        }
    }

    Conversation() {
        this(100);
    }

    Conversation(int mostStreams) {
        session = new Http2Session(
                this,
                this,
                new SessionLimits(mostStreams, HttpLimits.DEFAULT, Leniency.strict()),
                new SharedMemory(),
                0);
        session.begin();
    }

    /** One that has exchanged settings. */
    static Conversation open() {
        var conversation = new Conversation();
        conversation.receive(Frame.connection(Frame.settingsAck()));
        conversation.sent();
        return conversation;
    }

    Conversation receive(Frame... frames) {
        return receive(Frame.bytes(frames));
    }

    Conversation receive(byte[] bytes) {
        session.consume(ByteBuffer.wrap(bytes), MemorySegment.ofArray(bytes), nowNs);
        return this;
    }

    /** The frames sent since the last call. */
    List<Frame> sent() {
        var frames = new ArrayList<Frame>();
        out.flip();
        while (out.hasRemaining()) {
            frames.add(Frame.read(out));
        }
        out.clear();
        return frames;
    }

    /** Octets of DATA sent, by stream, since the last call. */
    Map<Integer, Integer> dataSent() {
        var octets = new HashMap<Integer, Integer>();
        for (var frame : sent()) {
            if (frame.type() == Frames.DATA) {
                octets.merge(frame.stream(), frame.payload().length, Integer::sum);
            }
        }
        return octets;
    }

    Request request(int stream) {
        return requests.get(stream);
    }

    void answer(int stream, int status, String... namesAndValues) {
        var fields = new FieldBlock();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.add(FieldName.of(namesAndValues[i]), namesAndValues[i + 1]);
        }
        session.sendHead(request(stream).stream, status, fields, -1, false);
    }

    @Override
    public StreamUser open(Http2Stream stream) {
        var request = new Request(this, stream);
        requests.put(stream.id(), request);
        return request;
    }

    @Override
    public void flooded(Flood how) {
        floods.merge(how, 1, Integer::sum);
    }

    @Override
    public ByteBuffer room(int octets) {
        while (out.remaining() < octets) {
            out = ByteBuffer.allocate(out.capacity() * 2).put(out.flip());
        }
        return out;
    }

    @Override
    public void put(MemorySegment from, long offset, int length) {
        room(length).put(from.asSlice(offset, length).asByteBuffer());
    }

    @Override
    public int waitingBytes() {
        return waiting;
    }
}
