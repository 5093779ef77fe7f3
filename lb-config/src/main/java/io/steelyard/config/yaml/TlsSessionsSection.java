package io.steelyard.config.yaml;

import io.steelyard.api.tls.TlsSessions;
import java.time.Duration;
import java.util.List;

/** {@link TlsSessions}. */
final class TlsSessionsSection extends Section<TlsSessions> {
    private static final TlsSessions DEFAULTS = TlsSessions.DEFAULT;

    private final Key<TlsSessions, Boolean> tickets = optional(
            "tickets",
            Forms.flag(),
            TlsSessions::tickets,
            DEFAULTS.tickets(),
            "Whether clients keep their sessions themselves, sealed; with TLS 1.3 there is no other way.");
    private final Key<TlsSessions, List<String>> ticketKeyFiles = optional(
            "ticketKeyFiles",
            Forms.list(Forms.file()),
            TlsSessions::ticketKeyFiles,
            DEFAULTS.ticketKeyFiles(),
            "Keys that seal tickets in place of the process's own, so that machines share them: files of 48 bytes, or lines of base64. The first seals, "
                    + "all open.");
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
                values.or(ticketKeyFiles, DEFAULTS.ticketKeyFiles()),
                values.or(cached, DEFAULTS.cached()),
                values.or(timeout, DEFAULTS.timeout()));
    }
}
