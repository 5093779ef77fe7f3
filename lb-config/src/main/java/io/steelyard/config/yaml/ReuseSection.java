package io.steelyard.config.yaml;

import io.steelyard.api.pool.ConnectionReuse;
import java.time.Duration;

/** {@link ConnectionReuse}. */
final class ReuseSection extends Section<ConnectionReuse> {
    private static final ConnectionReuse DEFAULTS = ConnectionReuse.DEFAULT;

    private final Key<ConnectionReuse, Integer> mostIdle = optional(
            "mostIdle",
            Forms.whole(0, Integer.MAX_VALUE),
            ConnectionReuse::mostIdle,
            DEFAULTS.mostIdle(),
            "Idle connections kept by each loop for the whole pool; 0 for none, so that each request has one of its own.");
    private final Key<ConnectionReuse, Integer> mostRequests = optional(
            "mostRequests",
            Forms.whole(1, Integer.MAX_VALUE),
            ConnectionReuse::mostRequests,
            DEFAULTS.mostRequests(),
            "Requests one connection serves.");
    private final Key<ConnectionReuse, Duration> mostAge = optional(
            "mostAge",
            Forms.time(),
            ConnectionReuse::mostAge,
            DEFAULTS.mostAge(),
            "After which a connection serves no other request.");
    private final Key<ConnectionReuse, Duration> idleTimeout = optional(
            "idleTimeout",
            Forms.time(),
            ConnectionReuse::idleTimeout,
            DEFAULTS.idleTimeout(),
            "How long a connection is kept; shorter than the servers', so that they are not the first to close.");

    ReuseSection() {
        super("connection reuse");
    }

    @Override
    ConnectionReuse make(Values values) {
        return new ConnectionReuse(
                values.or(mostIdle, DEFAULTS.mostIdle()),
                values.or(mostRequests, DEFAULTS.mostRequests()),
                values.or(mostAge, DEFAULTS.mostAge()),
                values.or(idleTimeout, DEFAULTS.idleTimeout()));
    }
}
