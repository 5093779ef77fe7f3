package io.steelyard.bench.relay;

import io.steelyard.bench.CostProfiler;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A relayed read of 512 bytes, TCP and UDP. The score is the time from one socket to the other; what the loop itself needs is in the lines
 * {@code processor} and {@code allocated} of {@link CostProfiler}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class RelayBenchmark {
    @Param({Relay.TCP_BASELINE, Relay.TCP, Relay.UDP_BASELINE, Relay.UDP})
    public String path = Relay.TCP_BASELINE;

    private @Nullable Relay relay;

    @Setup
    public void open() throws IOException {
        relay = Relay.open(path);
        CostProfiler.watch(relay.cost());
    }

    @Benchmark
    @OperationsPerInvocation(Relay.MESSAGES)
    public void exchange() throws IOException {
        Objects.requireNonNull(relay).exchange();
    }

    @TearDown
    public void close() throws Exception {
        CostProfiler.watch(null);
        Objects.requireNonNull(relay).close();
    }
}
