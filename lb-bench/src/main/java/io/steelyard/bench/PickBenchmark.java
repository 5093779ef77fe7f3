package io.steelyard.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Nanoseconds a pick, by scheduler and number of servers; the baselines are what no pick of their kind can cost less than. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class PickBenchmark {
    /** A case of {@link PickCase}; {@link Main} sets all there are. */
    @Param(PickCase.ARRAY)
    public String scheduler = PickCase.ARRAY;

    @Param({"3", "100", "5000"})
    public int servers;

    private PickCase picks = PickCase.of(PickCase.ARRAY, 1);

    @Setup
    public void build() {
        picks = PickCase.of(scheduler, servers);
        CostProfiler.watch(ThreadCost.ofThisThread());
    }

    @Benchmark
    public int pick() {
        return picks.pick();
    }
}
