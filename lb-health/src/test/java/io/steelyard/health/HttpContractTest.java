package io.steelyard.health;

import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.health.ProbeTarget;
import io.steelyard.api.pool.RealServer;
import io.steelyard.tck.HealthCheckContract;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

class HttpContractTest extends HealthCheckContract {
    private final List<FakeServer> servers = new ArrayList<>();

    @Override
    protected HealthCheckProvider provider() {
        return new HttpCheckProvider();
    }

    @Override
    protected Map<String, String> options() {
        return Map.of("body", "well");
    }

    @Override
    protected ProbeTarget passingTarget() throws IOException {
        return target(FakeServer.answering("HTTP/1.1 200 OK\r\n\r\nall is well"));
    }

    @Override
    protected ProbeTarget failingTarget() throws IOException {
        return target(FakeServer.answering("HTTP/1.1 503 Busy\r\n\r\nwell"));
    }

    @Override
    protected Optional<ProbeTarget> hangingTarget() throws IOException {
        return Optional.of(target(FakeServer.start((in, out) -> in.readAllBytes())));
    }

    private ProbeTarget target(FakeServer server) {
        servers.add(server);
        InetSocketAddress address = server.address();
        return new ProbeTarget(RealServer.of("127.0.0.1:" + address.getPort()), address, Duration.ofSeconds(5));
    }

    @AfterEach
    void closeServers() throws IOException {
        for (var server : servers) {
            server.close();
        }
    }
}
