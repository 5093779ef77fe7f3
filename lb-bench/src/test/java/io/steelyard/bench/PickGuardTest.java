package io.steelyard.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.tck.Allocation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A pick of any installed scheduler allocates nothing and costs no more than a recorded multiple of the baseline, reading the next server from an
 * array. Both are timed in the same run in short rounds by turns, and the medians compared, so the machine's speed is no matter.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PickGuardTest {
    private static final List<Integer> SIZES = List.of(3, 100, 5_000);
    private static final int ROUNDS = 31;
    private static final long ROUND_NS = 300_000;
    private static final int ATTEMPTS = 4;
    private static final String OTHERS = "others";

    private final Map<String, int[]> bounds = new HashMap<>();

    /** Keeps results in use, so that no pick is optimized away. */
    private int sum;

    @BeforeAll
    void readBounds() throws IOException {
        var resource = Objects.requireNonNull(PickGuardTest.class.getResourceAsStream("/pick-bounds.tsv"));
        try (var reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            reader.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                var fields = line.split("\t", -1);
                bounds.put(
                        fields[0],
                        Arrays.stream(fields)
                                .skip(1)
                                .mapToInt(Integer::parseInt)
                                .toArray());
            });
        }
        // The loop that measures is shared: let it see different pickers first, as it will, so that no case is timed as
        // the only one.
        for (var text : PickCase.all()) {
            picksIn(PickCase.of(text, 3), ROUND_NS);
        }
    }

    static Stream<String> schedulers() {
        return PickCase.all().stream().filter(text -> !text.equals(PickCase.BASELINE));
    }

    @ParameterizedTest
    @MethodSource("schedulers")
    void pickAllocatesNothingAndCostsLittle(String scheduler) {
        var limits = Objects.requireNonNull(bounds.getOrDefault(scheduler, bounds.get(OTHERS)));
        for (int i = 0; i < SIZES.size(); i++) {
            int size = SIZES.get(i);
            var picks = PickCase.of(scheduler, size);
            var baseline = PickCase.of(PickCase.BASELINE, size);
            double ratio = ratio(picks, baseline);
            // A busy machine may spoil one measurement; a pick that is too slow is so every time.
            for (int attempt = 1; attempt < ATTEMPTS && ratio >= limits[i]; attempt++) {
                ratio = ratio(picks, baseline);
            }
            System.out.printf("%s, %d servers: %.1f times the baseline%n", scheduler, size, ratio);
            assertThat(ratio)
                    .as("cost of a pick of %s among %d servers, as a multiple of the baseline", scheduler, size)
                    .isLessThan(limits[i]);
            assertThat(Allocation.bytes(2_000, () -> sum += picks.pick()))
                    .as("bytes allocated by 2000 picks of %s among %d servers", scheduler, size)
                    .isZero();
        }
    }

    @Test
    void everyBoundIsOfASchedulerThatExists() {
        assertThat(PickCase.all())
                .containsAll(bounds.keySet().stream()
                        .filter(name -> !name.equals(OTHERS))
                        .toList());
    }

    private double ratio(PickCase picks, PickCase baseline) {
        var costs = new double[ROUNDS];
        var baselineCosts = new double[ROUNDS];
        // The first rounds only warm up.
        for (int round = -5; round < ROUNDS; round++) {
            double cost = picksIn(picks, ROUND_NS);
            double baselineCost = picksIn(baseline, ROUND_NS);
            if (round >= 0) {
                costs[round] = cost;
                baselineCosts[round] = baselineCost;
            }
        }
        Arrays.sort(costs);
        Arrays.sort(baselineCosts);
        return costs[ROUNDS / 2] / baselineCosts[ROUNDS / 2];
    }

    /** Nanoseconds a pick, over about so long. */
    private double picksIn(PickCase picks, long forNs) {
        long start = System.nanoTime();
        long picked = 0;
        long passed;
        do {
            for (int i = 0; i < 100; i++) {
                sum += picks.pick();
            }
            picked += 100;
            passed = System.nanoTime() - start;
        } while (passed < forNs);
        return (double) passed / picked;
    }
}
