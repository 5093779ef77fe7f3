package io.steelyard.schedulers.haproxy;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.FlowScan;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.schedulers.load.WeightGroups;
import io.steelyard.schedulers.rotation.Position;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code haproxy.leastconn}: the least of {@code (flows + 1) * 4096 / (16 * weight)} in whole numbers, where flows are those open and those
 * queued, and 0 for a server without any: idle servers tie whatever their weights. Of servers that tie the one whose flows changed longest
 * ago is picked, so that equals rotate.
 */
public final class LeastConnProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "haproxy.leastconn";
    }

    @Override
    public String description() {
        return "fewest open and queued flows by weight; equals rotate";
    }

    @Override
    public Scheduler create(Options options) {
        return LeastConnPicker::new;
    }

    /**
     * Stamps are written by pickers, with compare-and-set so that two picks at once do not take one turn, and by reporters, opaquely; they
     * order servers and publish nothing.
     */
    private static final class LeastConnPicker implements Picker {
        private static final VarHandle STAMPS = MethodHandles.arrayElementVarHandle(long[].class);
        private static final int MAX_RACES = 8;

        private final Candidates candidates;
        private final WeightGroups groups;
        private final long unit;
        private final long[] stamps;
        private final Position clock;

        LeastConnPicker(Candidates candidates, @Nullable Picker previous) {
            this.candidates = candidates;
            groups = WeightGroups.of(candidates);
            int size = candidates.size();
            int greatest = 256;
            for (int i = 0; i < size; i++) {
                greatest = Math.max(greatest, candidates.weight(i));
            }
            unit = 16L * greatest;
            stamps = new long[size];
            var before = new HashMap<String, Long>();
            long now = 0;
            if (previous instanceof LeastConnPicker same) {
                for (int i = 0; i < same.stamps.length; i++) {
                    if (same.candidates.isUsable(i)) {
                        before.put(same.candidates.id(i), (long) STAMPS.getOpaque(same.stamps, i));
                    }
                }
                now = same.clock.valueOpaque();
            }
            for (int i = 0; i < size; i++) {
                var stamp = before.get(candidates.id(i));
                stamps[i] = stamp != null ? stamp : now++;
            }
            clock = new Position(now);
        }

        @Override
        public int pick(Flow flow) {
            int best = NONE;
            for (int race = 0; race < MAX_RACES; race++) {
                best = NONE;
                long least = 0;
                long oldest = 0;
                var scan = groups.scan();
                for (int group = 0; group < groups.count(); group++) {
                    long weight = 16L * groups.weight(group);
                    int end = groups.end(group);
                    int at = scan.nextBelow(groups.start(group), end, mostFlows(best, least, weight));
                    for (; at < end; at = scan.nextBelow(at + 1, end, mostFlows(best, least, weight))) {
                        int i = scan.index(at);
                        long flows =
                                (long) candidates.active(i) + candidates.load(i).queued();
                        long key = flows == 0 ? 0 : (flows + 1) * unit / weight;
                        long stamp = (long) STAMPS.getOpaque(stamps, i);
                        boolean isBetter = best == NONE || key < least || (key == least && stamp < oldest);
                        if (isBetter && candidates.isEligible(i, flow)) {
                            best = i;
                            least = key;
                            oldest = stamp;
                        }
                    }
                }
                if (best == NONE || STAMPS.compareAndSet(stamps, best, oldest, clock.getAndAdd(1))) {
                    return best;
                }
            }
            return best;
        }

        /** The limit of a search: open flows with which a server of a weight is busier than the best so far, whatever is queued. */
        private long mostFlows(int best, long least, long weight) {
            return best == NONE ? Long.MAX_VALUE : FlowScan.limit(Math.max(1, ((least + 1) * weight - 1) / unit));
        }

        private void touch(int index) {
            STAMPS.setOpaque(stamps, index, clock.getAndAdd(1));
        }

        @Override
        public void onCompleted(int index, long elapsedNs) {
            touch(index);
        }

        @Override
        public void onFailed(int index, long elapsedNs) {
            touch(index);
        }
    }
}
