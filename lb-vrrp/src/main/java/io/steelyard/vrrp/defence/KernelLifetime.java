package io.steelyard.vrrp.defence;

import io.steelyard.api.vrrp.VirtualRouter;

/**
 * For how long the kernel keeps the addresses unless it is told again: a process that hangs, is paused or killed loses them without doing anything.
 * Immutable.
 *
 * <p>The kernel counts whole seconds. Without a lease the lifetime is rounded up, so that a late refresh does not cost the addresses. With a lease it
 * is rounded <em>down</em> from what is left of it: the kernel lets go before the third place may give the lease to another, even if this process
 * never runs again. That is the whole argument why a paused owner and its successor never have the addresses at once.
 *
 * @param seconds without a lease; 0 for ever
 * @param refreshNs how often the kernel is told
 */
public record KernelLifetime(int seconds, long refreshNs) {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long LEAST_REFRESH_NS = SECOND_NS / 4;

    /**
     * What a router asks for: some intervals, told again at each of them, but not more often than each 250 ms and at
     * least three times each lifetime.
     */
    public static KernelLifetime of(VirtualRouter router) {
        int adverts = router.defence().lifetimeAdverts();
        long intervalNs = router.advertInterval().toNanos();
        if (adverts == 0) {
            return new KernelLifetime(0, Long.MAX_VALUE);
        }
        long seconds = (adverts * intervalNs + SECOND_NS - 1) / SECOND_NS;
        return new KernelLifetime(
                (int) seconds, Math.min(Math.max(intervalNs, LEAST_REFRESH_NS), seconds * SECOND_NS / 3));
    }

    public boolean isLimited() {
        return seconds != 0;
    }

    /**
     * What to tell the kernel while a lease has {@code leaseLeftNs} to go.
     *
     * @return seconds; 0 where less than a whole one is left, and the addresses must go
     */
    public int seconds(long leaseLeftNs) {
        long left = Math.max(0, leaseLeftNs) / SECOND_NS;
        return (int) (seconds == 0 ? Math.min(left, Integer.MAX_VALUE) : Math.min(seconds, left));
    }
}
