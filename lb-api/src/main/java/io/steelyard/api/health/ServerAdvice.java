package io.steelyard.api.health;

import io.steelyard.api.pool.AdminState;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a server says of itself to a check that asks it (HAProxy {@code agent-check}). What is absent stays as it is.
 *
 * @param adminState what an operator could set
 * @param weightPercent its weight, in percent of the configured one; 0 and up
 * @param maxConnections how many flows at once; 0 for no limit
 */
public record ServerAdvice(Optional<AdminState> adminState, OptionalInt weightPercent, OptionalInt maxConnections) {
    /** Nothing is to change. */
    public static final ServerAdvice NONE =
            new ServerAdvice(Optional.empty(), OptionalInt.empty(), OptionalInt.empty());

    public ServerAdvice {
        Objects.requireNonNull(adminState, "adminState");
        if (weightPercent.orElse(0) < 0 || maxConnections.orElse(0) < 0) {
            throw new IllegalArgumentException("weightPercent or maxConnections is negative");
        }
    }
}
