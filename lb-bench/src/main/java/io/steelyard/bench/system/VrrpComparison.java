package io.steelyard.bench.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.DoubleStream;

/**
 * How long a failover takes with keepalived and with lb, from the same files in the same kind of network: two machines share an address, the one
 * that has it is killed (SIGKILL) at a random moment between two adverts, and the time is taken until the other's kernel has the address. And what
 * virtual routers cost while nothing happens. As root.
 */
public final class VrrpComparison {
    private static final double[] INTERVALS = {1, 0.1, 0.01};

    /** From this on, in seconds, a program that starts beside a failover moves it by less than can be seen, so that several pairs run at once. */
    private static final double LONG_INTERVAL = 1;

    private static final int PAIRS_AT_ONCE = 2;
    private static final List<String> PROGRAMS = List.of("keepalived", "lb");
    private static final int[] ROUTERS = {1, 100};
    private static final int IDLE_SECONDS = 20;
    private static final long SEED = 42;

    private final String lb;
    private final int kills;

    private VrrpComparison(String lb, int kills) {
        this.lb = lb;
        this.kills = kills;
    }

    /** @param arguments the launcher, and how many kills each: 100 unless said */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        new VrrpComparison(arguments[0], arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100).run();
    }

    private void run() throws IOException, InterruptedException {
        System.out.printf(
                "failover after %d kills each, milliseconds from SIGKILL to the address at the other machine%n%n",
                kills);
        System.out.printf("%-10s %-11s %9s %9s %9s %9s%n", "advert", "program", "least", "median", "9 of 10", "most");
        for (var interval : INTERVALS) {
            var medians = new LinkedHashMap<String, Double>();
            for (var measured : failovers(interval).entrySet()) {
                var program = measured.getKey();
                var times = measured.getValue();
                Arrays.sort(times);
                medians.put(program, times[times.length / 2]);
                System.out.printf(
                        Locale.ROOT,
                        "%-10s %-11s %9.1f %9.1f %9.1f %9.1f%n",
                        interval + " s",
                        program,
                        times[0],
                        times[times.length / 2],
                        times[times.length * 9 / 10],
                        times[times.length - 1]);
            }
            System.out.printf(
                    Locale.ROOT,
                    "%-10s ratio of medians, lb to keepalived: %.3f%n",
                    "",
                    medians.getOrDefault("lb", 0.0) / medians.getOrDefault("keepalived", 1.0));
        }
        System.out.printf(
                "%nprocessor time of an active machine, an advert a second each, milliseconds a second over %d s%n%n",
                IDLE_SECONDS);
        for (var routers : ROUTERS) {
            for (var program : PROGRAMS) {
                System.out.printf(
                        Locale.ROOT, "%-10s %-11s %9.2f%n", routers + " routers", program, idleCost(program, routers));
            }
        }
    }

    /** The times of each program. */
    private Map<String, double[]> failovers(double interval) throws IOException, InterruptedException {
        var times = new LinkedHashMap<String, double[]>();
        if (interval < LONG_INTERVAL) {
            for (var program : PROGRAMS) {
                times.put(program, failovers(program, interval, kills, SEED));
            }
            return times;
        }
        try (var pairs = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new LinkedHashMap<String, List<Future<double[]>>>();
            for (var program : PROGRAMS) {
                var shares = new ArrayList<Future<double[]>>();
                for (int i = 0; i < PAIRS_AT_ONCE; i++) {
                    int share = kills * (i + 1) / PAIRS_AT_ONCE - kills * i / PAIRS_AT_ONCE;
                    long seed = SEED + i;
                    shares.add(pairs.submit(() -> failovers(program, interval, share, seed)));
                }
                running.put(program, shares);
            }
            for (var program : running.entrySet()) {
                var all = DoubleStream.empty();
                for (var share : program.getValue()) {
                    all = DoubleStream.concat(all, Arrays.stream(share.get()));
                }
                times.put(program.getKey(), all.toArray());
            }
        } catch (ExecutionException failed) {
            throw new IOException(failed.getCause());
        }
        return times;
    }

    private double[] failovers(String program, double interval, int count, long seed)
            throws IOException, InterruptedException {
        var random = new Random(seed);
        var times = new double[count];
        try (var pair = VrrpPair.create(program, lb, routers(1, interval))) {
            pair.start(0);
            pair.start(1);
            int holder = pair.awaitHolder(-1);
            pair.awaitBackup(1 - holder);
            for (int i = 0; i < count; i++) {
                // Some adverts are heard, and then the kill comes anywhere between two.
                Thread.sleep((long) (1_000 * interval * (2 + random.nextDouble())) + 50);
                long beginNs = System.nanoTime();
                pair.kill(holder);
                int next = pair.awaitHolder(holder);
                times[i] = (pair.heldSinceNs(next) - beginNs) / 1e6;
                pair.start(holder);
                pair.awaitBackup(holder);
                holder = next;
            }
        }
        return times;
    }

    private double idleCost(String program, int count) throws IOException, InterruptedException {
        try (var pair = VrrpPair.create(program, lb, routers(count, 1))) {
            pair.start(0);
            pair.awaitHolder(-1);
            Thread.sleep(5_000);
            double before = pair.processorSeconds(0);
            Thread.sleep(IDLE_SECONDS * 1_000L);
            return (pair.processorSeconds(0) - before) * 1_000 / IDLE_SECONDS;
        }
    }

    /** Nobody takes the address back from a machine that has it: each kill moves it to the other. */
    private static Map<String, String> routers(int count, double interval) {
        var files = new LinkedHashMap<String, String>();
        for (int node = 0; node < 2; node++) {
            var text = new ArrayList<String>();
            text.add("global_defs {\n    router_id node" + node + "\n}");
            for (int id = 1; id <= count; id++) {
                text.add(String.format(Locale.ROOT, """
                        vrrp_instance V%d {
                            state BACKUP
                            interface eth0
                            virtual_router_id %d
                            version 3
                            priority %d
                            nopreempt
                            advert_int %.2f
                            virtual_ipaddress { 10.77.%d.1/24 }
                        }""", id, id, 150 - 50 * node, interval, id));
            }
            files.put("node" + node + ".conf", String.join("\n", text) + "\n");
        }
        return files;
    }

    static Path write(Path folder, Map<String, String> files) throws IOException {
        for (var file : files.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
        return folder;
    }
}
