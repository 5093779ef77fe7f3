package io.steelyard.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @ValueSource(strings = {"0s", "250us", "500ms", "2s", "1m30s", "1h", "1d2h3m4s5ms6us", "36500d"})
    void whatIsReadIsWrittenTheSame(String text) {
        assertThat(Durations.format(Durations.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "1.5s", "1x", "-1s", "1s ", "1 s", "36501d", "999999999999d"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void partsAddUp() {
        assertThat(Durations.parse("1m30s")).isEqualTo(Duration.ofSeconds(90));
    }
}
