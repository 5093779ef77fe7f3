package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SilenceTest {
    private final Silence silence = new Silence(100, 30);

    @Test
    void itIsLookedForAfterTheShorterTimeSinceWhatIsWrittenMayBeBlocked() {
        assertThat(silence.restart(1_000)).isEqualTo(1_030);
        assertThat(silence.isTooLong(1_030, false)).isFalse();
        assertThat(silence.nextNs(1_030, false)).isEqualTo(1_060);
        assertThat(silence.nextNs(1_090, false)).isEqualTo(1_100);
    }

    @Test
    void aServerThatSendsNothingIsQuietAtTheEndOfTheReadTimeout() {
        silence.restart(1_000);

        assertThat(silence.isTooLong(1_099, false)).isFalse();
        assertThat(silence.isTooLong(1_100, false)).isTrue();
    }

    @Test
    void aServerThatTakesNothingIsQuietAtTheEndOfTheSendTimeout() {
        silence.restart(1_000);

        assertThat(silence.isTooLong(1_029, true)).isFalse();
        assertThat(silence.isTooLong(1_030, true)).isTrue();
        assertThat(silence.nextNs(1_010, true)).isEqualTo(1_030);
    }

    @Test
    void moreForAServerThatIsBehindDoesNotMakeItWaitLonger() {
        silence.restart(1_000);
        silence.sending(1_020, true);

        assertThat(silence.isTooLong(1_030, true)).isTrue();

        silence.sending(1_025, false);
        assertThat(silence.isTooLong(1_054, true)).isFalse();
        assertThat(silence.isTooLong(1_055, true)).isTrue();
    }

    @Test
    void aWordOfTheServerBreaksIt() {
        silence.restart(1_000);
        silence.broken(1_099);

        assertThat(silence.isTooLong(1_198, false)).isFalse();
        assertThat(silence.isTooLong(1_199, false)).isTrue();
    }
}
