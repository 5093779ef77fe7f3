package io.steelyard.vrrp.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimersTest {
    private final Timers timers = new Timers();
    private final List<String> ran = new ArrayList<>();

    @Test
    void runsNothingOneTickBeforeAndAllThatIsDueAtTheDeadline() {
        timers.timer(() -> ran.add("late")).set(11);
        timers.timer(() -> ran.add("second")).set(10);
        timers.timer(() -> ran.add("first")).set(9);

        assertThat(timers.isDue(8)).isFalse();
        timers.run(8);
        assertThat(ran).isEmpty();
        timers.run(10);
        assertThat(ran).containsExactly("first", "second");
        assertThat(timers.earliestNs()).isEqualTo(11);
    }

    @Test
    void isMovedAndStopped() {
        var moved = timers.timer(() -> ran.add("moved"));
        var stopped = timers.timer(() -> ran.add("stopped"));
        moved.set(5);
        stopped.set(6);
        moved.set(50);
        stopped.stop();

        timers.run(49);
        assertThat(ran).isEmpty();
        assertThat(moved.isSet()).isTrue();
        timers.run(50);
        assertThat(ran).containsExactly("moved");
        assertThat(timers.isEmpty()).isTrue();
    }

    @Test
    void aClockThatWrapsDoesNoHarm() {
        timers.timer(() -> ran.add("after")).set(Long.MIN_VALUE + 5);
        timers.timer(() -> ran.add("before")).set(Long.MAX_VALUE - 5);

        timers.run(Long.MAX_VALUE);
        assertThat(ran).containsExactly("before");
        timers.run(Long.MIN_VALUE + 5);
        assertThat(ran).containsExactly("before", "after");
    }

    @Test
    void aTimerThatSetsItselfForNowHoldsNobodyForEver() {
        var holder = new Timers.Timer[1];
        var count = new int[1];
        holder[0] = timers.timer(() -> {
            count[0]++;
            holder[0].set(1);
        });
        holder[0].set(1);

        timers.run(1);

        assertThat(count[0]).isBetween(1, 2_000);
    }

    @Test
    void keepsTheOrderOfAnyChanges() {
        var random = new Random(4);
        var all = new ArrayList<Timers.Timer>();
        var expected = new ArrayList<long[]>();
        for (int i = 0; i < 200; i++) {
            int id = i;
            all.add(timers.timer(() -> ran.add(Integer.toString(id))));
        }
        for (int step = 0; step < 20_000; step++) {
            int id = random.nextInt(all.size());
            expected.removeIf(entry -> entry[0] == id);
            if (random.nextInt(4) == 0) {
                all.get(id).stop();
            } else {
                // Unequal deadlines, so that there is one order.
                long deadline = random.nextInt(1_000_000) * 200L + id;
                all.get(id).set(deadline);
                expected.add(new long[] {id, deadline});
            }
        }
        expected.sort(Comparator.comparingLong(entry -> entry[1]));

        timers.run(Long.MAX_VALUE);

        assertThat(ran)
                .containsExactlyElementsOf(
                        expected.stream().map(entry -> Long.toString(entry[0])).toList());
    }
}
