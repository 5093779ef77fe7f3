package io.steelyard.schedulers.sampled;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.util.List;

/**
 * {@code locality}: keeps flows in the zone of the option {@code zone}, among servers whose label {@code zone} is the same, and spills over
 * to the others by the capacity that is missing. Within a zone it picks as {@code p2c}.
 *
 * <p>The zone is planned with some reserve, {@code overprovisioning} percent of what it needs: with 140 it keeps all flows while at least
 * 1 / 1.4 of its weight can serve. Below that it keeps 1.4 times the part that can, and the rest goes elsewhere:
 *
 * <pre>
 *   weight that can serve    100 %   72 %   50 %   25 %   0 %
 *   flows kept in the zone   100 %  100 %   70 %   35 %   0 %
 * </pre>
 *
 * <p>A server is overloaded when its open flows reach {@code overload} percent of its connection limit; without a limit it never is. A flow
 * whose pick in the zone is overloaded goes to the remote server with the most room of two drawn by weight, if that has room. A server that
 * can serve is never missed for its zone.
 */
public final class LocalityProvider implements SchedulerProvider {
    private static final String LABEL = "zone";

    @Override
    public String name() {
        return "locality";
    }

    @Override
    public String description() {
        return "p2c within one zone, spilling over where its servers are missing or overloaded";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(
                OptionSpec.text(
                        "zone", "", "the label 'zone' of servers to prefer; those without the label where empty"),
                OptionSpec.integer("overprovisioning", 140, "percent of the zone's need it is planned for, 100 and up"),
                OptionSpec.integer(
                        "overload", 80, "percent of its connection limit from which a server is overloaded, 1 to 100"));
    }

    @Override
    public Scheduler create(Options options) {
        var zone = options.text("zone");
        long overprovisioning = options.integer("overprovisioning");
        long overload = options.integer("overload");
        if (overprovisioning < 100 || overprovisioning > 1_000_000) {
            throw new IllegalArgumentException("overprovisioning is " + overprovisioning + ", expected 100 to 1000000");
        }
        if (overload < 1 || overload > 100) {
            throw new IllegalArgumentException("overload is " + overload + ", expected 1 to 100");
        }
        return (candidates, previous) -> new ZonePicker(candidates, zone, overprovisioning, overload);
    }

    private static final class ZonePicker extends TwoChoicePicker {
        private final WeightedDraw local;
        private final WeightedDraw remote;

        /** From how many open flows on a server is overloaded. */
        private final long[] overloadedFrom;

        /** How many flows are kept in the zone, in parts of 2^32. */
        private final long kept;

        ZonePicker(Candidates candidates, String zone, long overprovisioning, long overload) {
            super(candidates);
            local = new WeightedDraw(candidates, index -> isIn(zone, index));
            remote = new WeightedDraw(candidates, index -> !isIn(zone, index));
            overloadedFrom = new long[candidates.size()];
            long present = 0;
            long planned = 0;
            for (int i = 0; i < candidates.size(); i++) {
                int limit = candidates.server(i).maxConnections();
                overloadedFrom[i] = limit == 0 ? Long.MAX_VALUE : Math.max(limit * overload / 100, 1);
                if (isIn(zone, i)) {
                    planned += candidates.weight(i);
                    present += candidates.isUsable(i) ? candidates.weight(i) : 0;
                }
            }
            double share = planned == 0 ? 0 : present * overprovisioning / (planned * 100.0);
            kept = (long) (Math.min(share, 1) * 0x1p32);
        }

        private boolean isIn(String zone, int index) {
            return candidates.server(index).labels().getOrDefault(LABEL, "").equals(zone);
        }

        @Override
        public int pick(Flow flow) {
            boolean isKept = kept == 1L << 32 || (flow.nextLong() >>> 32) < kept;
            int near = isKept ? pickFrom(local, flow) : NONE;
            if (near != NONE && !isOverloaded(near)) {
                return near;
            }
            int far = pickFrom(remote, flow);
            if (far != NONE && (near == NONE || !isOverloaded(far))) {
                return far;
            }
            return near != NONE || isKept ? near : pickFrom(local, flow);
        }

        private boolean isOverloaded(int index) {
            return candidates.active(index) >= overloadedFrom[index];
        }

        /** Servers that are not overloaded come first; then those with fewer flows for their weight. */
        @Override
        boolean isBetter(int challenger, int holder, Flow flow) {
            boolean isChallengerOverloaded = isOverloaded(challenger);
            return isChallengerOverloaded == isOverloaded(holder)
                    ? isLessBusy(challenger, holder)
                    : !isChallengerOverloaded;
        }
    }
}
