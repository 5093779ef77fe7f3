package io.steelyard.core.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The timer wheel in virtual time. */
class TimerWheelTest {
    private static final long SECOND_NS = 1_000_000_000L;

    /** One slot: how late a deadline may be met. */
    private static final long SLOT_NS = 1L << 23;

    private long nowNs = 123_456_789_000L;
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(Comparator.comparingLong(Alarm::atNs));
    private final TimerWheel wheel =
            new TimerWheel(() -> nowNs, (delayNs, task) -> alarms.add(new Alarm(nowNs + delayNs, task)));
    private final List<Fired> fired = new ArrayList<>();

    private record Alarm(long atNs, Runnable task) {}

    private record Fired(Timer timer, long atNs) {}

    @Test
    void meetsADeadlineNotEarlyAndAtMostOneSlotLate() {
        var timer = set(5 * SECOND_NS);
        long deadlineNs = nowNs + 5 * SECOND_NS;

        advanceTo(deadlineNs - 1);
        assertThat(fired).isEmpty();
        advanceTo(deadlineNs + SLOT_NS);

        assertThat(fired).extracting(Fired::timer).containsExactly(timer);
        assertThat(timer.isSet()).isFalse();
    }

    @Test
    void aCancelledTimerNeverFires() {
        wheel.cancel(set(SECOND_NS));

        advanceTo(nowNs + 10 * SECOND_NS);

        assertThat(fired).isEmpty();
        assertThat(wheel.size()).isZero();
    }

    @Test
    void aMovedTimerFiresOnceAtItsNewDeadline() {
        var timer = set(SECOND_NS);
        long movedNs = nowNs + 7 * SECOND_NS;
        wheel.set(timer, movedNs);

        advanceTo(movedNs - 1);
        assertThat(fired).isEmpty();
        advanceTo(movedNs + SLOT_NS);
        assertThat(fired).hasSize(1);
    }

    @Test
    void aTimerMayCancelItsNeighboursAsItFires() {
        var victims = new ArrayList<Timer>();
        for (int i = 0; i < 3; i++) {
            victims.add(set(SECOND_NS));
        }
        // Set last, so first in its slot.
        wheel.set(
                new Timer() {
                    @Override
                    protected void onDeadline(long at) {
                        victims.forEach(wheel::cancel);
                    }
                },
                nowNs + SECOND_NS);

        advanceTo(nowNs + 2 * SECOND_NS);

        assertThat(fired).isEmpty();
        assertThat(wheel.size()).isZero();
    }

    @Test
    void overtakenAlarmsDoNotPileUp() {
        for (int i = 100; i > 0; i--) {
            set(i * 40_000_000L);
        }

        advanceTo(nowNs + 5 * SECOND_NS);

        assertThat(fired).hasSize(100);
        assertThat(alarms).isEmpty();
    }

    @Test
    void manyRandomTimersAllFireInTheirSlot() {
        var random = new Random(42);
        var deadlines = new java.util.HashMap<Timer, Long>();
        for (int i = 0; i < 5_000; i++) {
            long delayNs = random.nextLong(60 * SECOND_NS);
            deadlines.put(set(delayNs), nowNs + delayNs);
            if (random.nextInt(10) == 0) {
                advanceTo(nowNs + random.nextLong(20_000_000L));
            }
        }

        advanceTo(nowNs + 61 * SECOND_NS);

        assertThat(fired)
                .hasSize(5_000)
                .allSatisfy(one ->
                        assertThat(one.atNs() - deadlines.get(one.timer())).isBetween(0L, SLOT_NS));
    }

    private Timer set(long delayNs) {
        var timer = new Timer() {
            @Override
            protected void onDeadline(long at) {
                fired.add(new Fired(this, at));
            }
        };
        wheel.set(timer, nowNs + delayNs);
        return timer;
    }

    private void advanceTo(long toNs) {
        while (!alarms.isEmpty() && alarms.peek().atNs() <= toNs) {
            var alarm = alarms.remove();
            nowNs = Math.max(nowNs, alarm.atNs());
            alarm.task().run();
        }
        nowNs = toNs;
    }
}
