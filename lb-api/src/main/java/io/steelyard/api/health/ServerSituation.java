package io.steelyard.api.health;

import io.steelyard.api.pool.HealthState;
import java.util.Objects;

/**
 * How a server stands at the moment it is probed, for checks that tell it so, or that judge by it.
 *
 * @param pool the pool's name
 * @param place the server's, in the pool, from 1
 * @param state what this check has said of it so far
 * @param streak results in a row that speak against {@code state}
 * @param rise passed probes in a row that bring it up
 * @param fall failed probes in a row that bring it down
 * @param isStopping whether it asked for no new clients
 * @param weight its weight
 * @param poolWeight that of all servers of the pool that take new flows
 * @param active its open flows
 * @param poolActive those of all servers of the pool
 * @param queued flows that wait for it
 */
public record ServerSituation(
        String pool,
        int place,
        HealthState state,
        int streak,
        int rise,
        int fall,
        boolean isStopping,
        int weight,
        int poolWeight,
        int active,
        int poolActive,
        int queued) {
    /** A server of which nothing is known. */
    public static final ServerSituation UNKNOWN =
            new ServerSituation("", 1, HealthState.UNKNOWN, 0, 1, 1, false, 1, 1, 0, 0, 0);

    public ServerSituation {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(state, "state");
    }

    /** HAProxy's count: from 0, where it is down, to {@code rise + fall - 1}; up from {@code rise} on, where it also begins. */
    public int health() {
        return switch (state) {
            case UNKNOWN -> rise;
            case UP -> rise + fall - 1 - streak;
            case DOWN -> streak;
        };
    }
}
