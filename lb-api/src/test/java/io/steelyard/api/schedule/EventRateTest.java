package io.steelyard.api.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The sliding rate in virtual time, against worked numbers of HAProxy's formula. */
class EventRateTest {
    private static final long PERIOD = 10_000;
    private static final long START = 1_000_000;

    private final EventRate rate = new EventRate();

    private void events(int count, long atMs) {
        for (int i = 0; i < count; i++) {
            rate.add(1, PERIOD, START + atMs);
        }
    }

    private long at(long atMs) {
        return rate.rate(PERIOD, START + atMs);
    }

    @Test
    void nothingCountsBeforeTheFirstEvent() {
        assertThat(at(0)).isZero();
    }

    @Test
    void eventsOfThePeriodCountWhole() {
        events(5, 0);
        events(3, 9_999);
        assertThat(at(9_999)).isEqualTo(8);
    }

    @Test
    void thePeriodBeforeCountsByTheShareThatIsLeft() {
        events(20, 0);
        events(4, 12_500);
        // The period began at 10,000: 7,500 of 10,000 ms are left of the 20 before.
        assertThat(at(12_500)).isEqualTo(4 + 15);
        assertThat(at(19_999)).isEqualTo(4);
    }

    @Test
    void aPeriodThatEndedFadesWithoutAnEvent() {
        events(20, 0);
        assertThat(at(10_000)).isEqualTo(20);
        assertThat(at(15_000)).isEqualTo(10);
        assertThat(at(19_999)).isZero();
        assertThat(at(20_001)).isZero();
    }

    @Test
    void oneEventOfThePeriodBeforeCountsWhole() {
        events(1, 0);
        assertThat(at(19_999)).isEqualTo(1);
        assertThat(at(20_001)).isZero();
    }

    @Test
    void aWholePeriodOfSilenceForgetsWhatWasBefore() {
        events(20, 0);
        events(1, 20_000);
        assertThat(at(20_000)).isEqualTo(1);
    }

    @Test
    void aClockBelowZeroCountsToo() {
        assertThat(rate.add(1, PERIOD, -5_000_000)).isEqualTo(1);
        assertThat(rate.rate(PERIOD, -4_999_000)).isEqualTo(1);
        assertThat(rate.rate(PERIOD, -4_900_000)).isZero();
    }

    @Test
    void noEventIsLostAmongThreads() throws InterruptedException {
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> events(50_000, 0)));
        }
        for (var thread : List.copyOf(threads)) {
            thread.join();
        }
        assertThat(at(0)).isEqualTo(200_000);
    }
}
