package io.steelyard.schedulers.haproxy;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What HAProxy's {@code hash} and {@code source} have in common: a hash, and a map or a ring it chooses from. */
final class HashedPicker implements Picker {
    static final OptionSpec HASH_TYPE = OptionSpec.choice(
            "hash-type", List.of("map-based", "consistent"), "consistent moves few flows when a server comes or goes");

    static final OptionSpec BALANCE_FACTOR = OptionSpec.integer(
            "hash-balance-factor",
            0,
            "with a consistent hash: no server takes more than this percentage of the average flows; above 100, 0 for off");

    static final List<OptionSpec> OPTIONS = List.of(HASH_TYPE, KeyHash.FUNCTION, KeyHash.AVALANCHE, BALANCE_FACTOR);

    private final KeyHash hash;
    private final boolean isByClient;
    private final @Nullable ServerMap map;
    private final @Nullable ConsistentRing ring;

    private HashedPicker(KeyHash hash, boolean isByClient, @Nullable ServerMap map, @Nullable ConsistentRing ring) {
        this.hash = hash;
        this.isByClient = isByClient;
        this.map = map;
        this.ring = ring;
    }

    /** @throws IllegalArgumentException where the balance factor is out of range */
    static Scheduler scheduler(Options options, boolean isByClient) {
        var hash = KeyHash.of(options);
        int factor = balanceFactor(options);
        boolean isConsistent = options.text("hash-type").equals("consistent");
        return (candidates, previous) -> build(candidates, previous, hash, isByClient, isConsistent, factor);
    }

    static int balanceFactor(Options options) {
        long factor = options.integer("hash-balance-factor");
        if (factor != 0 && (factor <= 100 || factor > 1_000_000)) {
            throw new IllegalArgumentException(
                    "hash-balance-factor is " + factor + ", expected 0 or more than 100, and at most 1000000");
        }
        return (int) factor;
    }

    private static Picker build(
            Candidates candidates,
            @Nullable Picker previous,
            KeyHash hash,
            boolean isByClient,
            boolean isConsistent,
            int factor) {
        var same = previous instanceof HashedPicker picker ? picker : null;
        var ring = isConsistent ? new ConsistentRing(candidates, factor, same == null ? null : same.ring) : null;
        var map = isConsistent ? null : new ServerMap(candidates, same == null ? null : same.map);
        return new HashedPicker(hash, isByClient, map, ring);
    }

    @Override
    public int pick(Flow flow) {
        boolean hasHash = isByClient ? flow.hasClientAddress() : flow.hasKey();
        int value = !hasHash ? 0 : isByClient ? hash.ofClient(flow) : hash.ofKey(flow);
        if (ring != null) {
            return hasHash ? ring.ofHash(value, flow) : ring.next(flow);
        }
        if (map != null) {
            return hasHash ? map.ofHash(value, flow) : map.next(flow);
        }
        return NONE;
    }
}
