package io.steelyard.core.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionLimitTest {
    private final SessionLimit limit = new SessionLimit();

    @Test
    void isReachedByAsManyAsThereMayBe() {
        limit.most(2);
        limit.onBegun();
        assertThat(limit.isReached()).isFalse();
        limit.onBegun();
        assertThat(limit.isReached()).isTrue();
        limit.onEnded();
        assertThat(limit.isReached()).isFalse();
    }

    @Test
    void aLoweredLimitHoldsForThoseToCome() {
        limit.onBegun();
        limit.onBegun();
        limit.most(1);
        assertThat(limit.isReached()).isTrue();
    }

    @Test
    void withoutOneHalfOfThisProcessesDescriptorsMayBeUsed() {
        limit.most(7);
        limit.most(0);
        assertThat(limit.most()).isPositive().isNotEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({
        "1024, 512",
        "1, 1",
        "9999999999, 2147483647",
        "99999999999, 2147483647",
        "unlimited, 2147483647",
    })
    void readsTheSoftLimit(String soft, int half) {
        var text = "Max processes             15   20   processes\n" + "Max open files            " + soft
                + "              4096                 files     \n";
        assertThat(SessionLimit.halfOfDescriptors(text)).isEqualTo(half);
        assertThat(SessionLimit.halfOfDescriptors("")).isEqualTo(Integer.MAX_VALUE);
    }
}
