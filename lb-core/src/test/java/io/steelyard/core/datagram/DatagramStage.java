package io.steelyard.core.datagram;

import io.steelyard.api.Configuration;
import io.steelyard.api.Event;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.PassiveHealth;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.core.Steelyard;
import io.steelyard.core.loop.LoopGroup;
import io.steelyard.core.session.Sessions;
import io.steelyard.tck.FreePort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A UDP virtual server with real servers and clients on loopback; what a test keeps is closed after it, the last first. */
abstract class DatagramStage {
    static final ProxyOptions DEFAULTS = ProxyOptions.defaults();
    private static final Plugins PLUGINS =
            Plugins.builder().register(new Rotating()).build();

    final List<AutoCloseable> opened = new ArrayList<>();
    final int port = FreePort.udp();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    LoadBalancer balancer;

    void start(ServerPool pool, ProxyOptions options) {
        start(Configuration.builder().pool(pool).virtualServer(front(options)).build());
    }

    void start(ServerPool pool, VirtualServer.Builder server) {
        start(Configuration.builder().pool(pool).virtualServer(targeted(server)).build());
    }

    void start(Configuration configuration) {
        balancer = keep(Steelyard.builder().plugins(PLUGINS).start(configuration));
    }

    /** A forwarder by itself, over the pools of an engine that listens nowhere. */
    Forwarder forwarder(ServerPool pool, ProxyOptions options, int loops) throws IOException {
        return forwarder(pool, front(options).toBuilder(), loops);
    }

    Forwarder forwarder(ServerPool pool, VirtualServer.Builder server, int loops) throws IOException {
        start(Configuration.builder().pool(pool).build());
        var group = keep(LoopGroup.start(loops));
        var sessions = keep(new Sessions(event -> {}));
        var provider = new DatagramForwarderProvider(group, sessions, event -> {}, address -> false);
        var forwarder = provider.open(targeted(server), new Context(balancer));
        keep(forwarder);
        return forwarder;
    }

    private record Context(LoadBalancer engine) implements ForwarderContext {
        @Override
        public Balancer balancer(String pool) {
            return engine.balancer(pool).orElseThrow();
        }

        @Override
        public Configuration configuration() {
            return engine.configuration();
        }

        @Override
        public void publish(Event event) {}
    }

    static VirtualServer targeted(VirtualServer.Builder server) {
        try {
            return server.build();
        } catch (IllegalStateException withoutTarget) {
            return server.pool("web").build();
        }
    }

    VirtualServer front(ProxyOptions options) {
        return VirtualServer.udp("front")
                .listen("127.0.0.1:" + port)
                .pool("web")
                .options(options)
                .build();
    }

    static ServerPool pool(String... servers) {
        return pool(Arrays.stream(servers).map(RealServer::of).toArray(RealServer[]::new));
    }

    static ServerPool pool(RealServer... servers) {
        return ServerPool.builder("web")
                .scheduler("rotating")
                .passiveHealth(new PassiveHealth.MaxFails())
                .servers(List.of(servers))
                .build();
    }

    RealServer[] servers(String... names) {
        return Arrays.stream(names).map(this::keepServer).toArray(RealServer[]::new);
    }

    RealServer keepServer(String name) {
        return RealServer.of(keep(UdpServer.named(name)).address());
    }

    int open() {
        return balancer.status().listeners().getFirst().open();
    }

    long accepted() {
        return balancer.status().listeners().getFirst().accepted();
    }

    long refused() {
        return balancer.status().listeners().getFirst().refused();
    }

    long active() {
        return balancer.status().pools().getFirst().servers().stream()
                .mapToLong(server -> server.active())
                .sum();
    }

    long failures() {
        return balancer.status().pools().getFirst().servers().stream()
                .mapToLong(server -> server.failures())
                .sum();
    }

    <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }
}
