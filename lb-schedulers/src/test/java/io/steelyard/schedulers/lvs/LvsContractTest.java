package io.steelyard.schedulers.lvs;

import static io.steelyard.tck.SchedulerTrait.BY_WEIGHT;
import static io.steelyard.tck.SchedulerTrait.CONSISTENT;
import static io.steelyard.tck.SchedulerTrait.EVEN;
import static io.steelyard.tck.SchedulerTrait.KEYED;
import static io.steelyard.tck.SchedulerTrait.LOAD_AWARE;
import static io.steelyard.tck.SchedulerTrait.REFUSES;

import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.tck.SchedulerContract;
import io.steelyard.tck.SchedulerTrait;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;

/** The contract suite for each IPVS scheduler. */
class LvsContractTest {
    /** A contract suite whose parts are given at once. */
    abstract static class Suite extends SchedulerContract {
        private final SchedulerProvider provider;
        private final Map<String, String> options;
        private final Set<SchedulerTrait> traits;

        Suite(SchedulerProvider provider, Map<String, String> options, SchedulerTrait... traits) {
            this.provider = provider;
            this.options = options;
            this.traits = Set.of(traits);
        }

        @Override
        protected SchedulerProvider provider() {
            return provider;
        }

        @Override
        protected Map<String, String> options() {
            return options;
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return traits;
        }
    }

    @Nested
    class RoundRobin extends Suite {
        RoundRobin() {
            super(new RoundRobinProvider(), Map.of(), EVEN);
        }
    }

    @Nested
    class WeightedRoundRobin extends Suite {
        WeightedRoundRobin() {
            super(new WeightedRoundRobinProvider(), Map.of(), BY_WEIGHT);
        }
    }

    @Nested
    class LeastConnection extends Suite {
        LeastConnection() {
            super(new LeastConnectionProvider(), Map.of(), EVEN, LOAD_AWARE);
        }
    }

    @Nested
    class WeightedLeastConnection extends Suite {
        WeightedLeastConnection() {
            super(new WeightedLeastConnectionProvider(), Map.of(), BY_WEIGHT, LOAD_AWARE);
        }
    }

    @Nested
    class ShortestExpectedDelay extends Suite {
        ShortestExpectedDelay() {
            super(new ShortestExpectedDelayProvider(), Map.of(), BY_WEIGHT, LOAD_AWARE);
        }
    }

    @Nested
    class NeverQueue extends Suite {
        NeverQueue() {
            super(new NeverQueueProvider(), Map.of(), BY_WEIGHT, LOAD_AWARE);
        }
    }

    @Nested
    class WeightedFailover extends Suite {
        WeightedFailover() {
            super(new WeightedFailoverProvider(), Map.of());
        }
    }

    /** Refuses by rule once each server has more flows than its weight. */
    @Nested
    class Overflow extends Suite {
        Overflow() {
            super(new OverflowProvider(), Map.of(), LOAD_AWARE, REFUSES);
        }
    }

    @Nested
    class TwoChoices extends Suite {
        TwoChoices() {
            super(new TwoChoicesProvider(), Map.of(), BY_WEIGHT, LOAD_AWARE);
        }
    }

    @Nested
    class DestinationHash extends Suite {
        DestinationHash() {
            super(new DestinationHashProvider(), Map.of(), EVEN, KEYED, REFUSES);
        }
    }

    @Nested
    class SourceHash extends Suite {
        SourceHash() {
            super(new SourceHashProvider(), Map.of(), BY_WEIGHT, KEYED, REFUSES);
        }

        /** 256 buckets: ten servers of weight 2 differ by a turn of two buckets of 25. */
        @Override
        protected int greatestWeight() {
            return 2;
        }
    }

    /** More servers than buckets stay out of reach even with fallback, hence it may refuse. */
    @Nested
    class SourceHashWithFallback extends Suite {
        SourceHashWithFallback() {
            super(new SourceHashProvider(), Map.of("fallback", "true", "port", "true"), BY_WEIGHT, KEYED, REFUSES);
        }

        /** The flows of a lost server nearly all go to its neighbour. */
        @Override
        protected double shareTolerance() {
            return 0.4;
        }

        @Override
        protected int greatestWeight() {
            return 2;
        }
    }

    @Nested
    class MaglevHash extends Suite {
        MaglevHash() {
            super(new MaglevHashProvider(), Map.of(), BY_WEIGHT, CONSISTENT, REFUSES);
        }
    }

    @Nested
    class MaglevHashWithFallback extends Suite {
        MaglevHashWithFallback() {
            super(
                    new MaglevHashProvider(),
                    Map.of("fallback", "true", "port", "true", "size", "65521"),
                    BY_WEIGHT,
                    CONSISTENT);
        }
    }

    @Nested
    class LocalityLeastConnection extends Suite {
        LocalityLeastConnection() {
            super(new LocalityLeastConnectionProvider(), Map.of(), BY_WEIGHT, KEYED, LOAD_AWARE);
        }
    }

    @Nested
    class ReplicatedLocality extends Suite {
        ReplicatedLocality() {
            super(new ReplicatedLocalityProvider(), Map.of(), BY_WEIGHT, KEYED, LOAD_AWARE);
        }
    }
}
