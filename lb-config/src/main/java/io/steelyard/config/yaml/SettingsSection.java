package io.steelyard.config.yaml;

import io.steelyard.api.Settings;
import java.time.Duration;

/** {@link Settings}. */
final class SettingsSection extends Section<Settings> {
    private static final Settings DEFAULTS = Settings.defaults();

    private final Key<Settings, Integer> loops = optional(
            "loops",
            Forms.whole(0, 1_024),
            Settings::loops,
            DEFAULTS.loops(),
            "Data-plane event loops, each a thread; 0 for one each core.");
    private final Key<Settings, Duration> drainTimeout = optional(
            "drainTimeout",
            Forms.time(),
            Settings::drainTimeout,
            DEFAULTS.drainTimeout(),
            "How long flows of removed servers, and all flows at shutdown, may take to finish before they are cut.");
    private final Key<Settings, Integer> maxConnections = optional(
            "maxConnections",
            Forms.whole(0, Integer.MAX_VALUE),
            Settings::maxConnections,
            DEFAULTS.maxConnections(),
            "TCP connections from clients at once; further ones wait to be accepted. 0 for no limit.");
    private final Key<Settings, Long> bufferBudget = optional(
            "bufferBudget",
            Forms.whole(0L, Long.MAX_VALUE),
            Settings::bufferBudget,
            DEFAULTS.bufferBudget(),
            "Bytes outside the heap that may hold what HTTP clients and servers have sent and the other side does not take yet. Above it, idle connections are closed first, then those for which most is kept. 0 for as much as the heap may have.");

    SettingsSection() {
        super("settings");
    }

    @Override
    Settings make(Values values) {
        return new Settings(
                values.or(loops, DEFAULTS.loops()),
                values.or(drainTimeout, DEFAULTS.drainTimeout()),
                values.or(maxConnections, DEFAULTS.maxConnections()),
                values.or(bufferBudget, DEFAULTS.bufferBudget()));
    }
}
