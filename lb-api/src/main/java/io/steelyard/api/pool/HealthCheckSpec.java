package io.steelyard.api.pool;

import io.steelyard.api.health.CheckStep;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An active check of every server of a pool. A server is DOWN while any of its pool's checks says so.
 *
 * @param type a {@link io.steelyard.api.health.HealthCheckProvider}'s name, such as {@code tcp}
 * @param options the provider's options by name
 * @param interval from the start of one probe to the next, while the state is settled
 * @param transitionInterval the same while results speak against the state, or it is not known yet; zero for a quarter of {@code interval}
 *     (HAProxy {@code fastinter})
 * @param downInterval the same while the server is DOWN; zero for {@code interval} (HAProxy {@code downinter})
 * @param timeout how long one probe may take
 * @param rise passed probes in a row that bring a DOWN server UP
 * @param fall failed probes in a row that bring an UP server DOWN
 * @param jitter share of the interval by which each probe is moved at random, 0 to 1
 * @param mandatory whether a server takes no flow before its first passed probe; otherwise it starts UP, one failure from DOWN
 * @param address the address to probe; absent for the server's own
 * @param port the port to probe; 0 for the server's own
 * @param steps what the check does, for those that are sequences; none for what its options say
 */
public record HealthCheckSpec(
        String type,
        Map<String, String> options,
        Duration interval,
        Duration transitionInterval,
        Duration downInterval,
        Duration timeout,
        int rise,
        int fall,
        double jitter,
        boolean mandatory,
        Optional<InetAddress> address,
        int port,
        List<CheckStep> steps) {
    public HealthCheckSpec {
        Objects.requireNonNull(type, "type");
        options = Map.copyOf(options);
        steps = List.copyOf(steps);
        Objects.requireNonNull(address, "address");
        if (transitionInterval.isNegative() || downInterval.isNegative()) {
            throw new IllegalArgumentException("an interval is negative");
        }
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

    /** Starts with this check's values. */
    public Builder toBuilder() {
        var builder = new Builder(type)
                .interval(interval)
                .transitionInterval(transitionInterval)
                .downInterval(downInterval)
                .timeout(timeout)
                .rise(rise)
                .fall(fall)
                .jitter(jitter)
                .mandatory(mandatory)
                .port(port);
        builder.options.putAll(options);
        builder.steps = steps;
        builder.address = address;
        return builder;
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private final String type;
        private final Map<String, String> options = new HashMap<>();
        private Duration interval = Duration.ofSeconds(2);
        private Duration transitionInterval = Duration.ZERO;
        private Duration downInterval = Duration.ZERO;
        private Duration timeout = Duration.ofSeconds(1);
        private int rise = 2;
        private int fall = 3;
        private double jitter = 0.1;
        private boolean mandatory;
        private Optional<InetAddress> address = Optional.empty();
        private int port;
        private List<CheckStep> steps = List.of();

        private Builder(String type) {
            this.type = type;
        }

        public Builder option(String name, String value) {
            if (options.put(name, value) != null) {
                throw new IllegalStateException("option '" + name + "' was set twice");
            }
            return this;
        }

        /** Replaces an option, whether or not it is there. */
        public Builder changedOption(String name, String value) {
            options.put(name, value);
            return this;
        }

        public Builder interval(Duration interval) {
            this.interval = interval;
            return this;
        }

        public Builder transitionInterval(Duration transitionInterval) {
            this.transitionInterval = transitionInterval;
            return this;
        }

        public Builder downInterval(Duration downInterval) {
            this.downInterval = downInterval;
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

        public Builder address(InetAddress address) {
            this.address = Optional.of(address);
            return this;
        }

        public Builder port(int port) {
            this.port = port;
            return this;
        }

        public Builder steps(List<CheckStep> steps) {
            this.steps = List.copyOf(steps);
            return this;
        }

        public HealthCheckSpec build() {
            return new HealthCheckSpec(
                    type,
                    options,
                    interval,
                    transitionInterval,
                    downInterval,
                    timeout,
                    rise,
                    fall,
                    jitter,
                    mandatory,
                    address,
                    port,
                    steps);
        }
    }
}
