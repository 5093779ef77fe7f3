package io.steelyard.api.proxy;

import io.steelyard.api.affinity.Counting;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.http.Condition;
import java.util.Objects;
import java.util.Optional;

/**
 * What is done with a connection of TCP before it is given to a server, or before its first request. Rules are gone through by phase and, within
 * one, in their order.
 *
 * @param phase when
 * @param when what must be so; absent for always
 */
public record ConnectionRule(Phase phase, Optional<Condition> when, Action action) {
    /** When rules are gone through. */
    public enum Phase {
        /** When it was accepted, before the PROXY protocol header and TLS: the client is whoever connected. */
        CONNECTION,
        /** Behind header and TLS. The connection counts as a session from here on; what is tracked so far counts it as one. */
        SESSION,
        /**
         * Where the connection carries no HTTP: when its client has spoken, as far as {@link ProxyOptions#inspectDelay} waits for that. The rules
         * are gone through anew whenever more has come.
         */
        CONTENT,
        /** As {@link #CONTENT}, once it is known what serves the connection, which conditions see as the pool. */
        TARGET
    }

    /** What is done. */
    public sealed interface Action {
        /** Ends the rules of this phase. */
        record Accept() implements Action {}

        /** The connection is closed. */
        record Reject() implements Action {}

        /**
         * The connection is forgotten, and its client not told: it takes it for open (HAProxy {@code silent-drop}). Without CAP_NET_ADMIN a
         * client on the same link is told.
         */
        record Vanish() implements Action {}

        record Track(Tracking tracking) implements Action {}

        record Count(Counting counting) implements Action {}

        /** The connection begins with a PROXY protocol header, as if its address said so. Of {@link Phase#CONNECTION} alone. */
        record ExpectHeader() implements Action {}
    }

    public ConnectionRule {
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(when, "when");
        Objects.requireNonNull(action, "action");
        if (action instanceof Action.ExpectHeader && phase != Phase.CONNECTION) {
            throw new IllegalArgumentException("a PROXY protocol header is expected in phase " + phase
                    + ", when it would have come already; expect it in phase CONNECTION");
        }
    }
}
