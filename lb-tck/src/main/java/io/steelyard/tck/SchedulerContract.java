package io.steelyard.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.fail;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugin;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every scheduler must do, as tests. Extend it, give your provider, and say with {@link #traits()} what it promises beyond:
 *
 * <pre>{@code
 * class LeastBusyContractTest extends SchedulerContract {
 *     protected SchedulerProvider provider() { return new LeastBusyProvider(); }
 *     protected Set<SchedulerTrait> traits() { return Set.of(SchedulerTrait.LOAD_AWARE, SchedulerTrait.EVEN); }
 * }
 * }</pre>
 *
 * <p>One such class tests one set of {@link #options()}. Every random number follows from a fixed seed, so a failure repeats. Checks that a
 * trait rules out have nothing to check and pass.
 */
public abstract class SchedulerContract {
    private static final int SHARE_PICKS = 20_000;
    private static final int KEYS = 5_000;

    /** For the constructors of subclasses. */
    protected SchedulerContract() {}

    /** A new provider of the scheduler. */
    protected abstract SchedulerProvider provider();

    /** The options to test it with; none by default. */
    protected Map<String, String> options() {
        return Map.of();
    }

    /** What it promises beyond the contract of all; nothing by default. */
    protected Set<SchedulerTrait> traits() {
        return Set.of();
    }

    /**
     * How far a server's share may be from its due, as a part of it, beyond what chance explains: 0.1 by default. Hash rings with few
     * points need more.
     */
    protected double shareTolerance() {
        return 0.1;
    }

    /** The greatest weight the distribution tests use; 10 by default. A table with few places needs less. */
    protected int greatestWeight() {
        return 10;
    }

    /** The part of the flows that may move between servers that stay, with {@link SchedulerTrait#CONSISTENT}; 0.02 by default. */
    protected double disruption() {
        return 0.02;
    }

    /**
     * Which of {@code size} servers the consistency test takes away; one in the middle by default. A scheduler that knows servers by their
     * position can only keep its promise when the last one goes.
     */
    protected int removedServer(int size) {
        return size / 2;
    }

    /**
     * A picker whose rotation state (positions, counters, accumulated weights) is just about to overflow, so that a few thousand picks cross
     * the wrap. By default absent: then a million picks from the beginning are made instead.
     */
    protected Optional<Picker> pickerNearOverflow(Candidates candidates) {
        return Optional.empty();
    }

    /** Makes the scheduler as a configuration would. */
    protected final Scheduler scheduler() {
        var provider = provider();
        return provider.create(Options.of(provider.options(), options()));
    }

    private Picker picker(Candidates candidates) {
        return scheduler().build(candidates, null);
    }

    private boolean is(SchedulerTrait trait) {
        return traits().contains(trait)
                || trait == SchedulerTrait.KEYED && traits().contains(SchedulerTrait.CONSISTENT);
    }

    // ---- what the provider says of itself

    @Test
    @DisplayName("the provider has a proper name, one line of description, and a priority in range")
    public void providerDescribesItself() {
        var provider = provider();
        assertThat(provider.name()).matches("[a-z][a-z0-9._-]*");
        assertThat(provider.description()).isNotBlank().doesNotContain("\n");
        assertThat(provider.priority()).isBetween(0, 10);
        assertThat(provider.apiVersion()).isBetween(1, Plugin.API_VERSION);
        assertThatCode(provider::isAvailable).doesNotThrowAnyException();
        assertThatCode(provider::usesHashKey).doesNotThrowAnyException();
        assertThatCode(provider::followsWeightChanges).doesNotThrowAnyException();
    }

    @Test
    @DisplayName("each option has a name of its own, a description, and a default that it accepts")
    public void optionsAreWellFormed() {
        var specs = provider().options();
        assertThat(specs).extracting(OptionSpec::name).doesNotHaveDuplicates().allMatch(name -> !name.isBlank());
        assertThat(specs).extracting(OptionSpec::description).allMatch(text -> !text.isBlank() && !text.contains("\n"));
        for (var spec : specs) {
            if (!spec.defaultText().isEmpty()) {
                assertThat(Options.check("options", specs, Map.of(spec.name(), spec.defaultText())))
                        .as("default of " + spec.name())
                        .isEmpty();
            }
        }
        assertThat(provider().create(Options.defaults(specs))).isNotNull();
    }

    // ---- pools of every kind

    @Test
    @DisplayName("an empty pool gives NONE")
    public void emptyPoolGivesNone() {
        var candidates = PoolFixture.of("").candidates();
        var picker = picker(candidates);
        var flows = new SeededFlows(1);
        for (int i = 0; i < 100; i++) {
            assertThat(picker.pick(flows.next())).isEqualTo(Picker.NONE);
        }
    }

    @Test
    @DisplayName("a single server gets every flow, and none when it is down")
    public void singleServerGetsEveryFlow() {
        var fixture = PoolFixture.of("a=3");
        var flows = new SeededFlows(2);
        var scheduler = scheduler();
        var picker = scheduler.build(fixture.candidates(), null);
        for (int i = 0; i < 100; i++) {
            assertThat(picker.pick(flows.next())).isZero();
        }
        var without = scheduler.build(fixture.down("a").candidates(), picker);
        assertThat(without.pick(flows.next())).isEqualTo(Picker.NONE);
        var again = scheduler.build(fixture.up("a").candidates(), without);
        assertThat(again.pick(flows.next())).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"down", "full", "ejected", "tried", "weight 0"})
    @DisplayName("a pool none of whose servers can serve gives NONE: all")
    public void poolWithoutServerThatCanServeGivesNone(String reason) {
        var fixture = PoolFixture.of("a=1,b=2,c=3");
        for (var name : new String[] {"a", "b", "c"}) {
            spoil(fixture, name, reason);
        }
        var picker = picker(fixture.candidates());
        var flows = new SeededFlows(3);
        for (int i = 0; i < 300; i++) {
            assertThat(picker.pick(triedIf(flows.next(), reason, 0, 1, 2))).isEqualTo(Picker.NONE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"down", "full", "ejected", "tried", "weight 0"})
    @DisplayName("a server that cannot serve is never picked, the others are:")
    public void serverThatCannotServeIsNeverPicked(String reason) {
        var fixture = PoolFixture.of("a=1,b=2,c=3,d=1");
        spoil(fixture, "b", reason);
        var candidates = fixture.candidates();
        var picker = picker(candidates);
        var flows = new SeededFlows(4);
        int picked = 0;
        for (int i = 0; i < 2_000; i++) {
            int index = picker.pick(triedIf(flows.next(), reason, 1));
            assertThat(index).isNotEqualTo(1);
            picked += index == Picker.NONE ? 0 : 1;
        }
        if (is(SchedulerTrait.REFUSES)) {
            assertThat(picked).isPositive();
        } else {
            assertThat(picked).isEqualTo(2_000);
        }
    }

    @Test
    @DisplayName("in pools of random states only servers that can serve are picked, and NONE only where there is none")
    public void randomStatesAreRespected() {
        var random = new Flow(5);
        var scheduler = scheduler();
        var flows = new SeededFlows(5);
        Picker previous = null;
        for (int round = 0; round < 400; round++) {
            var candidates = randomPool(random).candidates();
            previous = scheduler.build(candidates, round % 10 == 0 ? null : previous);
            for (int i = 0; i < 25; i++) {
                var flow = flows.next();
                for (int index = 0; index < candidates.size(); index++) {
                    if (random.nextInt(6) == 0) {
                        flow.markTried(index);
                    }
                }
                checkAnswer(candidates, flow, previous.pick(flow));
            }
        }
    }

    @Test
    @DisplayName("a flow without key, client address or destination is served all the same")
    public void bareFlowIsServed() {
        var candidates = PoolFixture.of("a,b=2,c").candidates();
        var picker = picker(candidates);
        var flow = new Flow(6);
        for (int i = 0; i < 100; i++) {
            checkAnswer(candidates, flow.clear(), picker.pick(flow));
        }
    }

    @Test
    @DisplayName("a flow that was refused by every server but one reaches that one")
    public void lastServerIsReached() {
        if (is(SchedulerTrait.REFUSES)) {
            return;
        }
        var candidates = PoolFixture.ofSize(100, 1, 7, 3).candidates();
        var picker = picker(candidates);
        var flows = new SeededFlows(7);
        for (int last = 0; last < candidates.size(); last++) {
            var flow = flows.next();
            for (int index = 0; index < candidates.size(); index++) {
                if (index != last) {
                    flow.markTried(index);
                }
            }
            assertThat(picker.pick(flow)).isEqualTo(last);
        }
    }

    // ---- shares

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    @DisplayName("shares follow the weights (or are even) in a pool of random weights")
    public void sharesFollowRandomWeights(long seed) {
        var random = new Flow(seed);
        int size = 2 + random.nextInt(9);
        var weights = new int[size];
        for (int i = 0; i < size; i++) {
            weights[i] = 1 + random.nextInt(greatestWeight());
        }
        var candidates = PoolFixture.ofSize(size, weights).candidates();
        checkShares(candidates, picker(candidates), new SeededFlows(seed), SHARE_PICKS);
    }

    @Test
    @DisplayName("after weights changed the shares follow the new ones")
    public void sharesFollowChangedWeights() {
        var scheduler = scheduler();
        var before = PoolFixture.of("a=1,b=4,c=2").candidates();
        var old = scheduler.build(before, null);
        var flows = new SeededFlows(21);
        for (int i = 0; i < 1_001; i++) {
            old.pick(flows.next());
        }
        var changed = PoolFixture.of("a=4,b=1,c=2,d=0").candidates();
        var picker = scheduler.build(changed, old);
        checkShares(changed, picker, flows, SHARE_PICKS);
        var back = PoolFixture.of("a=0,b=3,c=3").candidates();
        checkShares(back, scheduler.build(back, picker), flows, SHARE_PICKS);
    }

    @Test
    @DisplayName("a server with far more open flows gets fewer new ones")
    public void loadIsSeen() {
        checkLoadIsSeen(1_000);
    }

    // ---- counters near overflow

    @Test
    @DisplayName("counts of open flows near the greatest integer confuse nothing")
    public void loadsNearOverflowAreHandled() {
        checkLoadIsSeen(Integer.MAX_VALUE - 1);
        var fixture = PoolFixture.of("a=1,b=65535,c=3");
        for (var name : new String[] {"a", "b", "c"}) {
            fixture.active(name, Integer.MAX_VALUE - 7, Integer.MAX_VALUE - 3);
        }
        var candidates = fixture.candidates();
        var picker = picker(candidates);
        var flows = new SeededFlows(31);
        for (int i = 0; i < 1_000; i++) {
            var flow = flows.next();
            int index = picker.pick(flow);
            if (index != Picker.NONE || !is(SchedulerTrait.REFUSES)) {
                checkAnswer(candidates, flow, index);
            }
        }
    }

    @Test
    @DisplayName("rotation goes on rightly when its counters wrap")
    public void rotationSurvivesWrap() {
        var candidates = PoolFixture.of("a=3,b=1,c=2").candidates();
        var near = pickerNearOverflow(candidates);
        checkShares(
                candidates,
                near.orElseGet(() -> picker(candidates)),
                new SeededFlows(32),
                near.isPresent() ? 60_000 : 1_000_000);
    }

    @Test
    @DisplayName("a thousand rebuilds, each from the last, leave it right")
    public void rebuildsDoNotDrift() {
        var scheduler = scheduler();
        var fixture = PoolFixture.of("a=3,b=1,c=2");
        var flows = new SeededFlows(33);
        Picker picker = null;
        for (int i = 0; i < 1_000; i++) {
            fixture.weight("b", 1 + i % 5);
            picker = scheduler.build(fixture.candidates(), picker);
            assertThat(picker.pick(flows.next())).isBetween(0, 2);
        }
        var candidates = fixture.weight("b", 1).candidates();
        checkShares(candidates, scheduler.build(candidates, picker), flows, SHARE_PICKS);
    }

    // ---- threads

    @Test
    @DisplayName("pools swapped while four threads pick: no exception, no server of another state, no wrong NONE")
    public void poolMayBeSwappedWhileThreadsPick() throws InterruptedException {
        var failure = new SwapTrial(scheduler(), is(SchedulerTrait.REFUSES)).run();
        if (failure != null) {
            fail("a thread failed while pools were swapped", failure);
        }
    }

    // ---- determinism

    @Test
    @DisplayName("the same seed and flows give the same picks")
    public void sameSeedGivesSamePicks() {
        var candidates = PoolFixture.of("a=3,b=1,c=2,d=5").candidates();
        var one = new SeededFlows(41);
        var other = new SeededFlows(41);
        var first = PoolFixture.sequence(candidates, picker(candidates), one::next, 500);
        var second = PoolFixture.sequence(candidates, picker(candidates), other::next, 500);
        assertThat(second).isEqualTo(first);
    }

    @Test
    @DisplayName("equal flows get the same server")
    public void equalFlowsGetTheSameServer() {
        if (!is(SchedulerTrait.KEYED)) {
            return;
        }
        var candidates = PoolFixture.of("a=3,b=1,c=2,d=5").candidates();
        var scheduler = scheduler();
        var picker = scheduler.build(candidates, null);
        var flows = new SeededFlows(42);
        var first = placement(picker, flows);
        assertThat(placement(picker, flows)).containsExactly(first);
        assertThat(placement(scheduler.build(candidates, picker), flows)).containsExactly(first);
    }

    // ---- consistency

    @Test
    @DisplayName("a server that goes moves its own flows only, and its return brings them back")
    public void removalMovesOnlyItsShare() {
        if (!is(SchedulerTrait.CONSISTENT)) {
            return;
        }
        var fixture = PoolFixture.ofSize(10, 1, 2, 3);
        var scheduler = scheduler();
        var flows = new SeededFlows(51);
        var all = fixture.candidates();
        var before = scheduler.build(all, null);
        var placed = placement(before, flows);
        var gone = all.id(removedServer(all.size()));

        var fewer = PoolFixture.ofSize(10, 1, 2, 3).remove(gone).candidates();
        var removed = scheduler.build(fewer, before);
        checkMoves("removed", all, placed, fewer, placement(removed, flows), gone);
        assertThat(placement(scheduler.build(all, removed), flows))
                .as("after its return")
                .containsExactly(placed);

        var withDown = PoolFixture.ofSize(10, 1, 2, 3).down(gone).candidates();
        checkMoves("down", all, placed, withDown, placement(scheduler.build(withDown, before), flows), gone);
    }

    // ---- allocation

    @ParameterizedTest(name = "{0} servers")
    @ValueSource(ints = {3, 100})
    @DisplayName("picking and reporting allocates nothing")
    public void pickAllocatesNothing(int size) {
        var candidates = PoolFixture.ofSize(size, 1, 5, 2).candidates();
        var picker = picker(candidates);
        var flows = new SeededFlows(61);
        long bytes = Allocation.bytes(10_000, () -> {
            int index = picker.pick(flows.next());
            if (index != Picker.NONE) {
                picker.onConnected(index, 1_000);
                picker.onFirstByte(index, 2_000);
                picker.onCompleted(index, 3_000);
                picker.onFailed(index, 4_000);
            }
        });
        assertThat(bytes).as("bytes allocated by 10,000 picks").isZero();
    }

    // ---- the checks

    private static void spoil(PoolFixture fixture, String name, String reason) {
        switch (reason) {
            case "down" -> fixture.down(name);
            case "full" -> fixture.full(name);
            case "ejected" -> fixture.ejected(name);
            case "weight 0" -> fixture.weight(name, 0);
            default -> assertThat(reason).isEqualTo("tried");
        }
    }

    private static Flow triedIf(Flow flow, String reason, int... indexes) {
        if (reason.equals("tried")) {
            for (int index : indexes) {
                flow.markTried(index);
            }
        }
        return flow;
    }

    private PoolFixture randomPool(Flow random) {
        int size = random.nextInt(13);
        var fixture = PoolFixture.of("");
        for (int i = 0; i < size; i++) {
            var name = "s" + i;
            fixture.add(name + "=" + random.nextInt(6)).active(name, random.nextInt(5), random.nextInt(5));
            switch (random.nextInt(8)) {
                case 0 -> fixture.down(name);
                case 1 -> fixture.full(name);
                case 2 -> fixture.ejected(name);
                default -> {}
            }
        }
        return fixture;
    }

    private void checkAnswer(Candidates candidates, Flow flow, int index) {
        if (index != Picker.NONE) {
            assertThat(index).as("index of a server").isBetween(0, candidates.size() - 1);
            assertThat(candidates.isEligible(index, flow))
                    .as("server " + index + " can serve this flow")
                    .isTrue();
        } else if (!is(SchedulerTrait.REFUSES)) {
            for (int i = 0; i < candidates.size(); i++) {
                assertThat(candidates.isEligible(i, flow))
                        .as("NONE was given, but server " + i + " can serve")
                        .isFalse();
            }
        }
    }

    /** Counts {@code picks} and compares each server's share with its due, where the scheduler promises one. */
    private void checkShares(Candidates candidates, Picker picker, SeededFlows flows, int picks) {
        var counts = new long[candidates.size()];
        for (int i = 0; i < picks; i++) {
            var flow = flows.next();
            int index = picker.pick(flow);
            checkAnswerFast(candidates, flow, index);
            if (index == Picker.NONE) {
                continue;
            }
            counts[index]++;
            if (is(SchedulerTrait.LOAD_AWARE)) {
                candidates.load(index).addActive(1);
            }
        }
        double sum = 0;
        long served = 0;
        for (int i = 0; i < counts.length; i++) {
            sum += due(candidates, i);
            served += counts[i];
        }
        if (is(SchedulerTrait.BY_WEIGHT) || is(SchedulerTrait.EVEN)) {
            for (int i = 0; i < counts.length; i++) {
                double expected = served * due(candidates, i) / sum;
                assertThat((double) counts[i])
                        .as("flows of " + candidates.id(i) + " with weight " + candidates.weight(i) + " of " + served
                                + " served")
                        .isBetween(
                                expected * (1 - shareTolerance()) - 5 * Math.sqrt(expected),
                                expected * (1 + shareTolerance()) + 5 * Math.sqrt(expected));
            }
        }
    }

    /** As {@link #checkAnswer}, without the cost of an assertion's description for each of a million right answers. */
    private void checkAnswerFast(Candidates candidates, Flow flow, int index) {
        if (index < 0 || index >= candidates.size() || !candidates.isEligible(index, flow)) {
            checkAnswer(candidates, flow, index);
        }
    }

    private double due(Candidates candidates, int index) {
        if (!candidates.isUsable(index)) {
            return 0;
        }
        return is(SchedulerTrait.EVEN) ? 1 : candidates.weight(index);
    }

    private void checkLoadIsSeen(int open) {
        if (!is(SchedulerTrait.LOAD_AWARE)) {
            return;
        }
        for (int weight : new int[] {1, 2, 100}) {
            var candidates = PoolFixture.ofSize(2, weight).active("s0", open).candidates();
            var picker = picker(candidates);
            var flows = new SeededFlows(22);
            int idle = 0;
            for (int i = 0; i < 1_000; i++) {
                idle += picker.pick(flows.next()) == 1 ? 1 : 0;
            }
            assertThat(idle)
                    .as("flows of 1,000 given to the idle server of two with weight " + weight)
                    .isGreaterThan(520);
        }
    }

    private static int[] placement(Picker picker, SeededFlows flows) {
        var placed = new int[KEYS];
        for (int i = 0; i < KEYS; i++) {
            placed[i] = picker.pick(flows.numbered(i));
        }
        return placed;
    }

    private void checkMoves(
            String what, Candidates before, int[] placedBefore, Candidates after, int[] placedAfter, String gone) {
        int ofGone = 0;
        int movedOfOthers = 0;
        for (int key = 0; key < KEYS; key++) {
            var was = before.id(placedBefore[key]);
            if (was.equals(gone)) {
                ofGone++;
            } else if (placedAfter[key] == Picker.NONE || !was.equals(after.id(placedAfter[key]))) {
                movedOfOthers++;
            }
        }
        double sum = 0;
        for (int i = 0; i < before.size(); i++) {
            sum += due(before, i);
        }
        double share = KEYS * due(before, before.indexOf(gone)) / sum;
        assertThat((double) ofGone)
                .as("flows of the server that is " + what)
                .isLessThan(share * (1 + shareTolerance()) + 5 * Math.sqrt(share));
        assertThat((double) movedOfOthers)
                .as("flows of other servers that moved when one is " + what)
                .isLessThanOrEqualTo(KEYS * disruption());
    }
}
