package io.steelyard.vrrp.bfd;

/** What happens to a session. */
public sealed interface SessionEvent {
    /** It begins, or is switched on again. */
    record Begin() implements SessionEvent {}

    /** It is switched off: the neighbour is told, and goes on being told at the idle interval. */
    record SwitchOff() implements SessionEvent {}

    /**
     * A packet that passed the checks.
     *
     * @param remote what it says of its sender
     * @param isPoll it wants an answer
     * @param isFinal it answers our poll
     */
    record Heard(SessionState.Remote remote, boolean isPoll, boolean isFinal) implements SessionEvent {}

    /** One of the state's deadlines has come. */
    record Due() implements SessionEvent {}
}
