package io.steelyard.schedulers.consistent;

import static io.steelyard.tck.SchedulerTrait.BY_WEIGHT;
import static io.steelyard.tck.SchedulerTrait.CONSISTENT;
import static io.steelyard.tck.SchedulerTrait.LOAD_AWARE;

import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.tck.SchedulerContract;
import io.steelyard.tck.SchedulerTrait;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;

/** The contract suite for each consistent hash. */
class ConsistentContractTest {
    @Nested
    class Maglev extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new MaglevProvider();
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(BY_WEIGHT, CONSISTENT);
        }
    }

    @Nested
    class SmallMaglev extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new MaglevProvider();
        }

        @Override
        protected Map<String, String> options() {
            return Map.of("table-size", "4093");
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(BY_WEIGHT, CONSISTENT);
        }
    }

    @Nested
    class Rendezvous extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new RendezvousProvider();
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(BY_WEIGHT, CONSISTENT);
        }

        @Override
        protected double disruption() {
            return 0;
        }
    }

    @Nested
    class BoundedHash extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new BoundedHashProvider();
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(BY_WEIGHT, CONSISTENT, LOAD_AWARE);
        }
    }
}
