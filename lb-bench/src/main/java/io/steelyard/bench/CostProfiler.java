package io.steelyard.bench;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Adds to a benchmark what the thread that does the work used for one operation: processor time, which other work on the machine changes
 * far less than the time that passes, and memory.
 */
public final class CostProfiler implements InternalProfiler {
    /** Written by the benchmark's thread in its set-up, read by JMH's between iterations, which it orders. */
    private static volatile @Nullable ThreadCost watched;

    private long processorNs;
    private long allocatedBytes;

    /** The thread that does the work of the benchmark that runs now, or null. */
    public static void watch(@Nullable ThreadCost cost) {
        watched = cost;
    }

    @Override
    public String getDescription() {
        return "Processor time and memory of the thread that does the work";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        var cost = watched;
        if (cost != null) {
            processorNs = cost.processorNs();
            allocatedBytes = cost.allocatedBytes();
        }
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        var cost = watched;
        double messages = result.getMetadata().getAllOps();
        if (cost == null || messages == 0) {
            return List.of();
        }
        return List.of(
                scalar("processor", (cost.processorNs() - processorNs) / messages, "ns/op"),
                scalar("allocated", (cost.allocatedBytes() - allocatedBytes) / messages, "B/op"));
    }

    private static ScalarResult scalar(String name, double value, String unit) {
        return new ScalarResult(name, value, unit, AggregationPolicy.AVG);
    }
}
