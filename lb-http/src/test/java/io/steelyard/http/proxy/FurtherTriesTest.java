package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Personality;
import io.steelyard.api.http.Hedging;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.RetryRule;
import io.steelyard.api.http.RetryRule.Reason;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.RetryBudget;
import io.steelyard.api.pool.ServerPool;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Retries within a budget, on the same server, and second servers beside the first. */
@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD)
class FurtherTriesTest {
    private static final RetryBudget NOTHING = new RetryBudget(0, 0, Duration.ofSeconds(10));

    // ---- budget

    @Test
    void noRequestIsTriedAgainWithoutCredit() throws IOException {
        try (var dead = dead();
                var two = ScriptedServer.named("two");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(
                                Fixture.pool("web", dead, two).retryBudget(NOTHING)),
                        root -> root.content(HttpProxy.toPool("web").build()));
                var client = proxy.client()) {
            assertThat(client.get("/").status()).isEqualTo(502);
            var pool = proxy.balancer().status().pools().getFirst();
            assertThat(pool.retries()).isZero();
            assertThat(pool.retriesRefused()).isEqualTo(1);
        }
    }

    @Test
    void requestIsTriedAgainWithCredit() throws IOException {
        try (var dead = dead();
                var two = ScriptedServer.named("two");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(
                                Fixture.pool("web", dead, two).retryBudget(RetryBudget.DEFAULT)),
                        root -> root.content(HttpProxy.toPool("web").build()));
                var client = proxy.client()) {
            assertThat(client.get("/").text()).isEqualTo("two");
            assertThat(proxy.balancer().status().pools().getFirst().retries()).isEqualTo(1);
        }
    }

    // ---- the same server

    @Test
    void sameServerIsAskedAgainAndTheLastTryGoesElsewhere() throws IOException {
        assertThat(withSameServer(-1)).isEqualTo("200 two after 3");
    }

    @Test
    void sameServerIsAskedToTheEndWithoutRedispatch() throws IOException {
        assertThat(withSameServer(0)).isEqualTo("502 after 4");
    }

    /** What a client gets of a server that closes without an answer, in four tries. */
    private static String withSameServer(int redispatch) throws IOException {
        var rule = new RetryRule(
                Set.of(Reason.ERROR),
                false,
                4,
                Duration.ZERO,
                Optional.of(new RetryRule.SameServer(redispatch, Duration.ofMillis(1))));
        try (var dead = dead();
                var two = ScriptedServer.named("two");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(ServerPool.builder("web")
                                .personality(Personality.HAPROXY)
                                .scheduler("haproxy.first")
                                .server(RealServer.of(dead.address()))
                                .server(RealServer.of(two.address()))),
                        root -> root.content(HttpProxy.toPool("web").retry(rule).build()));
                var client = proxy.client()) {
            var answer = client.get("/");
            var status = answer.status() == 200 ? "200 " + answer.text() : "" + answer.status();
            return status + " after " + dead.requests().size();
        }
    }

    // ---- hedging

    @Test
    void secondServerAnswersWhereTheFirstIsSlow() throws IOException {
        var never = new CountDownLatch(1);
        try (var slow = new ScriptedServer((request, connection) -> {
                    awaitQuietly(never);
                    return false;
                });
                var two = ScriptedServer.named("two");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", slow, two)),
                        root -> root.content(HttpProxy.toPool("web")
                                .hedging(Hedging.after(Duration.ofMillis(20)))
                                .build()));
                var client = proxy.client()) {
            try {
                for (int i = 0; i < 4; i++) {
                    assertThat(client.get("/").text()).isEqualTo("two");
                }
                assertThat(slow.requests()).isNotEmpty();
            } finally {
                never.countDown();
            }
        }
    }

    @Test
    void firstServerIsHeardWhereTheSecondFails() throws IOException {
        var isAsked = new CountDownLatch(1);
        try (var slow = new ScriptedServer((request, connection) -> {
                    awaitQuietly(isAsked);
                    return connection.reply(200, "slow");
                });
                var broken = new ScriptedServer((request, connection) -> {
                    isAsked.countDown();
                    return false;
                });
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", slow, broken)),
                        root -> root.content(HttpProxy.toPool("web")
                                .hedging(Hedging.after(Duration.ofMillis(20)))
                                .build()));
                var client = proxy.client()) {
            assertThat(client.get("/").text()).isEqualTo("slow");
            assertThat(broken.requests()).hasSize(1);
        }
    }

    @Test
    void requestGoesOnWithTheSecondServerWhereTheFirstFails() throws IOException {
        var isAsked = new CountDownLatch(1);
        var isBroken = new CountDownLatch(1);
        try (var failing = new ScriptedServer((request, connection) -> {
                    awaitQuietly(isAsked);
                    isBroken.countDown();
                    return false;
                });
                var second = new ScriptedServer((request, connection) -> {
                    isAsked.countDown();
                    awaitQuietly(isBroken);
                    return connection.reply(200, "second");
                });
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", failing, second)),
                        root -> root.content(HttpProxy.toPool("web")
                                .hedging(Hedging.after(Duration.ofMillis(20)))
                                .build()));
                var client = proxy.client()) {
            assertThat(client.get("/").text()).isEqualTo("second");
            assertThat(second.requests()).hasSize(1);
        }
    }

    @Test
    void requestThatMayNotBeRepeatedIsNotHedged() throws IOException {
        var calls = new AtomicInteger();
        try (var one = slowly(calls, "one");
                var two = slowly(calls, "two");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", one, two)),
                        root -> root.content(HttpProxy.toPool("web")
                                .hedging(Hedging.after(Duration.ofMillis(1)))
                                .build()));
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 0\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(calls).hasValue(1);
        }
    }

    @Test
    void hedgeCountsAgainstTheBudget() throws IOException {
        var calls = new AtomicInteger();
        try (var one = slowly(calls, "one");
                var two = slowly(calls, "two");
                var proxy = Fixture.start(
                        configuration ->
                                configuration.pool(Fixture.pool("web", one, two).retryBudget(NOTHING)),
                        root -> root.content(HttpProxy.toPool("web")
                                .hedging(Hedging.after(Duration.ofMillis(1)))
                                .build()));
                var client = proxy.client()) {
            assertThat(client.get("/").status()).isEqualTo(200);
            assertThat(calls).hasValue(1);
            assertThat(proxy.balancer().status().pools().getFirst().retriesRefused())
                    .isEqualTo(1);
        }
    }

    @Test
    void percentilesAreThoseOfTheLastTimes() {
        var times = new RecentTimes();
        assertThat(times.percentile(95)).as("too few to tell").isZero();
        for (int i = 1; i <= 1_000; i++) {
            times.add(i);
        }
        // The last 256 are 745 to 1000.
        assertThat(times.percentile(50)).isBetween(857L, 873L);
        assertThat(times.percentile(99)).isBetween(980L, 1_000L);
    }

    private static ScriptedServer slowly(AtomicInteger calls, String name) throws IOException {
        return new ScriptedServer((request, connection) -> {
            calls.incrementAndGet();
            java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
            return connection.reply(200, name);
        });
    }

    /** A server that closes each connection without an answer. */
    private static ScriptedServer dead() throws IOException {
        return new ScriptedServer((request, connection) -> false);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
