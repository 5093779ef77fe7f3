package io.steelyard.vrrp.defence;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.SplitBrainDefence.AddressProbe;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.election.Effect;
import io.steelyard.vrrp.election.ElectionEvent;
import io.steelyard.vrrp.election.Phase;
import io.steelyard.vrrp.election.RouterState;
import io.steelyard.vrrp.wire.Bytes;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GuardedElectionTest {
    private static final InetAddress OURS = InetAddress.ofLiteral("192.0.2.10");
    private static final InetAddress OTHER = InetAddress.ofLiteral("192.0.2.11");
    private static final InetAddress VIRTUAL = InetAddress.ofLiteral("192.0.2.1");
    private static final long SECOND = 1_000_000_000L;

    private final List<String> done = new ArrayList<>();
    private final List<Long> heldEpochs = new ArrayList<>();
    private long nowNs = 100 * SECOND;

    private final DefenceActions actions = new DefenceActions() {
        @Override
        public void carryOut(Effect effect, long atNs) {
            if (effect instanceof Effect.SendAdvert advert) {
                done.add("advert " + advert.priority());
            } else if (effect instanceof Effect.Apply apply) {
                if (apply.step() == Effect.Step.ADD_ADDRESSES || apply.step() == Effect.Step.REMOVE_ADDRESSES) {
                    done.add(apply.step().name());
                }
            }
        }

        @Override
        public void keepAddresses(int seconds) {
            done.add("keep " + seconds);
        }

        @Override
        public void askReachability() {
            done.add("reach");
        }

        @Override
        public void askLease(int priority, long leaseNs, long sequence, long heldEpoch) {
            done.add("ask " + priority);
            heldEpochs.add(heldEpoch);
        }

        @Override
        public void giveUpLease(long sequence) {
            done.add("give up");
        }

        @Override
        public void probeAddresses() {
            done.add("probe");
        }

        @Override
        public void fence(long formerHigh, long formerLow) {
            done.add("fence " + Bytes.address(formerHigh, formerLow).getHostAddress());
        }

        @Override
        public void readyForGroup() {
            done.add("ready");
        }

        @Override
        public void report(Finding finding) {
            done.add(finding.getClass().getSimpleName());
        }
    };

    private GuardedElection started(SplitBrainDefence.Builder defence) {
        return started(defence, false);
    }

    private GuardedElection started(SplitBrainDefence.Builder defence, boolean isGroupMember) {
        var router = VirtualRouter.builder("gate", "eth0", 51)
                .address("192.0.2.1")
                .defence(defence.build())
                .build();
        var guarded = new GuardedElection(router, OURS, isGroupMember, 0, actions);
        guarded.on(ElectionEvent.Start.now(), nowNs);
        done.clear();
        return guarded;
    }

    private void pass(GuardedElection guarded, Duration time) {
        long endNs = nowNs + time.toNanos();
        while (guarded.nextNs() != RouterState.NEVER && guarded.nextNs() <= endNs) {
            nowNs = Math.max(nowNs, guarded.nextNs());
            guarded.tick(nowNs);
        }
        nowNs = endNs;
    }

    private void passDown(GuardedElection guarded) {
        pass(guarded, Duration.ofNanos(3_609_375_000L));
    }

    private static SplitBrainDefence.Builder witness() {
        return SplitBrainDefence.builder().witness(SplitBrainDefence.Witness.of("test", Map.of()));
    }

    @Test
    void withoutAskingAnybodyTheAddressesAreTakenAndTheKernelIsToldForHowLong() {
        var guarded = started(SplitBrainDefence.builder());
        passDown(guarded);
        assertThat(done).containsExactly("advert 100", "ADD_ADDRESSES", "keep 3", "probe");
        done.clear();
        pass(guarded, Duration.ofSeconds(3));
        assertThat(done.stream().filter("keep 3"::equals)).hasSize(3);
    }

    @Test
    void anAddressInUseIsReportedAndClaimedAllTheSame() {
        var guarded = started(SplitBrainDefence.builder());
        passDown(guarded);
        guarded.probeAnswered(VIRTUAL, nowNs);
        assertThat(done).endsWith("AddressInUse");
        assertThat(guarded.state().isActive()).isTrue();
    }

    @Test
    void anAddressInUseIsLeftAloneWherePolicySaysSo() {
        var guarded = started(SplitBrainDefence.builder().addressProbe(AddressProbe.REFUSE));
        passDown(guarded);
        assertThat(done).containsExactly("probe");
        pass(guarded, Duration.ofNanos(99_999_999));
        guarded.probeAnswered(VIRTUAL, nowNs);
        pass(guarded, Duration.ofSeconds(3));
        assertThat(guarded.state().phase()).isEqualTo(Phase.BACKUP);
        pass(guarded, Duration.ofSeconds(1));
        assertThat(guarded.state().isActive()).as("silence the next time").isTrue();
    }

    @Test
    void noLeaseNoAddress() {
        var guarded = started(witness());
        passDown(guarded);
        assertThat(done).containsExactly("ask 100");
        pass(guarded, Duration.ofSeconds(20));
        assertThat(guarded.state().phase()).isEqualTo(Phase.BACKUP);
        guarded.leaseAnswered(nowNs, true, 7, false, nowNs);
        assertThat(guarded.state().isActive()).isTrue();
        assertThat(guarded.epoch()).isEqualTo(7);
        assertThat(done).contains("keep 2");
    }

    /** A member of a group that has its lease and waits for the others. */
    private GuardedElection waitingForItsGroup() {
        var guarded = started(witness(), true);
        passDown(guarded);
        guarded.leaseAnswered(nowNs, true, 1, false, nowNs);
        assertThat(guarded.isReadyForGroup()).isTrue();
        done.clear();
        return guarded;
    }

    @Test
    void whoWaitsForItsGroupGivesAwayTheLeaseThatAHigherPriorityWants() {
        var guarded = waitingForItsGroup();

        guarded.leaseAnswered(nowNs, true, 1, true, nowNs);

        assertThat(done).contains("give up");
        assertThat(guarded.isReadyForGroup()).isFalse();
        pass(guarded, Duration.ofMillis(500));
        assertThat(done).as("and claims again").contains("ask 100");
    }

    @Test
    void aLeaseIsKeptForAnIncompleteGroupNoLongerThanTheDownInterval() {
        var guarded = waitingForItsGroup();

        pass(guarded, Duration.ofNanos(3_609_374_999L));
        assertThat(guarded.isReadyForGroup()).isTrue();
        assertThat(done).doesNotContain("give up");

        pass(guarded, Duration.ofNanos(1));
        assertThat(guarded.isReadyForGroup()).isFalse();
        assertThat(done).contains("give up");
    }

    @Test
    void aCompleteGroupGoesOn() {
        var guarded = waitingForItsGroup();

        guarded.groupMayClaim(nowNs);

        assertThat(guarded.state().phase()).isEqualTo(Phase.ACTIVE);
        pass(guarded, Duration.ofSeconds(1));
        assertThat(done).doesNotContain("give up");
    }

    @Test
    void aRefusedLeaseIsAskedForAgain() {
        var guarded = started(witness());
        passDown(guarded);
        guarded.leaseAnswered(nowNs, false, 3, false, nowNs);
        assertThat(done).containsExactly("ask 100", "LeaseRefused", "give up");
        done.clear();
        pass(guarded, Duration.ofMillis(500));
        assertThat(done).containsExactly("ask 100");
    }

    @Test
    void withoutAnswersTheAddressesAreGoneBeforeTheLeaseEnds() {
        var guarded = started(witness());
        passDown(guarded);
        guarded.leaseAnswered(nowNs, true, 1, false, nowNs);
        done.clear();
        pass(guarded, Duration.ofMillis(1_900));
        assertThat(guarded.state().isActive()).isTrue();
        pass(guarded, Duration.ofMillis(600));
        assertThat(guarded.state().isActive()).isFalse();
        int removed = done.indexOf("REMOVE_ADDRESSES");
        assertThat(done.indexOf("give up")).as("only then").isGreaterThan(removed);
        assertThat(done.indexOf("advert 0")).isGreaterThan(removed);
    }

    @Test
    void aHolderGivesWayToAHigherPriority() {
        var guarded = started(witness());
        passDown(guarded);
        guarded.leaseAnswered(nowNs, true, 1, false, nowNs);
        guarded.leaseAnswered(nowNs, true, 1, true, nowNs);
        assertThat(guarded.state().phase()).isEqualTo(Phase.BACKUP);
        assertThat(done).contains("LeaseWanted", "give up");
    }

    @Test
    void anIsolatedMachineDoesNotClaim() {
        var guarded = started(SplitBrainDefence.builder().reachability(SplitBrainDefence.Reachability.gateway()));
        guarded.isolated(true, nowNs);
        pass(guarded, Duration.ofSeconds(30));
        assertThat(guarded.state().phase()).isEqualTo(Phase.BACKUP);
        guarded.isolated(false, nowNs);
        pass(guarded, Duration.ofSeconds(1));
        guarded.reached(true, nowNs);
        assertThat(guarded.state().isActive()).isTrue();
    }

    @Test
    void aClaimAsksWhetherAnybodyIsThereBeforeTheVoteHasNoticed() {
        var guarded = started(SplitBrainDefence.builder().reachability(SplitBrainDefence.Reachability.gateway()));
        passDown(guarded);
        assertThat(done).containsExactly("reach");
        pass(guarded, Duration.ofMillis(999));
        assertThat(done).containsExactly("reach");
        pass(guarded, Duration.ofMillis(1));
        assertThat(done).containsExactly("reach", "Isolated");
        guarded.reached(true, nowNs);
        assertThat(guarded.state().phase()).as("too late").isEqualTo(Phase.BACKUP);
        pass(guarded, Duration.ofSeconds(1));
        assertThat(done).containsExactly("reach", "Isolated", "reach");
        guarded.reached(true, nowNs);
        assertThat(guarded.state().isActive()).isTrue();
    }

    @Test
    void whoIsHeardOnAnotherPathIsNotReplaced() {
        var guarded = started(SplitBrainDefence.builder());
        guarded.activeElsewhere("b", 200, true, 5 * SECOND, nowNs);
        passDown(guarded);
        assertThat(done).contains("AdvertPathSilent");
        assertThat(guarded.state().phase()).isEqualTo(Phase.BACKUP);
        guarded.notActiveElsewhere("b");
        pass(guarded, Duration.ofSeconds(1));
        assertThat(guarded.state().isActive()).isTrue();
        var preempting = started(SplitBrainDefence.builder());
        preempting.activeElsewhere("b", 50, false, 5 * SECOND, nowNs);
        passDown(preempting);
        assertThat(preempting.state().isActive())
                .as("a lower priority is preempted")
                .isTrue();
    }

    @Test
    void theFormerActiveRouterIsFencedFirst() {
        var fencing = new SplitBrainDefence.Fencing("test", Map.of(), Duration.ofSeconds(10), true);
        var guarded = started(SplitBrainDefence.builder().fencing(fencing));
        guarded.on(new ElectionEvent.AdvertHeard(200, 100, 0, Bytes.low(OTHER)), nowNs);
        passDown(guarded);
        assertThat(done).containsExactly("fence 192.0.2.11");
        pass(guarded, Duration.ofSeconds(10));
        assertThat(done).contains("FencingFailed");
        assertThat(guarded.state().phase()).isEqualTo(Phase.BACKUP);
        pass(guarded, Duration.ofSeconds(4));
        guarded.fenced(true, nowNs);
        assertThat(guarded.state().isActive()).isTrue();
    }

    @Test
    void anOptionalFencingThatFailsHoldsNothingUp() {
        var fencing = new SplitBrainDefence.Fencing("test", Map.of(), Duration.ofSeconds(10), false);
        var guarded = started(SplitBrainDefence.builder().fencing(fencing));
        guarded.on(new ElectionEvent.AdvertHeard(200, 100, 0, Bytes.low(OTHER)), nowNs);
        passDown(guarded);
        guarded.fenced(false, nowNs);
        assertThat(guarded.state().isActive()).isTrue();
    }

    @Test
    void afterALongPauseItIsBackupBeforeItSaysAWord() {
        var guarded = started(SplitBrainDefence.builder());
        passDown(guarded);
        done.clear();
        nowNs += 5 * SECOND;
        guarded.paused(4 * SECOND, nowNs);
        guarded.tick(nowNs);
        assertThat(done).containsExactly("REMOVE_ADDRESSES", "Paused");
    }

    @Test
    void whoSaidGoodByeIsNotFenced() {
        var fencing = new SplitBrainDefence.Fencing("test", Map.of(), Duration.ofSeconds(10), true);
        var guarded = started(SplitBrainDefence.builder().fencing(fencing));
        guarded.on(new ElectionEvent.AdvertHeard(200, 100, 0, Bytes.low(OTHER)), nowNs);
        guarded.on(new ElectionEvent.AdvertHeard(0, 100, 0, Bytes.low(OTHER)), nowNs);
        passDown(guarded);
        assertThat(guarded.state().isActive()).isTrue();
        assertThat(done).noneMatch(what -> what.startsWith("fence"));
    }

    @Test
    void addressesOfALowerPriorityThatIsHeardMayAnswer() {
        var guarded = started(SplitBrainDefence.builder().addressProbe(AddressProbe.REFUSE));
        for (int i = 0; i < 4; i++) {
            guarded.on(new ElectionEvent.AdvertHeard(50, 100, 0, Bytes.low(OTHER)), nowNs);
            pass(guarded, Duration.ofSeconds(1));
        }
        assertThat(guarded.state().isActive()).as("it will give way").isTrue();
        assertThat(done).doesNotContain("probe");
    }

    @Test
    void whoIsHeldBackClaimsNothingUntilItMayAgain() {
        var guarded = started(SplitBrainDefence.builder());
        guarded.holdBack(true);
        pass(guarded, Duration.ofSeconds(30));
        assertThat(guarded.state().phase()).isEqualTo(Phase.BACKUP);
        guarded.holdBack(false);
        pass(guarded, Duration.ofSeconds(1));
        assertThat(guarded.state().isActive()).isTrue();
    }

    @Test
    void aHolderSaysWhichLeaseItRenews() {
        var guarded = started(witness());
        passDown(guarded);
        assertThat(heldEpochs).containsExactly(0L);
        guarded.leaseAnswered(nowNs, true, 7, false, nowNs);
        pass(guarded, Duration.ofMillis(600));
        assertThat(heldEpochs).endsWith(7L);
    }

    @Test
    void twoActiveRoutersThatHearEachOtherOnAnotherPathOnlySettleIt() {
        var guarded = started(SplitBrainDefence.builder());
        passDown(guarded);
        guarded.activeElsewhere("b", 50, false, 5 * SECOND, nowNs);
        assertThat(guarded.state().isActive()).isTrue();
        guarded.activeElsewhere("b", 200, true, 5 * SECOND, nowNs);
        assertThat(guarded.state().phase()).isEqualTo(Phase.BACKUP);
        pass(guarded, Duration.ofMillis(4_900));
        assertThat(guarded.state().phase()).as("as long as it says so").isEqualTo(Phase.BACKUP);
        pass(guarded, Duration.ofSeconds(2));
        assertThat(guarded.state().isActive()).isTrue();
    }

    @Test
    void whatCouldNotBeToldToTheKernelIsReckonedAnew() {
        var guarded = started(witness());
        passDown(guarded);
        guarded.leaseAnswered(nowNs, true, 7, false, nowNs);
        done.clear();
        guarded.refreshAt(nowNs + 1_000_000);
        pass(guarded, Duration.ofNanos(999_999));
        assertThat(done).isEmpty();
        pass(guarded, Duration.ofNanos(1));
        assertThat(done).containsExactly("keep 2");
    }
}
