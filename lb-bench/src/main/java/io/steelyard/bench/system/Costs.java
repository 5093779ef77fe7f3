package io.steelyard.bench.system;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was measured, by measure and proxy, in the order it came. Not safe for use by several threads. */
final class Costs {
    private final Map<String, Map<String, List<Double>>> values = new LinkedHashMap<>();

    void add(String measure, String proxy, double value) {
        values.computeIfAbsent(measure, absent -> new LinkedHashMap<>())
                .computeIfAbsent(proxy, absent -> new ArrayList<>())
                .add(value);
    }

    /** Prints the medians, and ours as a multiple of the least of the others. */
    void print(List<String> proxies) {
        var line = new StringBuilder("%-28s".formatted(""));
        proxies.forEach(proxy -> line.append("%12s".formatted(proxy)));
        System.out.println(line.append("%8s   lb, all rounds".formatted("ratio")));
        values.forEach((measure, byProxy) -> System.out.println(row(measure, byProxy, proxies)));
    }

    private static String row(String measure, Map<String, List<Double>> byProxy, List<String> proxies) {
        var line = new StringBuilder("%-28s".formatted(measure));
        double least = Double.MAX_VALUE;
        for (var proxy : proxies) {
            var all = byProxy.get(proxy);
            line.append(all == null ? "%12s".formatted("-") : "%12.3f".formatted(median(all)));
            if (all != null && !proxy.equals("lb")) {
                least = Math.min(least, median(all));
            }
        }
        var ours = byProxy.getOrDefault("lb", List.of());
        return line.append("%8.2f   ".formatted(median(ours) / least))
                .append(ours.stream().map("%.3f"::formatted).toList())
                .toString();
    }

    static double median(List<Double> values) {
        var sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
