package io.steelyard.pool;

import io.steelyard.api.Personality;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.text.Template;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A pool at one moment: its tiers with candidates and pickers, and how clients come back. Immutable; published as a whole, and kept by every
 * flow that picked from it. A server's <em>position</em> counts over all tiers, lowest tier first.
 */
final class PoolSnapshot {
    final ServerPool pool;
    final Tier[] tiers;
    final @Nullable AffinityRule affinity;

    /** What leases write the hash key from, where the scheduler wants one and a flow tells all of it. */
    final @Nullable Template hashKey;

    /** HAProxy, LVS: a higher tier serves only while no server of a lower one can, be it full or not. */
    final boolean usesBackupOnlyWhenDown;

    /** nginx: a flow that has come to a tier does not go back to a lower one. */
    final boolean staysInTier;

    /** LVS: a client's server takes it back even when full. */
    final boolean affinityIgnoresLimits;

    /** HAProxy: who wants a server that is full waits for it. */
    final boolean waitsForWanted;

    private final Map<String, Integer> positionsById = new HashMap<>();
    private final int[] tierOf;
    private final int[] firstPositions;
    private final int[] sortedNumbers;
    private final int[] positionsByNumber;

    PoolSnapshot(ServerPool pool, List<Tier> tierList, @Nullable AffinityRule affinity, @Nullable Template hashKey) {
        this.pool = pool;
        this.affinity = affinity;
        this.hashKey = hashKey;
        tiers = tierList.toArray(Tier[]::new);
        usesBackupOnlyWhenDown = pool.personality() == Personality.HAPROXY || pool.personality() == Personality.LVS;
        staysInTier = pool.personality() == Personality.NGINX;
        affinityIgnoresLimits = pool.personality() == Personality.LVS;
        waitsForWanted = pool.personality() == Personality.HAPROXY;
        int size = tierList.stream().mapToInt(Tier::size).sum();
        tierOf = new int[size];
        firstPositions = new int[tiers.length];
        var numbered = new long[size];
        int position = 0;
        for (int t = 0; t < tiers.length; t++) {
            firstPositions[t] = position;
            for (var member : tiers[t].members) {
                tierOf[position] = t;
                positionsById.put(member.server.id(), position);
                numbered[position] = (long) member.number << 32 | position;
                position++;
            }
        }
        Arrays.sort(numbered);
        sortedNumbers =
                Arrays.stream(numbered).mapToInt(pair -> (int) (pair >> 32)).toArray();
        positionsByNumber = Arrays.stream(numbered).mapToInt(pair -> (int) pair).toArray();
    }

    /** How many servers it has. */
    int size() {
        return tierOf.length;
    }

    /** The tier with this configured number. */
    @Nullable
    Tier tier(int number) {
        for (var tier : tiers) {
            if (tier.number == number) {
                return tier;
            }
        }
        return null;
    }

    int tierOf(int position) {
        return tierOf[position];
    }

    int indexInTier(int position) {
        return position - firstPositions[tierOf[position]];
    }

    int position(int tier, int index) {
        return firstPositions[tier] + index;
    }

    Member member(int position) {
        return tiers[tierOf[position]].members[indexInTier(position)];
    }

    /** Where the member is; -1 where it is not. */
    int positionOf(int memberNumber) {
        int at = Arrays.binarySearch(sortedNumbers, memberNumber);
        return at < 0 ? -1 : positionsByNumber[at];
    }

    /** Where the server of this id is; -1 where it is not. */
    int positionOf(String id) {
        var position = positionsById.get(id);
        return position == null ? -1 : position;
    }

    /** Whether a client that had the server before may be given it, but for its limit. */
    boolean isReachable(int position, long nowNs) {
        var tier = tiers[tierOf[position]];
        int index = indexInTier(position);
        return tier.isReachable(index) && tier.candidates.isAdmitted(index, nowNs);
    }

    /**
     * Whether the scheduler of a tier may be asked: always, but where backups wait for the lower tiers to be down. Passive health counts as
     * down, a connection limit does not.
     */
    boolean isTierOpen(int tier, long nowNs) {
        if (usesBackupOnlyWhenDown) {
            for (int lower = 0; lower < tier; lower++) {
                var candidates = tiers[lower].candidates;
                if (candidates.usableCount() == 0) {
                    continue;
                }
                for (int i = 0; i < candidates.size(); i++) {
                    if (candidates.isUsable(i) && candidates.isAdmitted(i, nowNs)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /** Whether schedulers may give this server to a flow now, but for its connection limit. */
    boolean couldServe(int position, long[] tried, int firstTier, long nowNs) {
        int tier = tierOf[position];
        int index = position - firstPositions[tier];
        var candidates = tiers[tier].candidates;
        return tier >= firstTier
                && candidates.isUsable(index)
                && !isTried(tried, position)
                && candidates.isAdmitted(index, nowNs)
                && isTierOpen(tier, nowNs);
    }

    boolean hasRoom(int position) {
        return tiers[tierOf[position]].candidates.hasRoom(indexInTier(position));
    }

    /** Whether a server has room for a flow that waits, and so is one of those that a limit grows with already. */
    boolean hasRoomForWaiting(int position) {
        return tiers[tierOf[position]].candidates.hasRoomForWaiting(indexInTier(position));
    }

    /** How many more waiting flows a server takes: 0 where it takes none now. */
    int room(int position) {
        if (!hasRoomForWaiting(position)) {
            return 0;
        }
        int limit = tiers[tierOf[position]].candidates.limitForWaiting(indexInTier(position));
        var load = member(position).load;
        return limit == 0 ? Integer.MAX_VALUE : Math.max(0, limit - load.active() - load.inactive());
    }

    boolean hasPassiveHealth() {
        return Arrays.stream(tiers).anyMatch(tier -> Arrays.stream(tier.gates).anyMatch(Objects::nonNull));
    }

    /** The first server with room for a flow; -1 where there is none. */
    int firstWithRoom(long[] tried, int firstTier, long nowNs) {
        for (int position = 0; position < tierOf.length; position++) {
            if (hasRoom(position) && couldServe(position, tried, firstTier, nowNs)) {
                return position;
            }
        }
        return -1;
    }

    /** Whether a server could serve a flow but for its limit. */
    boolean isAnyFull(long[] tried, int firstTier, long nowNs) {
        for (int position = 0; position < tierOf.length; position++) {
            if (!hasRoom(position) && couldServe(position, tried, firstTier, nowNs)) {
                return true;
            }
        }
        return false;
    }

    static boolean isTried(long[] tried, int position) {
        int word = position >>> 6;
        return word < tried.length && (tried[word] >>> position & 1) != 0;
    }
}
