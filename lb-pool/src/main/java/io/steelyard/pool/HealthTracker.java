package io.steelyard.pool;

import io.steelyard.api.health.CheckFinding;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.Observation.Reaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the checks of one server have found so far. Immutable: each probe's result gives the next tracker, and says when to probe again.
 *
 * <pre>
 *             passed                    fall failed in a row
 *   UNKNOWN ─────────► UP ─────────────────────────────────────► DOWN
 *      │                ▲                                        │ ▲
 *      │                └────────── rise passed in a row ────────┘ │
 *      └──────────────────────────── failed ───────────────────────┘
 * </pre>
 *
 * A server starts UNKNOWN, which takes flows unless a check is mandatory, and one result decides it (HAProxy: without a history a server is
 * one failure away from DOWN). With several checks, the server is DOWN while any of them is; else UNKNOWN while a mandatory one, or all of
 * them, are; else UP.
 */
public record HealthTracker(List<HealthCheckSpec> specs, List<Check> checks) {
    private static final long FIRST_PROBES_WITHIN_NS = Duration.ofSeconds(1).toNanos();
    private static final int TRANSITION_SPEED_UP = 4;
    private static final long SHORTEST_TRANSITION_NS = Duration.ofMillis(100).toNanos();
    private static final int SHORTEST_SHARE = 10;

    /**
     * One check's findings.
     *
     * @param streak results in a row that speak against {@code state}
     * @param reason of the last result that confirmed or changed the state
     * @param isStopping whether the last result that passed was one of a server that wants no new clients
     * @param finding that of the last result, where it told one
     */
    public record Check(
            HealthState state, int streak, String reason, boolean isStopping, Optional<CheckFinding> finding) {
        private static final Check INITIAL =
                new Check(HealthState.UNKNOWN, 0, "not checked yet", false, Optional.empty());

        public Check {
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(finding, "finding");
        }

        /** Whether a result is under way that may change the state. */
        boolean isInTransition() {
            return streak > 0 || state == HealthState.UNKNOWN;
        }

        Check next(HealthCheckSpec spec, ProbeResult result) {
            if (result.verdict() == ProbeResult.Verdict.UNDECIDED) {
                return this;
            }
            var told = result.isPassed() ? HealthState.UP : HealthState.DOWN;
            boolean stops = result.verdict() == ProbeResult.Verdict.CONDITIONAL;
            if (told == state) {
                return new Check(state, 0, result.reason(), stops, result.finding());
            }
            int needed = state == HealthState.UNKNOWN ? 1 : result.isPassed() ? spec.rise() : spec.fall();
            return streak + 1 >= needed
                    ? new Check(told, 0, result.reason(), stops, result.finding())
                    : new Check(state, streak + 1, reason, isStopping, result.finding());
        }

        /** What failures of real traffic make of it (HAProxy 2.6 {@code __health_adjust}). */
        Check afterErrors(HealthCheckSpec spec, Reaction reaction, String why) {
            return switch (reaction) {
                case PROBE_SOON -> this;
                case FAILED_PROBE -> next(spec, ProbeResult.failed(why));
                case LAST_FAILED_PROBE -> {
                    int least = state == HealthState.UP ? spec.fall() - 2 : 0;
                    yield new Check(state, Math.max(streak, least), reason, isStopping, finding)
                            .next(spec, ProbeResult.failed(why));
                }
                case DOWN -> new Check(HealthState.DOWN, 0, why, false, Optional.empty());
            };
        }
    }

    /**
     * What a result led to.
     *
     * @param tracker the findings now
     * @param isChanged whether the server's state is another than before
     * @param nextProbeNs when to begin the check's next probe
     */
    public record Step(HealthTracker tracker, boolean isChanged, long nextProbeNs) {}

    public HealthTracker {
        specs = List.copyOf(specs);
        checks = List.copyOf(checks);
        if (specs.size() != checks.size()) {
            throw new IllegalArgumentException(specs.size() + " checks, " + checks.size() + " findings");
        }
    }

    /** A server nothing is known of. */
    public static HealthTracker of(List<HealthCheckSpec> specs) {
        return new HealthTracker(
                specs, specs.stream().map(spec -> Check.INITIAL).toList());
    }

    /** The same findings under changed checks: one of the same type and options keeps what it found. */
    public HealthTracker withSpecs(List<HealthCheckSpec> changed) {
        var kept = new ArrayList<Check>();
        var left = new ArrayList<>(specs);
        var leftChecks = new ArrayList<>(checks);
        for (var spec : changed) {
            var found = Check.INITIAL;
            for (int i = 0; i < left.size(); i++) {
                if (isSameProbe(left.get(i), spec)) {
                    left.remove(i);
                    found = leftChecks.remove(i);
                    break;
                }
            }
            kept.add(found);
        }
        return new HealthTracker(changed, kept);
    }

    private static boolean isSameProbe(HealthCheckSpec one, HealthCheckSpec other) {
        return one.type().equals(other.type())
                && one.options().equals(other.options())
                && one.steps().equals(other.steps())
                && one.address().equals(other.address())
                && one.port() == other.port();
    }

    /** The server's state. */
    public HealthState state() {
        boolean isAnyKnown = false;
        boolean isAwaited = false;
        for (int i = 0; i < checks.size(); i++) {
            switch (checks.get(i).state()) {
                case DOWN -> {
                    return HealthState.DOWN;
                }
                case UP -> isAnyKnown = true;
                case UNKNOWN -> isAwaited |= specs.get(i).mandatory();
            }
        }
        return isAnyKnown && !isAwaited ? HealthState.UP : HealthState.UNKNOWN;
    }

    /** Whether it is up and wants no new clients. */
    public boolean isStopping() {
        return state() == HealthState.UP && checks.stream().anyMatch(Check::isStopping);
    }

    /** Why it is what it is: the reason of the first check that makes it so. */
    public String reason() {
        var state = state();
        return checks.stream()
                .filter(check -> check.state() == state)
                .map(Check::reason)
                .findFirst()
                .orElse("not checked yet");
    }

    /**
     * Takes a result in.
     *
     * @param check the index of the check
     * @param startNs when the probe began
     * @param random 0 to 1 (exclusive), from anywhere
     */
    public Step onResult(int check, ProbeResult result, long startNs, double random) {
        var spec = specs.get(check);
        var found = checks.get(check).next(spec, result);
        var changed = new ArrayList<>(checks);
        changed.set(check, found);
        var next = new HealthTracker(specs, changed);
        return new Step(next, next.state() != state(), startNs + delayNs(spec, found, random));
    }

    /**
     * Takes in that real traffic failed on the server.
     *
     * @param check the index of the check it speaks to
     * @param reason one phrase for people
     */
    public HealthTracker onErrors(int check, Reaction reaction, String reason) {
        var changed = new ArrayList<>(checks);
        changed.set(check, checks.get(check).afterErrors(specs.get(check), reaction, reason));
        return new HealthTracker(specs, changed);
    }

    /** As if a check had found that, whatever it found before. */
    HealthTracker settled(int check, ProbeResult.Verdict found, String reason) {
        var changed = new ArrayList<>(checks);
        var state = found == ProbeResult.Verdict.FAILED ? HealthState.DOWN : HealthState.UP;
        changed.set(check, new Check(state, 0, reason, found == ProbeResult.Verdict.CONDITIONAL, Optional.empty()));
        return new HealthTracker(specs, changed);
    }

    /** When to begin the first probe, so that the servers of a pool are not all probed at one moment but soon. */
    public static long firstDelayNs(HealthCheckSpec spec, double random) {
        return (long) (random * Math.min(spec.interval().toNanos(), FIRST_PROBES_WITHIN_NS));
    }

    /**
     * Settled: the interval, or that of servers that are down. On the way to another state: the transition's, or else a quarter of the
     * interval. Moved at random by up to the jitter, to either side.
     */
    private static long delayNs(HealthCheckSpec spec, Check found, double random) {
        long baseNs = found.isInTransition() ? transitionNs(spec) : settledNs(spec, found.state());
        long movedNs = (long) (baseNs * (1 + spec.jitter() * (2 * random - 1)));
        return Math.max(movedNs, baseNs / SHORTEST_SHARE);
    }

    private static long transitionNs(HealthCheckSpec spec) {
        long intervalNs = spec.interval().toNanos();
        return spec.transitionInterval().isZero()
                ? Math.max(intervalNs / TRANSITION_SPEED_UP, Math.min(intervalNs, SHORTEST_TRANSITION_NS))
                : spec.transitionInterval().toNanos();
    }

    private static long settledNs(HealthCheckSpec spec, HealthState state) {
        boolean isOwn = state == HealthState.DOWN && !spec.downInterval().isZero();
        return (isOwn ? spec.downInterval() : spec.interval()).toNanos();
    }
}
