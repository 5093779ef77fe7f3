package io.steelyard.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The contract accepts what keeps it and finds what breaks it. The nested classes are run by these tests alone. */
class SchedulerContractTest {
    /** A provider of one lambda. */
    private record Provider(Scheduler scheduler) implements SchedulerProvider {
        @Override
        public String name() {
            return "under-test";
        }

        @Override
        public String description() {
            return "a scheduler under test";
        }

        @Override
        public Scheduler create(Options options) {
            return scheduler;
        }
    }

    private static int nextEligible(Candidates servers, Flow flow, int from) {
        for (int i = 0; i < servers.size(); i++) {
            int index = (from + i) % servers.size();
            if (servers.isEligible(index, flow)) {
                return index;
            }
        }
        return Picker.NONE;
    }

    static class Keeps extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new Provider((servers, previous) -> {
                var last = new AtomicInteger(-1);
                return flow -> {
                    int index = nextEligible(servers, flow, last.get() + 1);
                    last.setOpaque(index == Picker.NONE ? last.get() : index);
                    return index;
                };
            });
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(SchedulerTrait.EVEN);
        }
    }

    static class PicksAnything extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new Provider(
                    (servers, previous) -> flow -> servers.size() == 0 ? Picker.NONE : flow.nextInt(servers.size()));
        }
    }

    static class GivesUp extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new Provider((servers, previous) -> flow -> {
                int index = servers.size() == 0 ? 0 : flow.nextInt(servers.size());
                return servers.size() > 0 && servers.isEligible(index, flow) ? index : Picker.NONE;
            });
        }
    }

    static class IgnoresWeights extends Keeps {
        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(SchedulerTrait.BY_WEIGHT, SchedulerTrait.LOAD_AWARE);
        }
    }

    static class KeepsThePrevious extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new Provider((servers, previous) -> previous != null
                    ? previous
                    : flow -> nextEligible(servers, flow, flow.nextInt(Math.max(servers.size(), 1))));
        }
    }

    static class Allocates extends SchedulerContract {
        static volatile Object sink = "";

        @Override
        protected SchedulerProvider provider() {
            return new Provider((servers, previous) -> flow -> {
                sink = new long[] {flow.nowNs()};
                return nextEligible(servers, flow, 0);
            });
        }
    }

    static class MovesEveryFlow extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new Provider((servers, previous) -> flow -> servers.size() == 0
                    ? Picker.NONE
                    : nextEligible(servers, flow, (int) (flow.clientLow() & 0xFFFF) % servers.size()));
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(SchedulerTrait.CONSISTENT);
        }
    }

    static class HasItsOwnDice extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            var dice = new Flow();
            return new Provider((servers, previous) ->
                    flow -> nextEligible(servers, flow, dice.nextInt(Math.max(servers.size(), 1))));
        }
    }

    static class OverflowsOnLoad extends SchedulerContract {
        @Override
        protected SchedulerProvider provider() {
            return new Provider((servers, previous) -> flow -> {
                int best = Picker.NONE;
                for (int i = 0; i < servers.size(); i++) {
                    if (servers.isEligible(i, flow)
                            && (best == Picker.NONE
                                    || (servers.load(i).active() + 1) * servers.weight(best)
                                            < (servers.load(best).active() + 1) * servers.weight(i))) {
                        best = i;
                    }
                }
                return best;
            });
        }

        @Override
        protected Set<SchedulerTrait> traits() {
            return Set.of(SchedulerTrait.LOAD_AWARE);
        }
    }

    private static Set<String> failuresOf(Class<?> contract) {
        var failed = new TreeSet<String>();
        EngineTestKit.engine("junit-jupiter").selectors(selectClass(contract)).execute().testEvents().failed().stream()
                .forEach(event -> failed.add(event.getTestDescriptor()
                        .getSource()
                        .map(source -> ((MethodSource) source).getMethodName())
                        .orElse("?")));
        return failed;
    }

    @Test
    void schedulerThatKeepsTheContractPasses() {
        assertThat(failuresOf(Keeps.class)).isEmpty();
    }

    @Test
    void serverThatCannotServeIsNoticed() {
        assertThat(failuresOf(PicksAnything.class))
                .contains(
                        "poolWithoutServerThatCanServeGivesNone",
                        "serverThatCannotServeIsNeverPicked",
                        "randomStatesAreRespected",
                        "poolMayBeSwappedWhileThreadsPick");
    }

    @Test
    void needlessNoneIsNoticed() {
        assertThat(failuresOf(GivesUp.class))
                .contains(
                        "serverThatCannotServeIsNeverPicked",
                        "randomStatesAreRespected",
                        "lastServerIsReached",
                        "poolMayBeSwappedWhileThreadsPick");
    }

    @Test
    void wrongSharesAreNoticed() {
        assertThat(failuresOf(IgnoresWeights.class))
                .containsExactlyInAnyOrder(
                        "sharesFollowRandomWeights",
                        "sharesFollowChangedWeights",
                        "rotationSurvivesWrap",
                        "rebuildsDoNotDrift",
                        "loadIsSeen",
                        "loadsNearOverflowAreHandled");
    }

    @Test
    void stalePickerIsNoticed() {
        assertThat(failuresOf(KeepsThePrevious.class))
                .contains("singleServerGetsEveryFlow", "poolMayBeSwappedWhileThreadsPick");
    }

    @Test
    void allocationIsNoticed() {
        assertThat(failuresOf(Allocates.class)).containsExactly("pickAllocatesNothing");
    }

    @Test
    void movedFlowsAreNoticed() {
        assertThat(failuresOf(MovesEveryFlow.class)).containsExactly("removalMovesOnlyItsShare");
    }

    @Test
    void randomnessOfItsOwnIsNoticed() {
        assertThat(failuresOf(HasItsOwnDice.class)).containsExactly("sameSeedGivesSamePicks");
    }

    @Test
    void overflowIsNoticed() {
        assertThat(failuresOf(OverflowsOnLoad.class)).containsExactly("loadsNearOverflowAreHandled");
    }
}
