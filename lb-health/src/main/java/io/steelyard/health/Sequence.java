package io.steelyard.health;

import io.steelyard.api.health.CheckFinding;
import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.health.ProbeTarget;
import io.steelyard.api.pool.HealthState;
import java.time.Duration;
import java.util.List;

/**
 * A check that is a sequence of steps, done one after the other until one fails (HAProxy 2.6 {@code tcpcheck_main}). The first connects.
 * Immutable.
 *
 * @param steps at least one
 * @param tells whether messages tell the step that was reached, as those of {@code tcp-check} do, and not those of a mere connection
 * @param connectLimit how long a connection may take; zero for as long as the probe
 * @param drainStatus a status of HTTP by which a server that is up asks for no new clients; 0 for none
 */
record Sequence(List<SequenceStep> steps, boolean tells, Duration connectLimit, int drainStatus)
        implements HealthCheck {
    Sequence {
        steps = List.copyOf(steps);
    }

    @Override
    public ProbeResult probe(ProbeTarget target) throws InterruptedException {
        try (var run = new SequenceRun(this, target)) {
            return run.result();
        }
    }

    @Override
    public ProbeResult late(String reason) {
        return ProbeResult.of(new CheckFinding(CheckStatus.ANSWER_TIMEOUT, 0, ""), reason);
    }

    /** Whether a server of this state asks for no new clients by this status of HTTP. */
    boolean drains(HealthState state, int code) {
        return drainStatus != 0 && code == drainStatus && state != HealthState.DOWN;
    }

    /** Where an answer is judged again from once more of it has come: the first of the steps before this one that says what must not be. */
    int judgedFrom(int step) {
        int from = step;
        for (int i = step - 1; i >= 0 && steps.get(i) instanceof SequenceStep.Expect before; i--) {
            if (before.isNegated()) {
                from = i;
            }
        }
        return from;
    }
}
