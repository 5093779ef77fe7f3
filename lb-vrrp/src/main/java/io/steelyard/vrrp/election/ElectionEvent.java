package io.steelyard.vrrp.election;

/** What happens to a virtual router. */
public sealed interface ElectionEvent {
    /**
     * The router begins.
     *
     * @param isKnown whether its trackers have spoken; else it stays in INITIALIZE until {@link Health}
     * @param isHealthy whether they, the interface and the source address let it serve
     * @param isGroupWaiting the sync group's other members are backups, which shortens the first wait of a router called ACTIVE
     * @param delayNs no timer expires before that has passed
     */
    record Start(boolean isKnown, boolean isHealthy, boolean isGroupWaiting, long delayNs) implements ElectionEvent {
        /** Ready, alone, at once. */
        public static Start now() {
            return new Start(true, true, false, 0);
        }
    }

    /**
     * An advert that was accepted.
     *
     * @param priority 0 to 255
     * @param intervalCentiseconds the sender's
     * @param sourceHigh upper half of the sender's address
     * @param sourceLow lower half of the sender's address, IPv4 mapped
     */
    record AdvertHeard(int priority, int intervalCentiseconds, long sourceHigh, long sourceLow)
            implements ElectionEvent {}

    /** {@link RouterState#deadlineNs} has come. */
    record TimerExpired() implements ElectionEvent {}

    /** Trackers changed the priority, 1 to 254; an owner's does not change. */
    record PriorityChanged(int priority) implements ElectionEvent {}

    /** Whether we could serve: interface, source address and trackers of weight 0. */
    record Health(boolean isHealthy) implements ElectionEvent {}

    /** Another member of the sync group is in FAULT, or none is any more. */
    record GroupHealth(boolean isHealthy) implements ElectionEvent {}

    /** Another member of the sync group became backup. */
    record GroupBackup() implements ElectionEvent {}

    /** Another member of the sync group heard a lower priority: neighbours are told of our addresses too. */
    record GroupLowerPriority() implements ElectionEvent {}

    /** {@link Effect.SeekClaim} may go on: nothing speaks against it. */
    record ClaimGranted() implements ElectionEvent {}

    /** {@link Effect.SeekClaim} may not go on; it is tried again after a while, more than 0. */
    record ClaimRefused(long retryNs) implements ElectionEvent {}

    /** A defence wants the addresses gone now, such as when a lease ran out: they are taken away before a word is said. */
    record MustRelease() implements ElectionEvent {}

    /** Somebody else took an address of ours away. */
    record AddressLost() implements ElectionEvent {}

    /** This process stood still for that long. It comes before the adverts that were received meanwhile, and before any timer. */
    record Paused(long gapNs) implements ElectionEvent {}

    /**
     * The router's configuration is another one from here on; which one, this election was made with. It stays in the state in which it is.
     *
     * @param priority 1 to 255
     */
    record Reconfigured(int priority) implements ElectionEvent {}

    /** The router ends. */
    record Stop() implements ElectionEvent {}
}
