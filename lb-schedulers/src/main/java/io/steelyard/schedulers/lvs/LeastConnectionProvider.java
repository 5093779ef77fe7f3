package io.steelyard.schedulers.lvs;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;

/**
 * {@code lvs.lc}: least {@code active * 256 + inactive}, the first listed on ties; weights are ignored, except that 0 takes nothing.
 */
public final class LeastConnectionProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "lvs.lc";
    }

    @Override
    public String description() {
        return "fewest connections, an active one counting as 256 inactive ones";
    }

    @Override
    public Scheduler create(Options options) {
        return (candidates, previous) -> flow -> pick(candidates, flow);
    }

    private static int pick(Candidates candidates, Flow flow) {
        int least = Picker.NONE;
        long leastOverhead = Long.MAX_VALUE;
        for (int i = 0; i < candidates.size(); i++) {
            // Load before anything else: in a long list few servers are better than the best so far.
            long overhead = ServerList.overhead(candidates, i);
            if (overhead < leastOverhead && candidates.isEligible(i, flow)) {
                least = i;
                leastOverhead = overhead;
            }
        }
        return least;
    }
}
