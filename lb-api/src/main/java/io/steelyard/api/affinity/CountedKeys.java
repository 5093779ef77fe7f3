package io.steelyard.api.affinity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of one {@link StickTable} at work, with their counters. Safe for all threads. */
public interface CountedKeys {
    StickTable specification();

    /** What is counted under a key, which does not count as used by that; null where the key is unknown, expired or no key of this table. */
    @Nullable
    CountedKey find(String key);

    /**
     * The same, of a key that counts as used now and is stored where it was not; null where it is no key of this table or there is no
     * room.
     */
    @Nullable
    CountedKey use(String key);

    /** As {@link #use}; from then on it is tracked, and kept, until {@link #release}. */
    @Nullable
    CountedKey track(String key);

    /** What was tracked is so no more, and counts as used now. */
    void release(CountedKey tracked);

    /** Forgets a key. @return false where it is tracked and therefore stays */
    boolean remove(String key);

    /** Every key that has not expired, in their order as texts. */
    List<CountedKey> all();
}
