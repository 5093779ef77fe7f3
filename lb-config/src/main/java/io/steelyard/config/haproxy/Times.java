package io.steelyard.config.haproxy;

import java.time.Duration;
import java.util.Optional;

/** The timeouts of a proxy. */
final class Times {
    private Times() {}

    /** A timeout; empty where there is none, or one that cannot be read, which is told elsewhere. */
    static Optional<Duration> of(Proxy proxy, String... names) {
        return proxy.last(names).flatMap(statement -> {
            try {
                return Optional.of(Values.time(statement.argument(0).text()));
            } catch (IllegalArgumentException told) {
                return Optional.empty();
            }
        });
    }
}
