package io.steelyard.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.health.ProbeTarget;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugin;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What every health check must do, as tests. Extend it, give your provider, a server it passes and one it fails. Checks of a target that is
 * absent have nothing to check and pass.
 */
public abstract class HealthCheckContract {
    private static final long DEADLINE_SECONDS = 20;

    /** For the constructors of subclasses. */
    protected HealthCheckContract() {}

    /** A new provider of the check. */
    protected abstract HealthCheckProvider provider();

    /** The options to test it with; none by default. */
    protected Map<String, String> options() {
        return Map.of();
    }

    /** A server the check passes, reachable as long as the test runs. */
    protected abstract ProbeTarget passingTarget() throws IOException;

    /** A server the check fails: one that refuses connections, or answers wrongly. */
    protected abstract ProbeTarget failingTarget() throws IOException;

    /** A server that lets the check wait for ever, where there can be one for this check. Its timeout is of no effect in the test. */
    protected Optional<ProbeTarget> hangingTarget() throws IOException {
        return Optional.empty();
    }

    /** Makes the check as a configuration would. */
    protected final HealthCheck check() {
        var provider = provider();
        return provider.create(Options.of(provider.options(), options()));
    }

    @Test
    @DisplayName("the provider has a proper name, one line of description, and well-formed options")
    public void providerDescribesItself() {
        var provider = provider();
        assertThat(provider.name()).matches("[a-z][a-z0-9._-]*");
        assertThat(provider.description()).isNotBlank().doesNotContain("\n");
        assertThat(provider.priority()).isBetween(0, 10);
        assertThat(provider.apiVersion()).isBetween(1, Plugin.API_VERSION);
        assertThatCode(provider::isAvailable).doesNotThrowAnyException();
        var specs = provider.options();
        assertThat(specs).extracting(OptionSpec::name).doesNotHaveDuplicates();
        for (var spec : specs) {
            assertThat(spec.description()).isNotBlank();
            if (!spec.defaultText().isEmpty()) {
                assertThat(Options.check("options", specs, Map.of(spec.name(), spec.defaultText())))
                        .as("default of " + spec.name())
                        .isEmpty();
            }
        }
    }

    @Test
    @DisplayName("a server that serves passes, time after time, with a reason")
    public void servingServerPasses() throws Exception {
        var check = check();
        var target = passingTarget();
        for (int i = 0; i < 3; i++) {
            var result = check.probe(target);
            assertThat(result.isPassed()).as(result.reason()).isTrue();
            assertThat(result.reason()).isNotBlank().doesNotContain("\n");
        }
    }

    @Test
    @DisplayName("a server that does not serve fails with a reason, or with an IOException that has a message")
    public void brokenServerFails() throws Exception {
        var result = failingResult(check(), failingTarget());
        assertThat(result.isPassed()).as(result.reason()).isFalse();
        assertThat(result.reason()).isNotBlank().doesNotContain("\n");
    }

    @Test
    @DisplayName("one check probes several servers at once")
    public void severalServersAreProbedAtOnce() throws Exception {
        var check = check();
        var good = passingTarget();
        var bad = failingTarget();
        var results = new ArrayList<CompletableFuture<Boolean>>();
        for (int i = 0; i < 8; i++) {
            var target = i % 2 == 0 ? good : bad;
            results.add(inThread(() -> failingResult(check, target).isPassed()).future());
        }
        for (int i = 0; i < 8; i++) {
            assertThat(results.get(i).get(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo(i % 2 == 0);
        }
    }

    @Test
    @DisplayName("an interrupt ends a probe of a server that does not answer")
    public void interruptEndsProbe() throws Exception {
        var hanging = hangingTarget();
        if (hanging.isEmpty()) {
            return;
        }
        var target = hanging.get();
        var check = check();
        var running = inThread(
                () -> failingResult(check, new ProbeTarget(target.server(), target.address(), Duration.ofHours(1)))
                        .isPassed());
        // Before or after the probe blocks: the interrupt has to work either way.
        running.thread().interrupt();
        assertThat(running.future().get(DEADLINE_SECONDS, TimeUnit.SECONDS)).isFalse();
    }

    private static ProbeResult failingResult(HealthCheck check, ProbeTarget target) {
        try {
            return check.probe(target);
        } catch (IOException failed) {
            return ProbeResult.failed(String.valueOf(failed.getMessage()));
        } catch (InterruptedException interrupted) {
            return ProbeResult.failed("interrupted");
        }
    }

    private record Running(Thread thread, CompletableFuture<Boolean> future) {}

    private static Running inThread(BooleanSupplier work) {
        var future = new CompletableFuture<Boolean>();
        var thread = Thread.ofVirtual().start(() -> {
            try {
                future.complete(work.getAsBoolean());
            } catch (Throwable wrong) {
                future.completeExceptionally(wrong);
            }
        });
        return new Running(thread, future);
    }
}
