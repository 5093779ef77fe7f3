package io.steelyard.config.yaml;

import io.steelyard.api.tls.TlsSessions;
import java.time.Duration;

/** {@link TlsSessions}. */
final class TlsSessionsSection extends Section<TlsSessions> {
    private static final TlsSessions DEFAULTS = TlsSessions.DEFAULT;

    private final Key<TlsSessions, Boolean> tickets = optional(
            "tickets",
            Forms.flag(),
            TlsSessions::tickets,
            DEFAULTS.tickets(),
            "Whether clients keep their sessions themselves, sealed; with TLS 1.3 there is no other way.");
    private final Key<TlsSessions, Integer> cached = optional(
            "cached",
            Forms.whole(0, Integer.MAX_VALUE),
            TlsSessions::cached,
            DEFAULTS.cached(),
            "How many sessions of TLS 1.2 are kept here.");
    private final Key<TlsSessions, Duration> timeout = optional(
            "timeout",
            Forms.positiveTime(),
            TlsSessions::timeout,
            DEFAULTS.timeout(),
            "How long a session may be taken up again; at least a second.");

    TlsSessionsSection() {
        super("TLS sessions");
    }

    @Override
    TlsSessions make(Values values) {
        return new TlsSessions(
                values.or(tickets, DEFAULTS.tickets()),
                values.or(cached, DEFAULTS.cached()),
                values.or(timeout, DEFAULTS.timeout()));
    }
}
