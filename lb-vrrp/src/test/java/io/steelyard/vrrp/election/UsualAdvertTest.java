package io.steelyard.vrrp.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.Preemption;
import io.steelyard.vrrp.wire.Bytes;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Adverts that change nothing but the timer need no event: what that short way says is what the long way does. */
class UsualAdvertTest {
    private static final int STEPS = 20_000;

    private final Random random = new Random(7);
    private int usual;
    private int own;

    @Test
    void theShortWayDoesWhatTheLongWayDoes() {
        for (var preemption :
                new Preemption[] {Preemption.YES, Preemption.NO, Preemption.after(Duration.ofSeconds(3))}) {
            for (int priority : new int[] {100, 255}) {
                var desk = new Desk(Desk.router().priority(priority).preemption(preemption));
                desk.on(ElectionEvent.Start.now());
                for (int i = 0; i < STEPS; i++) {
                    step(desk);
                }
            }
        }
        assertThat(usual).as("the short way is taken").isGreaterThan(STEPS / 2);
        assertThat(own).as("so is that of adverts of our own").isGreaterThan(STEPS / 100);
    }

    private void step(Desk desk) {
        desk.nowNs += random.nextLong(400_000_000L);
        if (random.nextInt(200) == 0) {
            desk.on(new ElectionEvent.Health(random.nextInt(4) != 0));
        } else if (random.nextInt(300) == 0) {
            desk.on(new ElectionEvent.PriorityChanged(50 + random.nextInt(100)));
        } else if (desk.state.deadlineNs() <= desk.nowNs) {
            expire(desk);
        } else if (!desk.state.isActive() || random.nextInt(20) == 0) {
            hear(desk);
        }
    }

    private void expire(Desk desk) {
        long shortNs = desk.election.deadlineAfterOwnAdvertNs(desk.state, desk.state.deadlineNs(), desk.nowNs);
        var before = desk.state;
        var effects = desk.on(new ElectionEvent.TimerExpired());
        if (shortNs != RouterState.NEVER) {
            own++;
            assertThat(effects).containsExactly(new Effect.SendAdvert(before.priority()));
            assertThat(desk.state).isEqualTo(before.withDeadline(shortNs));
        }
    }

    private void hear(Desk desk) {
        int priority = new int[] {200, 200, 200, 200, 60, 60, 0, 110}[random.nextInt(8)];
        int centiseconds = random.nextInt(50) == 0 ? 200 : 100;
        var source = random.nextInt(20) == 0 ? Desk.LOWER : Desk.HIGHER;
        long high = Bytes.high(source);
        long low = Bytes.low(source);
        long shortNs =
                desk.election.deadlineAfterUsualAdvertNs(desk.state, priority, centiseconds, high, low, desk.nowNs);
        var before = desk.state;
        var effects = desk.on(new ElectionEvent.AdvertHeard(priority, centiseconds, high, low));
        if (shortNs != RouterState.NEVER) {
            usual++;
            assertThat(effects).isEmpty();
            assertThat(desk.state).isEqualTo(before.withDeadline(shortNs));
        }
    }
}
