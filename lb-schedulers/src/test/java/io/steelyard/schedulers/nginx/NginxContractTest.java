package io.steelyard.schedulers.nginx;

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

/** Every algorithm of nginx, with its options, keeps the contract of all schedulers. */
class NginxContractTest {
    @Nested
    class RoundRobin extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new RoundRobinProvider();
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(BY_WEIGHT);
        }
    }

    @Nested
    class LeastConn extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new LeastConnProvider();
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(BY_WEIGHT, LOAD_AWARE);
        }
    }

    @Nested
    class IpHash extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new IpHashProvider();
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(BY_WEIGHT, KEYED);
        }
    }

    @Nested
    class Hash extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new HashProvider();
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(BY_WEIGHT, KEYED);
        }
    }

    @Nested
    class ConsistentHash extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new HashProvider();
        }

        @Override
        protected Map<String, String> options() {
            return Map.of("consistent", "true");
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(BY_WEIGHT, CONSISTENT);
        }

        @Override
        protected double shareTolerance() {
            return 0.25;
        }
    }

    @Nested
    class Random extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new RandomProvider();
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(BY_WEIGHT);
        }
    }

    @Nested
    class RandomTwo extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new RandomProvider();
        }

        @Override
        protected Map<String, String> options() {
            return Map.of("two", "true");
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(LOAD_AWARE);
        }
    }

    @Nested
    class RandomTwoLeastTime extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new RandomProvider();
        }

        @Override
        protected Map<String, String> options() {
            return Map.of("two", "true", "method", "least_time");
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(LOAD_AWARE);
        }
    }

    @Nested
    class LeastTime extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new LeastTimeProvider();
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(LOAD_AWARE);
        }
    }

    @Nested
    class LeastTimeInflight extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new LeastTimeProvider(() -> 0);
        }

        @Override
        protected Map<String, String> options() {
            return Map.of("what", "last_byte", "inflight", "true");
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(LOAD_AWARE);
        }
    }
}
