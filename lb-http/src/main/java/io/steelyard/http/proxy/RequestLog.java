package io.steelyard.http.proxy;

import io.steelyard.http.h1.BodyFraming;
import java.time.Instant;

/** Writes what the logs of its route tell of an exchange that is over. Without state. */
final class RequestLog {
    private RequestLog() {}

    static void write(Exchange exchange) {
        var logs = exchange.routing().route().logs();
        if (logs.isEmpty()) {
            return;
        }
        var client = exchange.client();
        var facts = exchange.facts();
        if (exchange.framing().kind() == BodyFraming.Kind.CHUNKED) {
            facts.bodyDropped();
        }
        long elapsedMs = (client.nowNs() - client.requestStartNs()) / 1_000_000;
        client.facts().time(Instant.now(), elapsedMs);
        facts.connection((client.nowNs() - client.openedNs()) / 1_000_000, client.isPipelined());
        facts.ended(
                client.requestBytes(),
                client.answerHeadBytes() + client.answerBodyBytes(),
                client.answerBodyBytes(),
                elapsedMs,
                exchange.answer().isComplete());
        for (var log : logs) {
            if (log.line().isWanted(exchange.evaluation())) {
                exchange.plan().logs().write(log.configured(), log.line().bytes(exchange.evaluation()));
            }
        }
    }
}
