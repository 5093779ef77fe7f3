package io.steelyard.config.yaml;

import io.steelyard.api.health.CheckStep;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.ServerAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** {@link HealthCheckSpec}. */
final class HealthCheckSection extends Section<HealthCheckSpec> {
    private static final HealthCheckSpec DEFAULTS =
            HealthCheckSpec.builder("tcp").build();

    private final Key<HealthCheckSpec, String> type = required(
            "type",
            Forms.parsed("health check name", text -> text, text -> text),
            HealthCheckSpec::type,
            "A health check of `lb plugins`, such as `tcp` or `http`.");
    private final Key<HealthCheckSpec, Map<String, String>> options = optional(
            "options", Forms.texts(), HealthCheckSpec::options, DEFAULTS.options(), "The check's own options by name.");
    private final Key<HealthCheckSpec, Duration> interval = optional(
            "interval",
            Forms.positiveTime(),
            HealthCheckSpec::interval,
            DEFAULTS.interval(),
            "From the start of one probe to the next, while the state is settled.");
    private final Key<HealthCheckSpec, Duration> transitionInterval = optional(
            "transitionInterval",
            Forms.time(),
            HealthCheckSpec::transitionInterval,
            DEFAULTS.transitionInterval(),
            "The same while results speak against the state, or it is not known yet; `0s` for a quarter of `interval`.");
    private final Key<HealthCheckSpec, Duration> downInterval = optional(
            "downInterval",
            Forms.time(),
            HealthCheckSpec::downInterval,
            DEFAULTS.downInterval(),
            "The same while the server is down; `0s` for `interval`.");
    private final Key<HealthCheckSpec, Duration> timeout = optional(
            "timeout",
            Forms.positiveTime(),
            HealthCheckSpec::timeout,
            DEFAULTS.timeout(),
            "How long one probe may take.");
    private final Key<HealthCheckSpec, Integer> rise = optional(
            "rise",
            Forms.whole(1, Integer.MAX_VALUE),
            HealthCheckSpec::rise,
            DEFAULTS.rise(),
            "Passed probes in a row that bring a server that is down up.");
    private final Key<HealthCheckSpec, Integer> fall = optional(
            "fall",
            Forms.whole(1, Integer.MAX_VALUE),
            HealthCheckSpec::fall,
            DEFAULTS.fall(),
            "Failed probes in a row that bring a server that is up down.");
    private final Key<HealthCheckSpec, Double> jitter = optional(
            "jitter",
            Forms.decimal(0, 1),
            HealthCheckSpec::jitter,
            DEFAULTS.jitter(),
            "The share of the interval by which each probe is moved at random, so that checks do not march in step.");
    private final Key<HealthCheckSpec, Boolean> mandatory = optional(
            "mandatory",
            Forms.flag(),
            HealthCheckSpec::mandatory,
            DEFAULTS.mandatory(),
            "Whether a server takes no flow before its first passed probe. Otherwise it starts up, one failure from down.");
    private final Key<HealthCheckSpec, InetAddress> address = absent(
            "address",
            Forms.parsed("IP address", ServerAddress::numericAddress, InetAddress::getHostAddress),
            HealthCheckSpec::address,
            "the server's own",
            "The address to probe.");
    private final Key<HealthCheckSpec, Integer> port = optional(
            "port",
            Forms.whole(0, 65_535),
            HealthCheckSpec::port,
            DEFAULTS.port(),
            "The port to probe; 0 for the server's own.");
    private final Key<HealthCheckSpec, List<CheckStep>> steps = optional(
            "steps",
            Forms.list(new CheckStepSection()),
            HealthCheckSpec::steps,
            DEFAULTS.steps(),
            "What the check does, one step after the other, in place of its options; `tcp` and `http` take steps.");

    HealthCheckSection() {
        super("health check");
    }

    @Override
    HealthCheckSpec make(Values values) {
        return new HealthCheckSpec(
                values.get(type),
                values.or(options, DEFAULTS.options()),
                values.or(interval, DEFAULTS.interval()),
                values.or(transitionInterval, DEFAULTS.transitionInterval()),
                values.or(downInterval, DEFAULTS.downInterval()),
                values.or(timeout, DEFAULTS.timeout()),
                values.or(rise, DEFAULTS.rise()),
                values.or(fall, DEFAULTS.fall()),
                values.or(jitter, DEFAULTS.jitter()),
                values.or(mandatory, DEFAULTS.mandatory()),
                values.find(address),
                values.or(port, DEFAULTS.port()),
                values.or(steps, DEFAULTS.steps()));
    }
}
