package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.http.RetryRule;
import io.steelyard.api.http.RetryRule.Reason;
import io.steelyard.api.http.RetryRule.SameServer;
import io.steelyard.api.schedule.Lease;
import io.steelyard.http.message.Method;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetriesTest {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static Retries nginx(boolean repeatsUnsafe, int tries) {
        return new Retries(
                new RetryRule(Set.of(Reason.ERROR, Reason.TIMEOUT), repeatsUnsafe, tries, Duration.ZERO),
                Long.MAX_VALUE);
    }

    private static Retries haproxy(int redispatch, int retries) {
        return new Retries(
                new RetryRule(
                        Set.of(Reason.CONNECT_FAILURE),
                        true,
                        retries + 1,
                        Duration.ZERO,
                        Optional.of(new SameServer(redispatch, PAUSE))),
                Long.MAX_VALUE);
    }

    @Test
    void unsafeMethodsAreRepeatedOnlyBeforeTheyWereSent() {
        var retries = nginx(false, 0);

        assertThat(retries.mayRepeat(Method.POST, true)).isFalse();
        assertThat(retries.mayRepeat(Method.POST, false)).isTrue();
        assertThat(retries.mayRepeat(Method.PUT, true)).isTrue();
        assertThat(nginx(true, 0).mayRepeat(Method.POST, true)).isTrue();
    }

    @Test
    void withoutANumberEveryServerOfThePoolIsTriedOnce() {
        var retries = nginx(false, 0);

        assertThat(retries.hasTryLeft(3, 2, 0)).isTrue();
        assertThat(retries.hasTryLeft(3, 3, 0)).isFalse();
    }

    @Test
    void nginxTriesNoMoreThanThereAreServersAndHaproxyDoes() {
        assertThat(nginx(false, 5).hasTryLeft(2, 2, 0)).isFalse();
        assertThat(haproxy(0, 3).hasTryLeft(1, 3, 0)).isTrue();
        assertThat(haproxy(0, 3).hasTryLeft(1, 4, 0)).isFalse();
    }

    @Test
    void noTryBeginsOnceTheTimeIsOver() {
        var retries = new Retries(RetryRule.DEFAULT, 1_000);
        retries.begin(500);

        assertThat(retries.hasTryLeft(3, 1, 1_499)).isTrue();
        assertThat(retries.hasTryLeft(3, 1, 1_500)).isFalse();
    }

    @Test
    void aServerThatClosesBeforeItSpeaksGaveAnEmptyResponse() {
        var rule = new RetryRule(Set.of(Reason.EMPTY_RESPONSE), true, 2, Duration.ZERO);
        var retries = new Retries(rule, Long.MAX_VALUE);

        assertThat(retries.isReason(Lease.Failure.BROKEN, Reason.ERROR, true)).isTrue();
        assertThat(retries.isReason(Lease.Failure.BROKEN, Reason.ERROR, false)).isFalse();
        assertThat(retries.isReason(Lease.Failure.READ_TIMEOUT, Reason.TIMEOUT, true))
                .isFalse();
    }

    @Test
    void theSameServerIsLeftAloneForAWhileAndTheLastTryGoesElsewhere() {
        var retries = haproxy(-1, 2);

        retries.failed();
        assertThat(retries.pauseNs(true)).isEqualTo(PAUSE.toNanos());
        assertThat(retries.turnsBack()).isFalse();

        retries.failed();
        assertThat(retries.pauseNs(true)).isZero();
        assertThat(retries.turnsBack()).isTrue();
        assertThat(retries.turnsBack()).isFalse();
    }

    @Test
    void onlyAServerThatRefusedIsLeftAlone() {
        var retries = haproxy(0, 3);

        retries.failed();

        assertThat(retries.pauseNs(false)).isZero();
    }

    @Test
    void aDeadKeptConnectionIsReplacedOnce() {
        var retries = nginx(false, 0);

        assertThat(retries.hasFreeTry()).isTrue();
        retries.tookFreeTry();

        assertThat(retries.hasFreeTry()).isFalse();
        assertThat(retries.isFirstTry()).isTrue();
    }
}
