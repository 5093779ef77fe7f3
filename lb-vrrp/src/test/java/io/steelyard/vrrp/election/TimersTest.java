package io.steelyard.vrrp.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.VrrpVersion;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimersTest {
    /** The values that keepalived works out. */
    @ParameterizedTest
    @CsvSource({
        "V2, 1000, 100, 609375, 3609375",
        "V2, 1000, 254, 7812, 3007812",
        "V3, 1000, 100, 609375, 3609375",
        "V3, 10, 100, 6093, 36093",
        "V3, 1000, 255, 3906, 3003906",
        "V3, 1000, 1, 996093, 3996093"
    })
    void waitsAreKeepalivedsToTheMicrosecond(
            VrrpVersion version, long intervalMs, int priority, long skewUs, long downUs) {
        var timers = new Timers(Desk.router()
                .version(version)
                .advertInterval(Duration.ofMillis(intervalMs))
                .build());
        assertThat(timers.skewNs(priority, timers.intervalNs())).isEqualTo(skewUs * 1_000);
        assertThat(timers.downNs(priority, timers.intervalNs())).isEqualTo(downUs * 1_000);
    }

    @Test
    void theNumberOfMissedAdvertsCanBeSet() {
        var timers = new Timers(Desk.router().downAdverts(1).build());
        assertThat(timers.downNs(100, timers.intervalNs())).isEqualTo(1_609_375_000L);
    }
}
