package io.steelyard.http.proxy;

import io.steelyard.http.h2.Frame;
import io.steelyard.http.h2.HeaderReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A client that sends the frames a test says, and keeps what it receives. */
final class FrameClient implements AutoCloseable {
    /** What came on a stream. */
    static final class Answer {
        final List<String> heads = new ArrayList<>();
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean hasEnded;

        @Nullable
        Frame reset;

        int status() {
            return Integer.parseInt(heads.getFirst().substring(9, 12));
        }

        String text() {
            return body.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private final RawClient raw;
    private final HeaderReader headers = new HeaderReader();
    private final Map<Integer, Answer> answers = new HashMap<>();
    final List<Frame> ofConnection = new ArrayList<>();
    boolean widens = true;

    FrameClient(Fixture proxy, Frame... frames) throws IOException {
        this(proxy.port(), frames);
    }

    FrameClient(int port, Frame... frames) throws IOException {
        raw = new RawClient(port);
        raw.send(Frame.connection(Frame.settingsAck()));
        send(frames);
    }

    FrameClient send(Frame... frames) throws IOException {
        raw.send(Frame.bytes(frames));
        return this;
    }

    RawClient raw() {
        return raw;
    }

    Answer on(int stream) {
        return answers.computeIfAbsent(stream, absent -> new Answer());
    }

    /** Reads until the answer on a stream has ended or was reset. */
    Answer answer(int stream) throws IOException {
        var answer = on(stream);
        while (!answer.hasEnded && answer.reset == null) {
            next();
        }
        return answer;
    }

    /** Reads until a frame is as wanted, and returns it. */
    Frame until(Predicate<Frame> wanted) throws IOException {
        while (true) {
            var frame = next();
            if (wanted.test(frame)) {
                return frame;
            }
        }
    }

    Frame next() throws IOException {
        var header = ByteBuffer.wrap(Wire.exactly(raw.in(), 9));
        int length = header.getInt(0) >>> 8;
        var whole = ByteBuffer.allocate(9 + length)
                .put(header)
                .put(Wire.exactly(raw.in(), length))
                .flip();
        var frame = Frame.read(whole);
        if (frame.stream() == 0) {
            ofConnection.add(frame);
        } else {
            keep(frame);
        }
        return frame;
    }

    private void keep(Frame frame) throws IOException {
        var answer = on(frame.stream());
        switch (frame.type()) {
            case 0 -> {
                answer.body.write(frame.payload());
                if (widens && frame.payload().length > 0) {
                    send(Frame.windowUpdate(0, frame.payload().length));
                    if (!frame.isEnd()) {
                        send(Frame.windowUpdate(frame.stream(), frame.payload().length));
                    }
                }
            }
            case 1 -> answer.heads.add(headers.read(frame.payload()));
            case 3 -> answer.reset = answer.hasEnded ? null : frame;
            default -> {}
        }
        answer.hasEnded |= frame.isEnd();
    }

    @Override
    public void close() throws IOException {
        raw.close();
    }
}
