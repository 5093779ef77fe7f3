package io.steelyard.api.schedule;

import io.steelyard.api.pool.RealServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The servers of one tier as a scheduler sees them, in configuration order. What a snapshot fixes (weight, health, admin state) never
 * changes here; {@link #load} and {@link #isEligible} show the present.
 *
 * <p>Every server of the tier is here, also those that are down: some algorithms keep their places. Immutable, and safe for all threads.
 */
public final class Candidates {
    private final RealServer[] servers;
    private final int[] weights;
    private final boolean[] usable;
    private final int[] limits;
    private final int[] leastLimits;
    private final int fullConnections;
    private final @Nullable IntSupplier poolWaiting;
    private final ServerLoad[] loads;

    /** The table all flow counts are in; null where they are in several. */
    private final @Nullable FlowCounts flowCounts;

    private final int[] places;
    private final @Nullable Admission[] admissions;
    private final int usableCount;
    private final @Nullable IntSupplier poolActive;

    private Candidates(Builder builder) {
        int size = builder.servers.size();
        servers = builder.servers.toArray(RealServer[]::new);
        loads = builder.loads.toArray(ServerLoad[]::new);
        admissions = builder.admissions.toArray(Admission[]::new);
        places = Arrays.stream(loads).mapToInt(ServerLoad::place).toArray();
        flowCounts = commonFlowCounts(loads);
        weights = new int[size];
        usable = new boolean[size];
        limits = new int[size];
        leastLimits = new int[size];
        fullConnections = builder.fullConnections;
        poolWaiting = builder.poolWaiting;
        int count = 0;
        for (int i = 0; i < size; i++) {
            weights[i] = builder.weights.get(i);
            usable[i] = builder.usable.get(i) && weights[i] > 0;
            limits[i] = servers[i].maxConnections();
            leastLimits[i] = servers[i].minConnections();
            count += usable[i] ? 1 : 0;
        }
        usableCount = count;
        poolActive = builder.poolActive;
    }

    private static @Nullable FlowCounts commonFlowCounts(ServerLoad[] loads) {
        var first = loads.length == 0 ? null : loads[0].flowCounts();
        return Arrays.stream(loads).allMatch(load -> load.flowCounts() == first) ? first : null;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** How many servers the tier has. */
    public int size() {
        return servers.length;
    }

    /** The server's id: what names it across configuration changes. */
    public String id(int index) {
        return servers[index].id();
    }

    public RealServer server(int index) {
        return servers[index];
    }

    /**
     * The weight now, 0 and up: the configured one, or a share of it in slow start. While any server of the tier is in slow start all
     * weights may be multiplied by one factor.
     */
    public int weight(int index) {
        return weights[index];
    }

    /** The live counters. To compare the flows of many servers, {@link #active} and {@link #flows} are faster. */
    public ServerLoad load(int index) {
        return loads[index];
    }

    /** Open flows of a server, as {@link ServerLoad#active()}. */
    public int active(int index) {
        return FlowCounts.active(flows(index));
    }

    /** Flows of a server, read at once: the open ones in the upper half, those that are over but tracked in the lower. */
    public long flows(int index) {
        return flowCounts != null
                ? flowCounts.glance(places[index])
                : loads[index].flowCounts().glance(places[index]);
    }

    /**
     * A search over the flows of some of the candidates.
     *
     * @param order indices, in the order in which they are searched
     */
    public FlowScan scan(int[] order) {
        int[] scanned = Arrays.stream(order).map(index -> places[index]).toArray();
        return new FlowScan(this, order.clone(), flowCounts, scanned);
    }

    /** Open flows of the whole pool; the greatest integer where they are more than that. */
    public int poolActive() {
        if (poolActive != null) {
            return poolActive.getAsInt();
        }
        long sum = 0;
        for (int i = 0; i < loads.length; i++) {
            sum += active(i);
        }
        return (int) Math.min(sum, Integer.MAX_VALUE);
    }

    /** Whether this snapshot lets new flows go to the server: up, enabled, weight above 0. */
    public boolean isUsable(int index) {
        return usable[index];
    }

    /** How many are {@link #isUsable usable}. */
    public int usableCount() {
        return usableCount;
    }

    /** How many flows a server takes now, where one more comes to the pool; 0 for any number. */
    public int limit(int index) {
        return limitAt(index, 1);
    }

    /** How many flows a server takes now, where one that waits is let in; 0 for any number. */
    public int limitForWaiting(int index) {
        return limitAt(index, 0);
    }

    /** HAProxy 2.6 {@code srv_dynamic_maxconn}: grows with the flows that the pool has, from the least limit on. */
    private int limitAt(int index, int coming) {
        int most = limits[index];
        int least = leastLimits[index];
        if (fullConnections == 0 || least == 0 || least >= most) {
            return most;
        }
        long present = (long) poolActive() + (poolWaiting == null ? 0 : poolWaiting.getAsInt()) + coming;
        return present >= fullConnections ? most : (int) Math.max(least, present * most / fullConnections);
    }

    /** With how many flows of the pool limits are their greatest; 0 where they do not change. */
    public int fullConnections() {
        return fullConnections;
    }

    /** Whether the server is below its connection limit. */
    public boolean hasRoom(int index) {
        return isBelow(index, limit(index));
    }

    /** Whether the server is below its connection limit, for a flow that waits. */
    public boolean hasRoomForWaiting(int index) {
        return isBelow(index, limitForWaiting(index));
    }

    private boolean isBelow(int index, int limit) {
        if (limit == 0) {
            return true;
        }
        long flows = flows(index);
        return (long) FlowCounts.active(flows) + FlowCounts.inactive(flows) < limit && !loads[index].isOverloaded();
    }

    /** Whether passive health lets a flow try the server at this time. */
    public boolean isAdmitted(int index, long nowNs) {
        var admission = admissions[index];
        return admission == null || admission.admits(nowNs);
    }

    /** Whether the flow may be given to the server: usable, not tried by this flow, with room, and admitted by passive health. */
    public boolean isEligible(int index, Flow flow) {
        return usable[index] && !flow.hasTried(index) && hasRoom(index) && isAdmitted(index, flow.nowNs());
    }

    /** The index of a server, or -1. */
    public int indexOf(String id) {
        for (int i = 0; i < servers.length; i++) {
            if (servers[i].id().equals(id)) {
                return i;
            }
        }
        return -1;
    }

    /** Collects candidates; not thread-safe. */
    public static final class Builder {
        private final List<RealServer> servers = new ArrayList<>();
        private final List<Integer> weights = new ArrayList<>();
        private final List<Boolean> usable = new ArrayList<>();
        private final List<ServerLoad> loads = new ArrayList<>();
        private final List<@Nullable Admission> admissions = new ArrayList<>();
        private @Nullable IntSupplier poolActive;
        private @Nullable IntSupplier poolWaiting;
        private int fullConnections;

        private Builder() {}

        /** A server that can serve, with fresh counters. */
        public Builder add(RealServer server) {
            return add(server, server.weight(), true, new ServerLoad(), null);
        }

        /**
         * A server.
         *
         * @param weight its weight now
         * @param isUsable whether it is up and enabled
         * @param load its live counters
         * @param admission its passive-health rule, if any
         */
        public Builder add(
                RealServer server, int weight, boolean isUsable, ServerLoad load, @Nullable Admission admission) {
            servers.add(server);
            weights.add(weight);
            usable.add(isUsable);
            loads.add(load);
            admissions.add(admission);
            return this;
        }

        /** Where {@link Candidates#poolActive()} comes from; by default the sum over these candidates. */
        public Builder poolActive(IntSupplier source) {
            poolActive = source;
            return this;
        }

        /** How many flows wait for the pool, which limits that grow count too; none by default. */
        public Builder poolWaiting(IntSupplier source) {
            poolWaiting = source;
            return this;
        }

        /** With how many flows limits are their greatest; 0, the default, where they do not change. */
        public Builder fullConnections(int flows) {
            fullConnections = flows;
            return this;
        }

        public Candidates build() {
            return new Candidates(this);
        }
    }
}
