package io.steelyard.api.proxy;

import io.steelyard.api.affinity.Counting;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.http.Condition;
import java.util.Objects;
import java.util.Optional;

/**
 * What is done with a connection of TCP when it was accepted, before TLS and before anything the client says. Rules are gone through by phase and,
 * within one, in their order.
 *
 * @param phase when
 * @param when what must be so; absent for always
 */
public record ConnectionRule(Phase phase, Optional<Condition> when, Action action) {
    /** When rules are gone through. */
    public enum Phase {
        /** First. */
        CONNECTION,
        /** Then, of a connection that counts as a session from here on. What is tracked so far counts it as one. */
        SESSION,
        /** Last. */
        CONTENT
    }

    /** What is done. */
    public sealed interface Action {
        /** Ends the rules of this phase. */
        record Accept() implements Action {}

        /** The connection is closed. */
        record Reject() implements Action {}

        record Track(Tracking tracking) implements Action {}

        record Count(Counting counting) implements Action {}
    }

    public ConnectionRule {
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(when, "when");
        Objects.requireNonNull(action, "action");
    }
}
