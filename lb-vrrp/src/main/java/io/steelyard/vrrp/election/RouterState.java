package io.steelyard.vrrp.election;

/**
 * Everything an election remembers. Immutable. Times are nanoseconds of a clock that never goes back.
 *
 * @param phase the state
 * @param priority what we say in adverts, 1 to 255
 * @param deadlineNs when {@link ElectionEvent.TimerExpired} is due; {@link #NEVER} for not at all
 * @param notBeforeNs until then, after a start, no timer expires
 * @param activeIntervalNs the interval of whoever is active, own or learned
 * @param activePriority the priority last heard from who is active; 0 where nobody was heard
 * @param activeHigh upper half of that one's address
 * @param activeLow lower half of that one's address, IPv4 mapped
 * @param lowerSinceNs since when adverts of lower priority are heard; {@link #NEVER} where none were
 * @param isClaiming the timer expired and {@link Effect.SeekClaim} is not answered yet
 * @param isFaulty something of our own keeps us from serving
 * @param isGroupFaulty something of the sync group does
 * @param rivalUntilNs another owner was heard: until then it is given time to step down; {@link #NEVER} where none was
 * @param hasYielded an owner that calls itself 254 because of another owner
 */
public record RouterState(
        Phase phase,
        int priority,
        long deadlineNs,
        long notBeforeNs,
        long activeIntervalNs,
        int activePriority,
        long activeHigh,
        long activeLow,
        long lowerSinceNs,
        boolean isClaiming,
        boolean isFaulty,
        boolean isGroupFaulty,
        long rivalUntilNs,
        boolean hasYielded) {
    /** No time. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Before the start. */
    public static RouterState initial(int priority) {
        return new RouterState(
                Phase.INITIALIZE,
                priority,
                NEVER,
                Long.MIN_VALUE,
                0,
                0,
                0,
                0,
                NEVER,
                false,
                false,
                false,
                NEVER,
                false);
    }

    /** The same with another timer. */
    public RouterState withDeadline(long atNs) {
        var draft = new Draft(this);
        draft.deadlineNs = atNs;
        return draft.outcome().state();
    }

    public boolean isActive() {
        return phase == Phase.ACTIVE;
    }
}
