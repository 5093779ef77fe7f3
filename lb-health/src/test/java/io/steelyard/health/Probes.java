package io.steelyard.health;

import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.health.ProbeTarget;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.pool.RealServer;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a check as the monitor does: on a virtual thread, interrupted at the timeout. */
final class Probes {
    private Probes() {}

    static ProbeResult probe(HealthCheckProvider provider, Map<String, String> options, SocketAddress address)
            throws Exception {
        return probe(provider, options, address, Duration.ofSeconds(5));
    }

    static ProbeResult probe(
            HealthCheckProvider provider, Map<String, String> options, SocketAddress address, Duration timeout)
            throws Exception {
        return probe(provider, options, RealServer.of("127.0.0.1:1"), address, timeout);
    }

    static ProbeResult probe(
            HealthCheckProvider provider,
            Map<String, String> options,
            RealServer server,
            SocketAddress address,
            Duration timeout)
            throws Exception {
        var check = provider.create(Options.of(provider.options(), options));
        var target = new ProbeTarget(server, address, timeout);
        var result = new CompletableFuture<ProbeResult>();
        var thread = Thread.ofVirtual().start(() -> {
            try {
                result.complete(check.probe(target));
            } catch (IOException broken) {
                result.complete(ProbeResult.failed(String.valueOf(broken.getMessage())));
            } catch (InterruptedException timedOut) {
                result.complete(ProbeResult.failed("interrupted"));
            } catch (Throwable thrown) {
                result.completeExceptionally(thrown);
            }
        });
        if (!thread.join(timeout)) {
            thread.interrupt();
        }
        return result.get(10, TimeUnit.SECONDS);
    }
}
