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

class TcpContractTest extends HealthCheckContract {
    private final List<FakeServer> servers = new ArrayList<>();

    @Override
    protected HealthCheckProvider provider() {
        return new TcpCheckProvider();
    }

    @Override
    protected Map<String, String> options() {
        return Map.of("send", "x", "expect", "ok");
    }

    @Override
    protected ProbeTarget passingTarget() throws IOException {
        return target((in, out) -> {
            in.read();
            out.write("ok".getBytes());
        });
    }

    @Override
    protected ProbeTarget failingTarget() throws IOException {
        return target((in, out) -> {
            in.read();
            out.write("no".getBytes());
        });
    }

    @Override
    protected Optional<ProbeTarget> hangingTarget() throws IOException {
        return Optional.of(target((in, out) -> in.readAllBytes()));
    }

    private ProbeTarget target(FakeServer.Manners manners) throws IOException {
        var server = FakeServer.start(manners);
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
