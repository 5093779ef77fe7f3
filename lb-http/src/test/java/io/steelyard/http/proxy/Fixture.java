package io.steelyard.http.proxy;

import io.steelyard.api.Configuration;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.Personality;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.HttpService;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.SchedulerSpec;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.Steelyard;
import io.steelyard.tck.FreePort;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A balancer with one HTTP virtual server on loopback, for tests. */
final class Fixture implements AutoCloseable {
    private final int port;
    private final LoadBalancer balancer;

    private Fixture(int port, LoadBalancer balancer) {
        this.port = port;
        this.balancer = balancer;
    }

    static Fixture start(UnaryOperator<Configuration.Builder> pools, UnaryOperator<HttpRoute.Builder> root)
            throws IOException {
        return start(pools, root, HttpClientOptions.defaults());
    }

    static Fixture start(
            UnaryOperator<Configuration.Builder> pools, UnaryOperator<HttpRoute.Builder> root, HttpClientOptions client)
            throws IOException {
        int port = freePort();
        return new Fixture(port, Steelyard.start(configuration(port, pools, root, client)));
    }

    /** One pool "web" of these servers, in turn, behind everything. */
    static Fixture inFrontOf(ScriptedServer... servers) throws IOException {
        return start(
                configuration -> configuration.pool(pool("web", servers)),
                root -> root.content(HttpProxy.toPool("web").build()));
    }

    /** What the virtual server counted that clients and servers did wrong. */
    Map<String, Long> drops() {
        return balancer.status().listeners().getFirst().drops();
    }

    /** Requests that servers are working on. */
    int activeFlows() {
        return balancer.status().pools().stream()
                .flatMap(pool -> pool.servers().stream())
                .mapToInt(server -> server.active())
                .sum();
    }

    /** Has the virtual server listen on another port only. */
    void moveTo(int otherPort) {
        var before = balancer.configuration();
        var changed = Configuration.builder();
        before.pools().forEach(changed::pool);
        for (var server : before.virtualServers()) {
            changed.virtualServer(VirtualServer.tcp(server.name())
                    .listen("127.0.0.1:" + otherPort)
                    .http(((Target.Http) server.target()).service()));
        }
        balancer.apply(changed.build());
    }

    /** Connections of clients that are open. */
    int openConnections() {
        return balancer.status().listeners().getFirst().open();
    }

    void apply(UnaryOperator<Configuration.Builder> pools, UnaryOperator<HttpRoute.Builder> root) {
        balancer.apply(configuration(port, pools, root, HttpClientOptions.defaults()));
    }

    private static Configuration configuration(
            int port,
            UnaryOperator<Configuration.Builder> pools,
            UnaryOperator<HttpRoute.Builder> root,
            HttpClientOptions client) {
        var host = VirtualHost.builder("site")
                .client(client)
                .root(root.apply(HttpRoute.builder("/").mostBodyBytes(0)).build())
                .build();
        return pools.apply(Configuration.builder())
                .virtualServer(
                        VirtualServer.tcp("front").listen("127.0.0.1:" + port).http(new HttpService(List.of(host))))
                .build();
    }

    static ServerPool.Builder pool(String name, ScriptedServer... servers) {
        var pool = ServerPool.builder(name)
                .personality(Personality.NGINX)
                .scheduler(SchedulerSpec.of("nginx.round_robin"));
        for (var server : servers) {
            pool.server(RealServer.of(server.address()));
        }
        return pool;
    }

    int port() {
        return port;
    }

    LoadBalancer balancer() {
        return balancer;
    }

    RawClient client() throws IOException {
        return new RawClient(port);
    }

    /** A port nobody listens on just now. */
    static int freePort() {
        return FreePort.tcp();
    }

    @Override
    public void close() {
        balancer.close();
    }
}
