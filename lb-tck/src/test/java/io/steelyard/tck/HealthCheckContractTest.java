package io.steelyard.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.health.ProbeTarget;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.pool.RealServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The contract accepts what keeps it and finds what breaks it. The nested classes are run by these tests alone. */
class HealthCheckContractTest {
    private static final int GOOD = 1;
    private static final int BAD = 2;
    private static final int HANGING = 3;

    private record Provider(HealthCheck check) implements HealthCheckProvider {
        @Override
        public String name() {
            return "under-test";
        }

        @Override
        public String description() {
            return "a check under test";
        }

        @Override
        public HealthCheck create(Options options) {
            return check;
        }
    }

    private static ProbeTarget target(int port) {
        return new ProbeTarget(
                RealServer.of("127.0.0.1:" + port),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                Duration.ofSeconds(1));
    }

    private static int port(ProbeTarget target) {
        return ((InetSocketAddress) target.address()).getPort();
    }

    static class Keeps extends HealthCheckContract {
        @Override
        protected HealthCheckProvider provider() {
            return new Provider(this::probe);
        }

        ProbeResult probe(ProbeTarget target) throws IOException, InterruptedException {
            if (port(target) == HANGING) {
                new CountDownLatch(1).await();
            }
            if (port(target) == BAD) {
                throw new IOException("connection refused");
            }
            return ProbeResult.passed("connected");
        }

        @Override
        protected ProbeTarget passingTarget() {
            return target(GOOD);
        }

        @Override
        protected ProbeTarget failingTarget() {
            return target(BAD);
        }

        @Override
        protected Optional<ProbeTarget> hangingTarget() {
            return Optional.of(target(HANGING));
        }
    }

    static class PassesEverything extends Keeps {
        @Override
        ProbeResult probe(ProbeTarget target) {
            return ProbeResult.passed("fine");
        }
    }

    static class GivesNoReason extends Keeps {
        @Override
        ProbeResult probe(ProbeTarget target) throws IOException, InterruptedException {
            return new ProbeResult(super.probe(target).isPassed(), "");
        }
    }

    private static long failuresOf(Class<?> contract) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(contract))
                .execute()
                .testEvents()
                .failed()
                .count();
    }

    @Test
    void checkThatKeepsTheContractPasses() {
        assertThat(failuresOf(Keeps.class)).isZero();
    }

    @Test
    void checkThatPassesEverythingIsNoticed() {
        assertThat(failuresOf(PassesEverything.class)).isEqualTo(3);
    }

    @Test
    void missingReasonIsNoticed() {
        assertThat(failuresOf(GivesNoReason.class)).isEqualTo(1);
    }
}
