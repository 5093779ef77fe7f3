package io.steelyard.schedulers.haproxy;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
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
        private final long unit;
        private final long[] stamps;
        private final Position clock;

        LeastConnPicker(Candidates candidates, @Nullable Picker previous) {
            this.candidates = candidates;
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
                for (int i = 0; i < stamps.length; i++) {
                    // Most servers are busier than the best so far: seen by the open flows alone, without a division,
                    // and
                    // before all else is asked.
                    long weight = 16L * candidates.weight(i);
                    long flows = candidates.active(i);
                    if (best != NONE && isBusier(flows, weight, least)) {
                        continue;
                    }
                    flows += candidates.load(i).queued();
                    if ((best != NONE && isBusier(flows, weight, least)) || !candidates.isEligible(i, flow)) {
                        continue;
                    }
                    long key = flows == 0 ? 0 : (flows + 1) * unit / weight;
                    long stamp = (long) STAMPS.getOpaque(stamps, i);
                    if (best == NONE || key < least || stamp < oldest) {
                        best = i;
                        least = key;
                        oldest = stamp;
                    }
                }
                if (best == NONE || STAMPS.compareAndSet(stamps, best, oldest, clock.getAndAdd(1))) {
                    return best;
                }
            }
            return best;
        }

        private boolean isBusier(long flows, long weight, long least) {
            return flows > 0 && (flows + 1) * unit >= (least + 1) * weight;
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
