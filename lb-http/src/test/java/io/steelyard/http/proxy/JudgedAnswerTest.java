package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Personality;
import io.steelyard.api.Status.ServerStatus;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.RetryRule;
import io.steelyard.api.http.RetryRule.Reason;
import io.steelyard.api.pool.PassiveHealth;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.SchedulerSpec;
import io.steelyard.api.pool.ServerPool;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which answers are held against the server that gave them (nginx {@code max_fails}). */
@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD)
class JudgedAnswerTest {
    @ParameterizedTest
    @CsvSource({"STATUS_403,403", "STATUS_404,404"})
    void serverThatHasNotWhatIsAskedIsAskedAgainNextTime(Reason reason, int status) throws IOException {
        try (var poor = answering(status);
                var rich = answering(200);
                var proxy = front(rule(reason, 0), Personality.NGINX, poor, rich);
                var client = proxy.client()) {
            for (int i = 0; i < 6; i++) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
            assertThat(poor.requests()).hasSize(3);
            assertThat(rich.requests()).hasSize(6);
            assertThat(failures(proxy)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Personality.class)
    void serverIsNeverChargedForWhatIsNotThere(Personality personality) throws IOException {
        try (var poor = answering(404);
                var rich = answering(200);
                var proxy = front(rule(Reason.STATUS_404, 0), personality, poor, rich);
                var client = proxy.client()) {
            for (int i = 0; i < 6; i++) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
            assertThat(poor.requests()).isNotEmpty();
            assertThat(failures(proxy)).isZero();
        }
    }

    @Test
    void serverWhoseErrorSentARequestOnIsLeftAlone() throws IOException {
        try (var broken = answering(503);
                var well = answering(200);
                var proxy = front(rule(Reason.STATUS_503, 0), Personality.NGINX, broken, well);
                var client = proxy.client()) {
            for (int i = 0; i < 6; i++) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
            assertThat(broken.requests()).hasSize(1);
            assertThat(failures(proxy)).isEqualTo(1);
        }
    }

    @Test
    void nginxForgivesTheErrorThatIsPassedOn() throws IOException {
        try (var broken = answering(503);
                var well = answering(200);
                var proxy = front(rule(Reason.STATUS_503, 1), Personality.NGINX, broken, well);
                var client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/").status()).isEqualTo(503);
                assertThat(client.get("/").status()).isEqualTo(200);
            }
            assertThat(failures(proxy)).isZero();
        }
    }

    private static RetryRule rule(Reason reason, int tries) {
        return new RetryRule(Set.of(reason), false, tries, Duration.ZERO);
    }

    private static ScriptedServer answering(int status) throws IOException {
        return new ScriptedServer((request, connection) -> connection.reply(status, "said"));
    }

    private static Fixture front(RetryRule rule, Personality personality, ScriptedServer... servers)
            throws IOException {
        var pool = ServerPool.builder("web")
                .personality(personality)
                .scheduler(SchedulerSpec.of("nginx.round_robin"))
                .passiveHealth(new PassiveHealth.MaxFails());
        for (var server : servers) {
            pool.server(RealServer.builder(server.address())
                    .maxFails(1)
                    .failTimeout(Duration.ofHours(1))
                    .build());
        }
        return Fixture.start(
                configuration -> configuration.pool(pool),
                root -> root.content(HttpProxy.toPool("web").retry(rule).build()));
    }

    private static long failures(Fixture proxy) {
        return proxy.balancer().status().pools().getFirst().servers().stream()
                .mapToLong(ServerStatus::failures)
                .sum();
    }
}
