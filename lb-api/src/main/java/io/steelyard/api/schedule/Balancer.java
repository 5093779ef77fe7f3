package io.steelyard.api.schedule;

import io.steelyard.api.pool.ServerPool;

/**
 * A pool at work: gives servers to flows and learns from how they went. Affinity, tiers, the scheduler, connection limits and passive health
 * are applied in this order. Safe for all threads; picking allocates nothing and takes no lock.
 *
 * <pre>{@code
 * Lease lease = balancer.newLease();
 * switch (balancer.pick(flow, lease)) {
 *     case PICKED -> connectTo(lease.server().address());
 *     case NONE_AVAILABLE, ALL_FULL -> refuse();
 * }
 * …
 * lease.connected();
 * lease.completed();
 * }</pre>
 */
public interface Balancer {
    /** What became of a pick. */
    enum Outcome {
        /** The lease holds a server. */
        PICKED,
        /** No server can serve: down, drained, disabled or already tried. */
        NONE_AVAILABLE,
        /** Servers could serve but for their connection limits. */
        ALL_FULL
    }

    /** The pool as it is configured now. */
    ServerPool pool();

    /** Whether a server could serve a flow now, but for its connection limit. */
    boolean isServing();

    /** A lease to be used by one flow at a time, and again after it ended. */
    Lease newLease();

    /**
     * Gives the flow a server and counts it as one of the server's open flows until the lease is completed or failed. A lease that failed
     * and is given here again goes on with the same snapshot and never gets a server it had; {@link Lease#reset()} makes a new flow of it.
     *
     * @param flow who asks; its time, key and tried servers are set by this call as needed
     * @param lease one of {@link #newLease()} that holds no server
     * @throws IllegalStateException where the lease still holds a server
     */
    Outcome pick(Flow flow, Lease lease);

    /**
     * Asks for a further try of a flow, or for a second one beside the first, and takes it out of the pool's {@link
     * io.steelyard.api.pool.RetryBudget}; flows are counted there by {@link #pick}.
     *
     * @return whether there may be one; always where the pool has no budget
     */
    default boolean mayTryAgain() {
        return true;
    }

    /**
     * Waits for room after {@link Outcome#ALL_FULL}. {@code onRoom} is run once, on any thread and perhaps before this returns, when a
     * server that {@code lease} can still be given has room and this waiter is the first who can use it, by the priority its flow had; it should pick again at once, and
     * wait again where that fails. How long it waits at most is the caller's affair: see {@link #cancel}.
     *
     * @param lease the one whose pick found all servers full
     * @return false where the pool has no queue or the queue is full; {@code onRoom} is then never run
     */
    boolean await(Lease lease, Waiter onRoom);

    /**
     * Leaves the queue.
     *
     * @return whether {@code waiter} was still in it, so that its {@code onRoom} will not be run
     */
    boolean cancel(Waiter waiter);

    /** A flow that waits for room. */
    @FunctionalInterface
    interface Waiter {
        /** There may be room. Called on any thread; must not block. */
        void onRoom();
    }
}
