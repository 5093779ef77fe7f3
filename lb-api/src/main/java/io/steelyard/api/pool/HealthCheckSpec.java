package io.steelyard.api.pool;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * An active check of every server of a pool. A server is DOWN while any of its pool's checks says so.
 *
 * @param type a {@link io.steelyard.api.health.HealthCheckProvider}'s name, such as {@code tcp}
 * @param options the provider's options by name
 * @param interval from the start of one probe to the next, while the state is settled
 * @param timeout how long one probe may take
 * @param rise passed probes in a row that bring a DOWN server UP
 * @param fall failed probes in a row that bring an UP server DOWN
 * @param jitter share of the interval by which each probe is moved at random, 0 to 1
 * @param mandatory whether a server takes no flow before its first passed probe; otherwise it starts UP, one failure from DOWN
 * @param port the port to probe; 0 for the server's own
 */
public record HealthCheckSpec(
        String type,
        Map<String, String> options,
        Duration interval,
        Duration timeout,
        int rise,
        int fall,
        double jitter,
        boolean mandatory,
        int port) {
    public HealthCheckSpec {
        Objects.requireNonNull(type, "type");
        options = Map.copyOf(options);
        if (interval.isNegative() || interval.isZero() || timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("interval and timeout must be greater than zero");
        }
        if (rise < 1 || fall < 1) {
            throw new IllegalArgumentException("rise " + rise + ", fall " + fall + ", expected at least 1");
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("jitter is " + jitter + ", expected 0 to 1");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is out of range; expected 0 to 65535");
        }
    }

    /** Interval 2 s, timeout 1 s, rise 2, fall 3, jitter 0.1. */
    public static Builder builder(String type) {
        return new Builder(type);
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private final String type;
        private final Map<String, String> options = new HashMap<>();
        private Duration interval = Duration.ofSeconds(2);
        private Duration timeout = Duration.ofSeconds(1);
        private int rise = 2;
        private int fall = 3;
        private double jitter = 0.1;
        private boolean mandatory;
        private int port;

        private Builder(String type) {
            this.type = type;
        }

        public Builder option(String name, String value) {
            if (options.put(name, value) != null) {
                throw new IllegalStateException("option '" + name + "' was set twice");
            }
            return this;
        }

        public Builder interval(Duration interval) {
            this.interval = interval;
            return this;
        }

        public Builder timeout(Duration timeout) {
            this.timeout = timeout;
            return this;
        }

        public Builder rise(int rise) {
            this.rise = rise;
            return this;
        }

        public Builder fall(int fall) {
            this.fall = fall;
            return this;
        }

        public Builder jitter(double jitter) {
            this.jitter = jitter;
            return this;
        }

        public Builder mandatory(boolean mandatory) {
            this.mandatory = mandatory;
            return this;
        }

        public Builder port(int port) {
            this.port = port;
            return this;
        }

        public HealthCheckSpec build() {
            return new HealthCheckSpec(type, options, interval, timeout, rise, fall, jitter, mandatory, port);
        }
    }
}
