package io.steelyard.http.proxy;

import io.steelyard.api.Configuration;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.http.HttpService;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.Steelyard;
import io.steelyard.tck.TestCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A balancer that speaks TLS with curl and openssl, for tests. */
final class TlsStage implements AutoCloseable {
    private final int port;
    private final Path folder;
    private final LoadBalancer balancer;

    private TlsStage(int port, Path folder, LoadBalancer balancer) {
        this.port = port;
        this.folder = folder;
        this.balancer = balancer;
    }

    static TlsStage start(Path folder, UnaryOperator<Configuration.Builder> pools, VirtualHost... hosts)
            throws IOException {
        int port = Fixture.freePort();
        return new TlsStage(port, folder, Steelyard.start(configuration(port, pools, hosts)));
    }

    private static Configuration configuration(
            int port, UnaryOperator<Configuration.Builder> pools, VirtualHost... hosts) {
        return pools.apply(Configuration.builder())
                .virtualServer(VirtualServer.tcp("front")
                        .listen(ListenAddress.parse("127.0.0.1:" + port).tls(true))
                        .http(new HttpService(List.of(hosts))))
                .build();
    }

    void apply(UnaryOperator<Configuration.Builder> pools, VirtualHost... hosts) {
        balancer.apply(configuration(port, pools, hosts));
    }

    /** What the virtual server counted that clients and servers did wrong. */
    Map<String, Long> drops() {
        return balancer.status().listeners().getFirst().drops();
    }

    /** Connections of clients that are open. */
    int openConnections() {
        return balancer.status().listeners().getFirst().open();
    }

    int port() {
        return port;
    }

    /** What curl gets of a host, with its own options. */
    String curl(String host, String path, String... options) throws IOException {
        var command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "30", "--noproxy", "*"));
        command.addAll(List.of("--resolve", host + ":" + port + ":127.0.0.1"));
        command.addAll(List.of(options));
        command.add("https://" + host + ":" + port + path);
        return TestCertificates.run(command, folder, "");
    }

    /** What openssl's client says, which sends {@code input}. */
    String openssl(String input, String... options) throws IOException {
        var command = new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port));
        command.addAll(List.of(options));
        return TestCertificates.run(command, folder, input);
    }

    @Override
    public void close() {
        balancer.close();
    }
}
