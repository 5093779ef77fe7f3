package io.steelyard.vrrp.bfd;

/** What a session wants done. */
public sealed interface SessionEffect {
    /** A packet of the new state is sent. @param isFinal it answers a poll */
    record Send(boolean isFinal) implements SessionEffect {}

    /** The session has another state. */
    record Changed(SessionPhase from, SessionPhase to, Diagnostic diagnostic) implements SessionEffect {}
}
