package io.steelyard.bench;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.api.schedule.ServerLoad;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A picker to be measured, and flows to measure it with. Servers have the weight 1 and a few open flows each, the same in every run; flows
 * have a key of 16 bytes and an IPv4 client.
 *
 * <p>The text of a case is a scheduler's name and its options, as in {@code nginx.hash consistent=true}, or a baseline: {@value #ARRAY} or
 * {@value #SCAN}. One thread at a time.
 */
public final class PickCase {
    /** Reading the next server from an array: the least that any pick can cost. */
    public static final String ARRAY = "baseline.array";

    /** Reading the open flows of every server and keeping the lowest: the least that comparing all servers can cost. */
    public static final String SCAN = "baseline.scan";

    private static final int FLOWS = 64;

    /** Options worth measuring beside the defaults. */
    private static final Map<String, List<String>> VARIANTS = Map.of(
            "nginx.hash", List.of("consistent=true"),
            "nginx.random", List.of("two=true"),
            "haproxy.hash", List.of("hash-type=consistent", "hash-type=consistent hash-balance-factor=150"),
            "haproxy.source", List.of("hash-type=consistent"));

    private final Picker picker;
    private final Flow[] flows;
    private int next;

    /** Flows for a picker that others may use at the same time. */
    public PickCase(Picker picker) {
        this.picker = picker;
        flows = IntStream.range(0, FLOWS).mapToObj(PickCase::flow).toArray(Flow[]::new);
    }

    /** A case of so many servers. */
    public static PickCase of(String text, int servers) {
        if (text.equals(ARRAY)) {
            return new PickCase(new NextInArray(servers));
        }
        if (text.equals(SCAN)) {
            var candidates = pool(servers);
            return new PickCase(flow -> lowest(candidates));
        }
        var words = text.split(" ");
        var provider = Plugins.installed().scheduler(words[0]).orElseThrow();
        var options = Arrays.stream(words)
                .skip(1)
                .map(option -> option.split("=", 2))
                .collect(Collectors.toMap(option -> option[0], option -> option[1]));
        return new PickCase(
                provider.create(Options.of(provider.options(), options)).build(pool(servers), null));
    }

    /** The baselines, then every installed scheduler with its variants. */
    public static List<String> all() {
        var cases = new ArrayList<>(List.of(ARRAY, SCAN));
        for (var name : Plugins.installed().schedulers().stream()
                .map(SchedulerProvider::name)
                .toList()) {
            cases.add(name);
            VARIANTS.getOrDefault(name, List.of()).forEach(options -> cases.add(name + " " + options));
        }
        return cases;
    }

    /** What picks. */
    public Picker picker() {
        return picker;
    }

    /** One pick for the next of the flows in turn. */
    public int pick() {
        return picker.pick(flows[next++ & FLOWS - 1]);
    }

    private static Flow flow(int number) {
        return new Flow(number)
                .key("user:%011d".formatted(number * 7_919L))
                .clientIpv4(0x0A000000 + number * 65_537, 1024 + number)
                .destination(0, 0xFFFF_0A64_0001L, 80)
                .nowNs(1_000_000_000);
    }

    private static Candidates pool(int servers) {
        var builder = Candidates.builder();
        var random = new Flow(1);
        for (int i = 0; i < servers; i++) {
            var load = new ServerLoad();
            load.addActive(random.nextInt(10));
            var server = RealServer.of("10." + (i >> 16) + "." + (i >> 8 & 0xFF) + "." + (i & 0xFF) + ":80");
            builder.add(server, 1, true, load, null);
        }
        // As the pool itself counts, and not by looking at every server.
        return builder.poolActive(() -> 5 * servers).build();
    }

    private static int lowest(Candidates candidates) {
        int lowest = 0;
        int fewest = Integer.MAX_VALUE;
        for (int i = 0; i < candidates.size(); i++) {
            int flows = candidates.active(i);
            if (flows < fewest) {
                fewest = flows;
                lowest = i;
            }
        }
        return lowest;
    }

    private static final class NextInArray implements Picker {
        private final int[] order;
        private int at;

        NextInArray(int servers) {
            order = IntStream.range(0, servers).toArray();
        }

        @Override
        public int pick(Flow flow) {
            int now = at;
            at = now + 1 == order.length ? 0 : now + 1;
            return order[now];
        }
    }
}
