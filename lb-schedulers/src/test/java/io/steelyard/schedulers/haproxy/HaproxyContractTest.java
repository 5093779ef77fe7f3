package io.steelyard.schedulers.haproxy;

import static io.steelyard.tck.SchedulerTrait.BY_WEIGHT;
import static io.steelyard.tck.SchedulerTrait.CONSISTENT;
import static io.steelyard.tck.SchedulerTrait.KEYED;
import static io.steelyard.tck.SchedulerTrait.LOAD_AWARE;

import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.tck.SchedulerContract;
import io.steelyard.tck.SchedulerTrait;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;

/** Every algorithm of HAProxy, with its options, keeps the contract of all schedulers. */
class HaproxyContractTest {
    /** One scheduler with options and what it promises. */
    abstract static class Contract extends SchedulerContract {
        private final SchedulerProvider provider;
        private final Map<String, String> options;
        private final Set<SchedulerTrait> traits;

        Contract(SchedulerProvider provider, Map<String, String> options, SchedulerTrait... traits) {
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

        /** Sixteen nodes for each unit of weight spread no better. */
        @Override
        protected double shareTolerance() {
            return traits.contains(CONSISTENT) ? 0.8 : 0.1;
        }

        /** Servers are known by their position, so only the last one may go without moving the others. */
        @Override
        protected int removedServer(int size) {
            return size - 1;
        }
    }

    @Nested
    class RoundRobin extends Contract {
        RoundRobin() {
            super(new RoundRobinProvider(), Map.of(), BY_WEIGHT);
        }
    }

    @Nested
    class StaticRoundRobin extends Contract {
        StaticRoundRobin() {
            super(new StaticRoundRobinProvider(), Map.of(), BY_WEIGHT);
        }
    }

    @Nested
    class LeastConn extends Contract {
        LeastConn() {
            super(new LeastConnProvider(), Map.of(), LOAD_AWARE);
        }
    }

    @Nested
    class First extends Contract {
        First() {
            super(new FirstProvider(), Map.of());
        }
    }

    @Nested
    class Hash extends Contract {
        Hash() {
            super(new HashProvider(), Map.of(), BY_WEIGHT, KEYED);
        }
    }

    @Nested
    class HashWithAvalanche extends Contract {
        HashWithAvalanche() {
            super(new HashProvider(), Map.of("function", "wt6", "avalanche", "true"), BY_WEIGHT, KEYED);
        }
    }

    @Nested
    class ConsistentHash extends Contract {
        ConsistentHash() {
            super(new HashProvider(), Map.of("hash-type", "consistent"), BY_WEIGHT, CONSISTENT);
        }
    }

    @Nested
    class BoundedHash extends Contract {
        BoundedHash() {
            super(new HashProvider(), Map.of("hash-type", "consistent", "hash-balance-factor", "150"), LOAD_AWARE);
        }
    }

    @Nested
    class Source extends Contract {
        Source() {
            super(new SourceProvider(), Map.of("avalanche", "true"), BY_WEIGHT, KEYED);
        }
    }

    @Nested
    class ConsistentSource extends Contract {
        ConsistentSource() {
            super(new SourceProvider(), Map.of("hash-type", "consistent"), BY_WEIGHT, CONSISTENT);
        }
    }

    @Nested
    class Random extends Contract {
        Random() {
            super(new RandomProvider(), Map.of(), LOAD_AWARE);
        }
    }

    @Nested
    class BoundedRandom extends Contract {
        BoundedRandom() {
            super(new RandomProvider(), Map.of("draws", "1", "hash-balance-factor", "125"), LOAD_AWARE);
        }
    }
}
