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
 * {@code lvs.sh}: the client address, with {@code port} also its port, chooses one of 256 buckets, dealt in turn to the servers, to each as
 * many as it weighs. A weight above 255 on the first server leaves nothing to the others; a server of weight 0 has one bucket in each turn.
 *
 * <p>Where the bucket's server cannot take the flow, nobody does; with {@code fallback} the following buckets are tried, of which those
 * after a lost server's are mostly its neighbour's, which so gets nearly all of its flows. Any change of servers or weights deals the
 * buckets anew and moves most clients.
 */
public final class SourceHashProvider implements SchedulerProvider {
    private static final int BITS = 8;
    private static final int BUCKETS = 1 << BITS;

    @Override
    public String name() {
        return "lvs.sh";
    }

    @Override
    public String description() {
        return "hash of the client address, refusing where its server cannot serve unless fallback is on";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(
                OptionSpec.flag("port", "hash the client's port too (ipvsadm: sh-port)"),
                OptionSpec.flag("fallback", "try further buckets where the server cannot serve (ipvsadm: sh-fallback)"),
                BucketHash.OPTION);
    }

    @Override
    public Scheduler create(Options options) {
        boolean withPort = options.flag("port");
        boolean withFallback = options.flag("fallback");
        var hash = BucketHash.of(options);
        return (candidates, previous) -> {
            var buckets = buckets(candidates);
            return flow -> {
                int value = ServerList.foldedClient(flow) + (withPort ? flow.clientPort() : 0);
                return pick(candidates, buckets, hash.bucket(value, BITS), withFallback, flow);
            };
        };
    }

    private static int pick(Candidates candidates, int[] buckets, int bucket, boolean withFallback, Flow flow) {
        int index = buckets[bucket];
        if (index == Picker.NONE || candidates.isEligible(index, flow)) {
            return index;
        }
        if (withFallback) {
            // The kernel hashes again with the bucket itself added, hence twice the bucket.
            for (int offset = 0; offset < BUCKETS; offset++) {
                int other = buckets[(2 * bucket + offset) & (BUCKETS - 1)];
                if (candidates.isEligible(other, flow)) {
                    return other;
                }
            }
        }
        return Picker.NONE;
    }

    /** The index of each bucket's server; all {@link Picker#NONE} where no server is listed. */
    static int[] buckets(Candidates candidates) {
        var buckets = new int[BUCKETS];
        Arrays.fill(buckets, Picker.NONE);
        int filled = 0;
        while (filled < BUCKETS) {
            int before = filled;
            for (int i = 0; i < candidates.size(); i++) {
                if (ServerList.isListed(candidates, i)) {
                    int share = Math.max(ServerList.weight(candidates, i), 1);
                    for (int turn = 0; turn < share && filled < BUCKETS; turn++) {
                        buckets[filled++] = i;
                    }
                }
            }
            if (filled == before) {
                break;
            }
        }
        return buckets;
    }
}
