package io.steelyard.vrrp.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.VirtualRouter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupElectionTest {
    private final List<Desk> desks = new ArrayList<>();

    private void group(int members) {
        for (int i = 0; i < members; i++) {
            var desk =
                    new Desk(VirtualRouter.builder("r" + i, "eth" + i, 10 + i).address("192.0.2." + (i + 1)), true);
            desks.add(desk);
            tell(i, ElectionEvent.Start.now());
        }
    }

    private List<RouterState> states() {
        return desks.stream().map(desk -> desk.state).toList();
    }

    private void tell(int member, ElectionEvent event) {
        var desk = desks.get(member);
        var outcome = desk.election.on(desk.state, event, desk.nowNs);
        desk.state = outcome.state();
        desk.effects.addAll(outcome.effects());
        GroupElection.after(states(), member, outcome).forEach(message -> tell(message.member(), message.event()));
        GroupElection.claims(states()).forEach(message -> tell(message.member(), message.event()));
    }

    private void expire(int member) {
        var desk = desks.get(member);
        desk.nowNs = Math.max(desk.nowNs, desk.state.deadlineNs());
        tell(member, new ElectionEvent.TimerExpired());
    }

    private List<Phase> phases() {
        return desks.stream().map(Desk::phase).toList();
    }

    @Test
    void aGroupIsActiveOnlyWhenAllCouldBe() {
        group(3);
        expire(0);
        expire(1);
        assertThat(phases()).containsOnly(Phase.BACKUP);
        expire(2);
        assertThat(phases()).containsOnly(Phase.ACTIVE);
    }

    @Test
    void oneMembersFaultIsEverybodys() {
        group(2);
        expire(0);
        expire(1);
        tell(0, new ElectionEvent.Health(false));
        assertThat(phases()).containsOnly(Phase.FAULT);
        assertThat(desks.get(1).adverts()).as("it says so").endsWith(0);
        tell(0, new ElectionEvent.Health(true));
        assertThat(phases()).containsOnly(Phase.BACKUP);
    }

    @Test
    void theFaultEndsWithTheLastOfThem() {
        group(2);
        tell(0, new ElectionEvent.Health(false));
        tell(1, new ElectionEvent.Health(false));
        tell(0, new ElectionEvent.Health(true));
        assertThat(phases()).containsOnly(Phase.FAULT);
        tell(1, new ElectionEvent.Health(true));
        assertThat(phases()).containsOnly(Phase.BACKUP);
    }

    @Test
    void oneThatBecomesBackupTakesTheOthersAlong() {
        group(2);
        expire(0);
        expire(1);
        tell(0, new ElectionEvent.AdvertHeard(200, 100, 0, 5));
        assertThat(phases()).containsOnly(Phase.BACKUP);
    }

    @Test
    void aLowerPriorityHeardByOneIsAnsweredByAllWithAnnouncements() {
        group(2);
        expire(0);
        expire(1);
        desks.get(1).effects.clear();
        tell(0, new ElectionEvent.AdvertHeard(50, 100, 0, 5));
        assertThat(desks.get(1).effects).containsExactly(new Effect.Announce(Effect.Cause.LOWER_PRIORITY));
    }
}
