package io.steelyard.schedulers.lvs;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.util.Arrays;
import java.util.List;

/**
 * {@code lvs.dh}: the destination address chooses one of 256 buckets, dealt to the servers in turn whatever their weights. Where the bucket's
 * server cannot take the flow, nobody does. For caches behind transparent routing, where the destination is the web site.
 */
public final class DestinationHashProvider implements SchedulerProvider {
    private static final int BITS = 8;

    @Override
    public String name() {
        return "lvs.dh";
    }

    @Override
    public String description() {
        return "hash of the destination address, refusing where its server cannot serve";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(BucketHash.OPTION);
    }

    @Override
    public Scheduler create(Options options) {
        var hash = BucketHash.of(options);
        return (candidates, previous) -> {
            var buckets = buckets(candidates);
            return flow -> pick(candidates, buckets, hash, flow);
        };
    }

    private static int pick(Candidates candidates, int[] buckets, BucketHash hash, Flow flow) {
        int index = buckets[hash.bucket(ServerList.foldedDestination(flow), BITS)];
        return index != Picker.NONE && candidates.isEligible(index, flow) ? index : Picker.NONE;
    }

    private static int[] buckets(Candidates candidates) {
        var buckets = new int[1 << BITS];
        Arrays.fill(buckets, Picker.NONE);
        int filled = 0;
        while (filled < buckets.length) {
            int before = filled;
            for (int i = 0; i < candidates.size() && filled < buckets.length; i++) {
                if (ServerList.isListed(candidates, i)) {
                    buckets[filled++] = i;
                }
            }
            if (filled == before) {
                break;
            }
        }
        return buckets;
    }
}
