package io.steelyard.api.affinity;

import io.steelyard.api.text.Template;
import java.util.Objects;

/**
 * What a connection or request does is counted under a key of a {@link StickTable} until it ends (HAProxy {@code track-sc}). Of one slot the first
 * tracking holds; a request also has what its connection tracks.
 *
 * @param slot 0 to 2
 * @param table its name
 * @param key such as {@code $remote_addr}; nothing is tracked where it is empty
 */
public record Tracking(int slot, String table, Template key) {
    /** How many slots there are. */
    public static final int SLOTS = 3;

    public Tracking {
        Objects.requireNonNull(table, "table");
        Objects.requireNonNull(key, "key");
        if (slot < 0 || slot >= SLOTS) {
            throw new IllegalArgumentException("slot is " + slot + ", expected 0 to 2");
        }
    }
}
