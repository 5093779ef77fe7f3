package io.steelyard.pool;

import io.steelyard.api.schedule.Admission;
import org.jspecify.annotations.Nullable;

/** The passive-health rule of one server: asked before each flow, told how each went. Safe for all threads; allocates nothing. */
sealed interface PassiveGate extends Admission permits MaxFailsGate, SlidingWindowGate {
    /**
     * A flow was given the server.
     *
     * @return whether it may go on; not so where another flow has just become the one that tries the server out
     */
    boolean onSelected(long nowNs);

    /** A flow reached the server or ended well on it. */
    void onSuccess(long nowNs);

    /**
     * A flow failed on the server.
     *
     * @param tier the gates of the servers of its tier, itself among them
     */
    void onFailure(long nowNs, @Nullable PassiveGate[] tier);

    /** Whether flows are kept away now; {@link #admits} may still let one try. */
    boolean isEjected(long nowNs);

    /** Told of transitions, on the thread that causes them. */
    interface Listener {
        void onEjection(String serverId, boolean isEjected, String reason);
    }
}
