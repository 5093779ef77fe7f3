package io.steelyard.schedulers;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.ServerLoad;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Searches that skip servers pick as the rules say, which look at each in configuration order. */
class LeastLoadedTest {
    /** A scheduler's rule: whether a server is better than the best of those listed before it. */
    private interface Rule {
        boolean isBetter(Candidates candidates, int index, int best);
    }

    private static final Map<String, Rule> RULES = Map.of(
            "lvs.lc", (all, index, best) -> overhead(all, index) < overhead(all, best),
            "lvs.wlc",
                    (all, index, best) ->
                            overhead(all, best) * all.weight(index) > overhead(all, index) * all.weight(best),
            "lvs.sed",
                    (all, index, best) ->
                            (all.active(best) + 1L) * all.weight(index) > (all.active(index) + 1L) * all.weight(best));

    private static long overhead(Candidates candidates, int index) {
        return candidates.load(index).active() * 256L + candidates.load(index).inactive();
    }

    @ParameterizedTest
    @CsvSource({
        "lvs.lc, 1",
        "lvs.lc, 2",
        "lvs.lc, 3",
        "lvs.wlc, 1",
        "lvs.wlc, 2",
        "lvs.wlc, 3",
        "lvs.sed, 1",
        "lvs.sed, 2",
        "lvs.sed, 3"
    })
    void picksAsTheRuleOverAllServers(String scheduler, long seed) {
        var random = new Random(seed);
        var provider = Plugins.installed().scheduler(scheduler).orElseThrow();
        for (int round = 0; round < 3_000; round++) {
            var candidates = pool(random);
            var flow = new Flow(round).nowNs(50);
            for (int tried = random.nextInt(4); tried > 0; tried--) {
                flow.markTried(random.nextInt(candidates.size()));
            }
            var picker =
                    provider.create(Options.of(provider.options(), Map.of())).build(candidates, null);
            assertThat(picker.pick(flow))
                    .as("round %d", round)
                    .isEqualTo(plain(RULES.get(scheduler), candidates, flow));
        }
    }

    private static int plain(Rule rule, Candidates candidates, Flow flow) {
        int best = Picker.NONE;
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.isEligible(i, flow) && (best == Picker.NONE || rule.isBetter(candidates, i, best))) {
                best = i;
            }
        }
        return best;
    }

    /** Servers of a few weights, some down, full or refused, with counts that often tie; half the pools out of order in memory. */
    private static Candidates pool(Random random) {
        int size = 1 + random.nextInt(12);
        List<ServerLoad> loads = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            loads.add(new ServerLoad());
        }
        if (random.nextBoolean()) {
            Collections.shuffle(loads, random);
        }
        int weights = 1 + random.nextInt(3);
        int most = 1 + random.nextInt(6);
        var builder = Candidates.builder();
        for (int i = 0; i < size; i++) {
            var load = loads.get(i);
            load.addActive(random.nextInt(most));
            load.addInactive(random.nextInt(3) == 0 ? random.nextInt(600) : 0);
            var server = RealServer.builder("10.0.0." + (i + 1) + ":80")
                    .maxConnections(random.nextInt(5) == 0 ? 2 : 0)
                    .build();
            boolean isAdmitted = random.nextInt(8) > 0;
            builder.add(server, random.nextInt(weights + 1), random.nextInt(8) > 0, load, nowNs -> isAdmitted);
        }
        return builder.build();
    }
}
