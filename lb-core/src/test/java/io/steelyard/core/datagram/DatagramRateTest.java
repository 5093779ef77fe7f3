package io.steelyard.core.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DatagramRateTest {
    private static final long MS = 1_000_000;
    private static final long START = Long.MAX_VALUE - 5_000 * MS;

    private final DatagramRate rate = new DatagramRate();

    @Test
    void withoutALimitNothingWaits() {
        rate.begin(0, START);
        rate.countFirst(1_000_000);
        assertThat(rate.isLimited()).isFalse();
        assertThat(rate.delayNs(START)).isZero();
    }

    @Test
    void eachDatagramTakesItsTime() {
        rate.begin(1_000, START);
        assertThat(rate.delayNs(START)).isZero();
        rate.count(300, START);
        assertThat(rate.delayNs(START)).isEqualTo(300 * MS);
        assertThat(rate.delayNs(START + 299 * MS)).isEqualTo(MS);
        assertThat(rate.delayNs(START + 300 * MS)).isZero();
    }

    @Test
    void theFirstCostsNoTimeButCounts() {
        rate.begin(1_000, START);
        rate.countFirst(999);
        assertThat(rate.delayNs(START)).isZero();
        rate.begin(1_000, START);
        rate.countFirst(1_000);
        assertThat(rate.delayNs(START)).as("0 bytes over, and a millisecond").isEqualTo(MS);
    }

    @Test
    void aDatagramAboveTheRateIsPaidForAfterwards() {
        rate.begin(10, START);
        rate.count(1_000, START);
        assertThat(rate.delayNs(START)).isEqualTo(100_000 * MS);
        assertThat(rate.delayNs(START + 99_999 * MS)).isEqualTo(MS);
        assertThat(rate.delayNs(START + 100_000 * MS))
                .as("101 seconds have begun: 1010 bytes")
                .isZero();
    }

    @Test
    void whatCameInOneSecondWaitsForTheNext() {
        rate.begin(1_000, START);
        rate.countFirst(900);
        rate.count(400, START);
        long after = START + 400 * MS;
        assertThat(rate.delayNs(after)).as("1300 of 1000 bytes").isEqualTo(301 * MS);
        assertThat(rate.delayNs(after + 301 * MS)).isEqualTo(301 * MS);
        assertThat(rate.delayNs(START + 1_003 * MS)).as("the second second").isZero();
    }
}
