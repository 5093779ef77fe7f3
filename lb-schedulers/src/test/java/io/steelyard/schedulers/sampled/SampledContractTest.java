package io.steelyard.schedulers.sampled;

import static io.steelyard.tck.SchedulerTrait.BY_WEIGHT;
import static io.steelyard.tck.SchedulerTrait.LOAD_AWARE;

import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.tck.SchedulerContract;
import io.steelyard.tck.SchedulerTrait;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;

/** The contract suite for each scheduler that samples. */
class SampledContractTest {
    @Nested
    class PowerOfTwo extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new PowerOfTwoProvider();
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(BY_WEIGHT, LOAD_AWARE);
        }
    }

    /** Without load the draw alone shares by weight. */
    @Nested
    class IdlePowerOfTwo extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new PowerOfTwoProvider();
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(BY_WEIGHT);
        }
    }

    @Nested
    class PeakLatency extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new PeakLatencyProvider();
        }

        @Override
        protected Map<String, String> options() {
            return Map.of("tau", "5s", "measure", "last-byte");
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(BY_WEIGHT, LOAD_AWARE);
        }
    }

    @Nested
    class Locality extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new LocalityProvider();
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(BY_WEIGHT, LOAD_AWARE);
        }
    }

    /** Every server of the suite's pools is remote. */
    @Nested
    class LocalityWithoutLocalServer extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new LocalityProvider();
        }

        @Override
        protected Map<String, String> options() {
            return Map.of("zone", "north");
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(BY_WEIGHT, LOAD_AWARE);
        }
    }
}
