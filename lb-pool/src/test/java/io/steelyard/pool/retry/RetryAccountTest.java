package io.steelyard.pool.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.pool.RetryBudget;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryAccountTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void fifthOfTheRequestsMayBeTriedAgain() {
        var account = account(0.2, 0);
        for (int i = 0; i < 1_000; i++) {
            account.request(0);
        }
        assertThat(granted(account, 0, 1_000)).isEqualTo(200);
        assertThat(account.granted()).isEqualTo(200);
        assertThat(account.refused()).isEqualTo(800);
    }

    @Test
    void someTriesASecondAreAllowedWithoutARequest() {
        var account = account(0.2, 10);
        assertThat(granted(account, 0, 1_000)).as("those of the whole window").isEqualTo(100);
        assertThat(granted(account, SECOND, 1_000)).isZero();
    }

    @Test
    void creditIsForgottenWithTheWindow() {
        var account = account(1, 0);
        for (int i = 0; i < 5; i++) {
            account.request(0);
            account.request(5 * SECOND);
        }
        assertThat(granted(account, 9 * SECOND, 3)).isEqualTo(3);
        assertThat(granted(account, 11 * SECOND, 100))
                .as("five of the second half, three taken")
                .isEqualTo(2);
        assertThat(granted(account, 100 * SECOND, 100)).isZero();
    }

    @Test
    void tryThatWasTakenIsForgottenToo() {
        var account = account(0, 1);
        assertThat(granted(account, 0, 100)).isEqualTo(10);
        assertThat(granted(account, 9 * SECOND, 100)).isZero();
        assertThat(granted(account, 10 * SECOND, 100)).isEqualTo(10);
    }

    @Test
    void clockMayStartBelowZero() {
        var account = account(1, 0);
        account.request(-1);
        assertThat(granted(account, 1, 5)).isEqualTo(1);
    }

    private static int granted(RetryAccount account, long nowNs, int wanted) {
        int granted = 0;
        for (int i = 0; i < wanted; i++) {
            granted += account.tryAgain(nowNs) ? 1 : 0;
        }
        return granted;
    }

    private static RetryAccount account(double share, int leastPerSecond) {
        return new RetryAccount(new RetryBudget(share, leastPerSecond, Duration.ofSeconds(10)));
    }
}
