package io.steelyard.pool;

import static io.steelyard.pool.Fixture.pool;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.health.ProbeTarget;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.Observation;
import io.steelyard.api.pool.ServerPool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The clock is moved by hand; only the probes themselves run on real threads, and are waited for. */
@Timeout(60)
class HealthMonitorTest {
    private static final RandomGenerator HALF = new RandomGenerator() {
        @Override
        public long nextLong() {
            return 1L << 63;
        }

        @Override
        public double nextDouble() {
            return 0.5;
        }
    };

    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final ManualControlLoop loop = ManualControlLoop.at(1_000, errors::add);
    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private final Script script = new Script();
    private final HealthMonitor monitor = new HealthMonitor(
            loop,
            Plugins.builder().register(script).build(),
            HALF,
            (id, state, reason) -> log.add(id + " " + state + ": " + reason));

    private static HealthCheckSpec spec() {
        return HealthCheckSpec.builder("script")
                .interval(Duration.ofSeconds(2))
                .timeout(Duration.ofSeconds(1))
                .rise(1)
                .fall(2)
                .jitter(0)
                .build();
    }

    /** Does what the test says for each server; counts probes begun, ended and at once. */
    private static final class Script implements HealthCheckProvider {
        interface Act {
            ProbeResult probe(ProbeTarget target) throws Exception;
        }

        final Map<String, Act> acts = new ConcurrentHashMap<>();
        final AtomicInteger begun = new AtomicInteger();
        final AtomicInteger ended = new AtomicInteger();
        final Map<String, AtomicInteger> atOnce = new ConcurrentHashMap<>();
        final Queue<String> wrong = new ConcurrentLinkedQueue<>();
        /** Those whose probe has ended. */
        final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

        @Override
        public String name() {
            return "script";
        }

        @Override
        public String description() {
            return "does what the test says";
        }

        @Override
        public List<OptionSpec> options() {
            return List.of(OptionSpec.text("x", "", "nothing"));
        }

        @Override
        public HealthCheck create(Options options) {
            return this::probe;
        }

        private ProbeResult probe(ProbeTarget target) throws IOException, InterruptedException {
            var id = target.server().id();
            begun.incrementAndGet();
            if (atOnce.computeIfAbsent(id, key -> new AtomicInteger()).incrementAndGet() > 1) {
                wrong.add("two probes of " + id + " at once");
            }
            try {
                return acts.getOrDefault(id, t -> ProbeResult.passed("fine")).probe(target);
            } catch (IOException | InterruptedException | RuntimeException thrown) {
                throw thrown;
            } catch (Exception thrown) {
                throw new AssertionError(thrown);
            } finally {
                atOnce.get(id).decrementAndGet();
                threads.add(Thread.currentThread());
                ended.incrementAndGet();
            }
        }
    }

    @AfterEach
    void nothingWentWrong() {
        monitor.close();
        assertThat(script.wrong).isEmpty();
        assertThat(errors).isEmpty();
    }

    /** Runs what the probes gave until the condition holds. */
    private void await(java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            loop.runTasksNow();
            LockSupport.parkNanos(100_000);
            if (Thread.interrupted()) {
                throw new AssertionError("waited in vain");
            }
        }
    }

    /** Passes time and waits until so many probes have ended and been heard. */
    private void advance(Duration time, int probes) {
        int before = script.ended.get();
        loop.advance(time);
        await(() -> script.ended.get() >= before + probes);
        settle();
    }

    /** A probe's result is given to the loop before its thread ends. */
    private void settle() {
        for (var thread = script.threads.poll(); thread != null; thread = script.threads.poll()) {
            try {
                thread.join();
            } catch (InterruptedException stop) {
                throw new AssertionError(stop);
            }
        }
        loop.runTasksNow();
    }

    @Test
    void probesSoonAndThenAtTheInterval() {
        monitor.apply(pool("a", "b").healthCheck(spec()).build());
        advance(Duration.ofMillis(499), 0);
        assertThat(script.begun).hasValue(0);
        advance(Duration.ofMillis(1), 2);
        assertThat(log).containsExactlyInAnyOrder("a UP: fine", "b UP: fine");
        advance(Duration.ofMillis(1_999), 0);
        assertThat(script.begun).hasValue(2);
        advance(Duration.ofMillis(1), 2);
        assertThat(script.begun).hasValue(4);
        assertThat(log).as("no news").hasSize(2);
    }

    @Test
    void failuresOfRealTrafficBringTheNextProbeForward() {
        var spec = HealthCheckSpec.builder("script")
                .interval(Duration.ofSeconds(60))
                .transitionInterval(Duration.ofSeconds(1))
                .rise(2)
                .fall(3)
                .jitter(0)
                .build();
        monitor.apply(pool("a").healthCheck(spec).build());
        advance(Duration.ofSeconds(1), 1);
        monitor.onErrors("a", Observation.Reaction.PROBE_SOON, "errors");
        monitor.onErrors("z", Observation.Reaction.DOWN, "errors");
        advance(Duration.ofMillis(999), 0);
        assertThat(script.begun).hasValue(1);
        advance(Duration.ofMillis(1), 1);
        monitor.onErrors("a", Observation.Reaction.DOWN, "errors");
        assertThat(log).containsExactly("a UP: fine", "a DOWN: errors");
        advance(Duration.ofSeconds(1), 1);
        advance(Duration.ofSeconds(1), 1);
        assertThat(log).containsExactly("a UP: fine", "a DOWN: errors", "a UP: fine");
    }

    @Test
    void failuresOfEveryKindHaveAReason() {
        script.acts.put("a", target -> {
            throw new IOException("connection refused");
        });
        script.acts.put("b", target -> {
            throw new NoClassDefFoundError("Missing");
        });
        script.acts.put("c", target -> {
            throw new IllegalStateException("oops");
        });
        script.acts.put("d", target -> ProbeResult.failed("status 503, expected 200-399"));
        monitor.apply(pool("a", "b", "c", "d").healthCheck(spec()).build());
        advance(Duration.ofSeconds(1), 4);
        await(() -> log.size() == 4);
        assertThat(log)
                .containsExactlyInAnyOrder(
                        "a DOWN: connection refused",
                        "b DOWN: the check threw java.lang.NoClassDefFoundError: Missing",
                        "c DOWN: the check threw java.lang.IllegalStateException: oops",
                        "d DOWN: status 503, expected 200-399");
    }

    @Test
    void onlyWhatAProbeFoundAnewIsTold() {
        var told = new ConcurrentLinkedQueue<String>();
        var listener = new HealthMonitor.Listener() {
            @Override
            public void onHealth(String serverId, HealthState state, String reason) {
                told.add(state.name());
            }

            @Override
            public void onProbed(
                    String serverId, int check, ProbeResult result, Duration duration, HealthTracker.Check found) {
                told.add(result.reason() + " " + found.state() + " " + found.streak());
            }
        };
        var watching =
                new HealthMonitor(loop, Plugins.builder().register(script).build(), HALF, listener);
        watching.apply(pool("a").healthCheck(spec()).build());
        // The clock stands at each probe's own time, so that no other is due when its result comes.
        advance(Duration.ofMillis(500), 1);
        await(() -> told.size() == 2);
        advance(Duration.ofSeconds(2), 1);
        assertThat(told).containsExactly("fine UP 0", "UP");
        script.acts.put("a", target -> ProbeResult.failed("ill"));
        advance(Duration.ofSeconds(2), 1);
        await(() -> told.size() == 3);
        advance(Duration.ofMillis(500), 1);
        await(() -> told.size() == 5);
        assertThat(told).containsExactly("fine UP 0", "UP", "ill UP 1", "ill DOWN 0", "DOWN");
        watching.close();
    }

    @Test
    void aProbeThatHangsIsInterruptedAndSaysWhatItWaitedFor() {
        script.acts.put("a", target -> {
            try {
                new CountDownLatch(1).await();
                return ProbeResult.passed("never");
            } catch (InterruptedException timeout) {
                throw new IOException("connect timed out", timeout);
            }
        });
        script.acts.put("b", target -> {
            new CountDownLatch(1).await();
            return ProbeResult.passed("never");
        });
        monitor.apply(pool("a", "b").healthCheck(spec()).build());
        loop.advance(Duration.ofMillis(500));
        await(() -> script.begun.get() == 2);
        loop.advance(Duration.ofMillis(999));
        assertThat(script.ended).hasValue(0);
        loop.advance(Duration.ofMillis(1));
        await(() -> log.size() == 2);
        assertThat(log).containsExactlyInAnyOrder("a DOWN: connect timed out", "b DOWN: timed out after 1s");
    }

    @Test
    void aLatePassIsAFailure() {
        script.acts.put("a", target -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException ignored) {
                // Claims to have passed all the same.
            }
            return ProbeResult.passed("late");
        });
        monitor.apply(pool("a").healthCheck(spec()).build());
        loop.advance(Duration.ofMillis(500));
        await(() -> script.begun.get() == 1);
        loop.advance(Duration.ofSeconds(1));
        await(() -> log.size() == 1);
        assertThat(log).containsExactly("a DOWN: timed out after 1s");
    }

    @Test
    void aDeafProbeGoesOnFailingAndHasNoSecondBesideIt() {
        var release = new CountDownLatch(1);
        script.acts.put("a", target -> {
            while (release.getCount() > 0) {
                try {
                    release.await();
                } catch (InterruptedException ignored) {
                    // Deaf.
                }
            }
            return ProbeResult.passed("at last");
        });
        monitor.apply(pool("a").healthCheck(spec()).build());
        loop.advance(Duration.ofMillis(500));
        await(() -> script.begun.get() == 1);
        loop.advance(Duration.ofSeconds(20));
        assertThat(log).containsExactly("a DOWN: timed out after 1s", "a DOWN: probe still hangs, deaf to its timeout");
        assertThat(script.begun).hasValue(1);
        release.countDown();
        await(() -> script.ended.get() == 1);
        settle();
        script.acts.remove("a");
        advance(Duration.ofSeconds(2), 1);
        await(() -> log.size() == 3);
        assertThat(log).endsWith("a UP: fine");
    }

    @Test
    void aChangedCheckWaitsForTheDeafProbeOfTheOneBefore() {
        var release = new CountDownLatch(1);
        script.acts.put("a", target -> {
            while (release.getCount() > 0) {
                try {
                    release.await();
                } catch (InterruptedException ignored) {
                    // Deaf.
                }
            }
            return ProbeResult.passed("old");
        });
        monitor.apply(pool("a").healthCheck(spec()).build());
        loop.advance(Duration.ofMillis(500));
        await(() -> script.begun.get() == 1);
        monitor.apply(pool("a")
                .healthCheck(HealthCheckSpec.builder("script")
                        .option("x", "y")
                        .jitter(0)
                        .build())
                .build());
        loop.advance(Duration.ofSeconds(5));
        assertThat(script.begun).hasValue(1);
        release.countDown();
        await(() -> {
            loop.advance(Duration.ofMillis(100));
            return script.begun.get() == 2;
        });
    }

    @Test
    void serversThatStayKeepTheirHistoryAndOthersAreForgotten() {
        monitor.apply(pool("a", "b").healthCheck(spec()).build());
        advance(Duration.ofMillis(500), 2);
        await(() -> log.size() == 2);
        log.clear();
        monitor.apply(pool("b", "c").healthCheck(spec()).build());
        advance(Duration.ofMillis(500), 1);
        await(() -> log.size() == 1);
        assertThat(log).containsExactly("c UP: fine");
        script.acts.put("a", target -> ProbeResult.failed("nobody asks"));
        script.acts.put("b", target -> ProbeResult.failed("bad"));
        advance(Duration.ofMillis(1_500), 1);
        assertThat(log).as("one failure of two").hasSize(1);
        advance(Duration.ofMillis(500), 1);
        await(() -> log.size() == 2);
        assertThat(log).endsWith("b DOWN: bad");
    }

    @Test
    void changedNumbersOfACheckKeepTheState() {
        monitor.apply(pool("a").healthCheck(spec()).build());
        advance(Duration.ofMillis(500), 1);
        await(() -> log.size() == 1);
        monitor.apply(pool("a")
                .healthCheck(HealthCheckSpec.builder("script")
                        .interval(Duration.ofSeconds(9))
                        .jitter(0)
                        .build())
                .build());
        assertThat(log).containsExactly("a UP: fine");
        monitor.apply(pool("a")
                .healthCheck(HealthCheckSpec.builder("script").option("x", "y").build())
                .build());
        assertThat(log).containsExactly("a UP: fine", "a UNKNOWN: not checked yet");
    }

    @Test
    void aServersOwnChecksReplaceThePools() {
        var places = new ConcurrentLinkedQueue<String>();
        script.acts.put("a", target -> {
            places.add(target.address().toString());
            return ProbeResult.passed("fine");
        });
        var own = HealthCheckSpec.builder("script")
                .address(io.steelyard.api.pool.ServerAddress.numericAddress("10.9.9.9"))
                .port(9)
                .build();
        var servers = pool("a", "b").healthCheck(spec()).build().servers();
        monitor.apply(ServerPool.builder("web")
                .healthCheck(spec())
                .server(servers.get(0).toBuilder().healthChecks(List.of(own)).build())
                .server(servers.get(1).toBuilder().healthChecks(List.of()).build())
                .build());
        loop.advance(Duration.ofSeconds(1));
        await(() -> log.size() == 1);
        assertThat(log).containsExactly("a UP: fine");
        assertThat(places).containsExactly("/10.9.9.9:9");
    }

    @Test
    void theChecksPortReplacesTheServers() {
        var ports = new ConcurrentLinkedQueue<Integer>();
        script.acts.put("a", target -> {
            ports.add(((InetSocketAddress) target.address()).getPort());
            return ProbeResult.passed("fine");
        });
        monitor.apply(pool("a")
                .healthCheck(spec())
                .healthCheck(HealthCheckSpec.builder("script").port(9_999).build())
                .build());
        script.wrong.clear();
        loop.advance(Duration.ofSeconds(1));
        await(() -> ports.size() == 2);
        assertThat(ports).containsExactlyInAnyOrder(80, 9_999);
        script.wrong.clear();
    }

    @Test
    void closingEndsProbes() {
        script.acts.put("a", target -> {
            new CountDownLatch(1).await();
            return ProbeResult.passed("never");
        });
        monitor.apply(pool("a").healthCheck(spec()).build());
        loop.advance(Duration.ofMillis(500));
        await(() -> script.begun.get() == 1);
        monitor.close();
        await(() -> script.ended.get() == 1);
        settle();
        loop.advance(Duration.ofMinutes(1));
        assertThat(log).isEmpty();
        assertThat(script.begun).hasValue(1);
    }
}
