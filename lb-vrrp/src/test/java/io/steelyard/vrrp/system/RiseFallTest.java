package io.steelyard.vrrp.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RiseFallTest {
    @Test
    void theFirstPassBringsItUp() {
        var counter = new RiseFall(3, 2, false);

        assertThat(counter.isKnown()).isFalse();
        assertThat(counter.count(true)).isTrue();
        assertThat(counter.isUp()).isTrue();
    }

    @Test
    void whatStartsDownMustRise() {
        var counter = new RiseFall(3, 2, true);

        assertThat(states(counter, "+++")).isEqualTo("DDU");
    }

    @Test
    void itFallsAfterThatManyFailuresInARow() {
        var counter = new RiseFall(2, 3, false);

        assertThat(states(counter, "+--+---")).isEqualTo("UUUUUUD");
        assertThat(states(counter, "+-++")).isEqualTo("DDDU");
    }

    @Test
    void aFirstFailureMakesItKnownAndDown() {
        var counter = new RiseFall(1, 3, false);

        assertThat(counter.count(false)).isTrue();
        assertThat(counter.isUp()).isFalse();
        assertThat(counter.count(false)).as("nothing new").isFalse();
    }

    private static String states(RiseFall counter, String runs) {
        var states = new StringBuilder();
        for (char run : runs.toCharArray()) {
            counter.count(run == '+');
            states.append(counter.isUp() ? 'U' : 'D');
        }
        return states.toString();
    }
}
