package io.steelyard.http.proxy;

import io.steelyard.api.http.BrokenMessage;
import io.steelyard.http.h1.BrokenHead;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The last broken request and the last broken answer of a virtual server. Written by every loop and read by any thread; the last to write wins. */
final class LastBroken {
    private final AtomicLong count = new AtomicLong();
    private final AtomicReference<@Nullable BrokenMessage> request = new AtomicReference<>();
    private final AtomicReference<@Nullable BrokenMessage> answer = new AtomicReference<>();

    void request(Exchange exchange, BrokenHead head) {
        request.set(message(exchange, head, false));
    }

    void answer(Exchange exchange, BrokenHead head) {
        answer.set(message(exchange, head, true));
    }

    private BrokenMessage message(Exchange exchange, BrokenHead head, boolean isAnswer) {
        return new BrokenMessage(
                count.getAndIncrement(),
                Instant.now(),
                exchange.plan().server().name(),
                isAnswer,
                isAnswer ? exchange.progress().pool() : "",
                isAnswer ? exchange.progress().server() : "",
                exchange.clientText(),
                head.reason(),
                head.octets(),
                head.position());
    }

    List<BrokenMessage> all() {
        return Stream.of(request.get(), answer.get())
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
    }
}
