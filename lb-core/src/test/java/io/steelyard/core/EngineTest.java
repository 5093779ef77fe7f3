package io.steelyard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Event;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.Settings;
import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ForwardingMode;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.tck.FreePort;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an application sees of a running balancer. */
@Timeout(60)
class EngineTest {
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final Told told = new Told();
    private final Plugins plugins =
            Plugins.builder().register(new ListedFirst()).register(told).build();
    private final int port = FreePort.tcp();
    private final TestServer a = keep(TestServer.named("a"));
    private final TestServer b = keep(TestServer.named("b"));

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Test
    void saysWhenAListenerIsReady() {
        start(pool().build());

        await().untilAsserted(() -> assertThat(events)
                .extracting(Event::toString)
                .contains("ready tcp 127.0.0.1:" + port + " web listed-first 2 servers"));
    }

    @Test
    void leavesAServerAloneThatItsCheckSaysIsDownAndComesBack() {
        start(pool().healthCheck(check()).build());
        assertThat(ask()).isEqualTo("a");

        told.failing.put(a.address(), "told to");
        await().untilAsserted(() -> assertThat(ask()).isEqualTo("b"));
        assertThat(health(a)).isEqualTo(HealthState.DOWN);
        assertThat(events).extracting(Event::toString).contains("server " + a.address() + " in web is DOWN: told to");

        told.failing.clear();
        await().untilAsserted(() -> assertThat(ask()).isEqualTo("a"));
    }

    @Test
    void aMandatoryCheckKeepsAServerOutUntilItPasses() {
        told.failing.put(a.address(), "not yet");
        start(pool().healthCheck(HealthCheckSpec.builder("told")
                        .interval(Duration.ofMillis(20))
                        .mandatory(true)
                        .rise(1)
                        .build())
                .build());

        await().untilAsserted(() -> assertThat(ask()).isEqualTo("b"));
        told.failing.clear();
        await().untilAsserted(() -> assertThat(ask()).isEqualTo("a"));
    }

    @Test
    void aDrainingServerReceivesNoNewConnection() {
        var balancer = start(pool().build());

        balancer.adminState("web", a.address(), AdminState.DRAINING);
        assertThat(ask()).isEqualTo("b");
        balancer.adminState("web", a.address(), AdminState.ENABLED);
        assertThat(ask()).isEqualTo("a");
    }

    @Test
    void anUnknownServerIsABadArgument() {
        var balancer = start(pool().build());

        assertThatThrownBy(() -> balancer.adminState("web", "10.9.9.9:1", AdminState.DRAINING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10.9.9.9:1");
    }

    @Test
    void countsWhatItDid() {
        var balancer = start(pool().build());
        for (int i = 0; i < 5; i++) {
            assertThat(ask()).isEqualTo("a");
        }

        await().untilAsserted(() -> {
            var status = balancer.status();
            assertThat(status.listeners().getFirst().accepted()).isEqualTo(5);
            assertThat(status.listeners().getFirst().open()).isZero();
            assertThat(status.pools().getFirst().servers().getFirst().served()).isEqualTo(5);
            assertThat(status.pools().getFirst().servers().getFirst().active()).isZero();
        });
    }

    @Test
    void refusesAConfigurationWholeWithEveryErrorInIt() {
        var wrong = new Configuration(
                Settings.defaults(),
                List.of(ServerPool.builder("web")
                        .scheduler("no-such")
                        .server(RealServer.of(a.address()))
                        .build()),
                List.of(VirtualServer.tcp("front")
                        .listen("127.0.0.1:" + port)
                        .pool("missing")
                        .build()),
                List.of(),
                List.of(),
                List.of(),
                List.of());

        assertThatThrownBy(() -> Steelyard.builder().plugins(plugins).start(wrong))
                .isInstanceOfSatisfying(
                        ConfigurationException.class,
                        refused -> assertThat(refused.problems())
                                .extracting(problem -> problem.what())
                                .anyMatch(what -> what.contains("missing"))
                                .anyMatch(what -> what.contains("no-such")));
        assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(IOException.class);
    }

    @Test
    void refusesVirtualRoutersInsteadOfLosingThem() {
        var wrong = Configuration.builder()
                .virtualRouter(VirtualRouter.builder("gate", "lo", 51).address("192.0.2.1"))
                .build();
        assertThatThrownBy(() -> Steelyard.builder().plugins(plugins).start(wrong))
                .isInstanceOfSatisfying(
                        ConfigurationException.class,
                        refused -> assertThat(refused.problems())
                                .extracting(problem -> problem.path())
                                .contains("virtualRouters"));
    }

    @Test
    void refusesAForwardingModeNobodyProvides() {
        assertThatThrownBy(() -> start(
                        pool().build(),
                        VirtualServer.tcp("front")
                                .listen("127.0.0.1:" + port)
                                .pool("web")
                                .forwardingMode(new ForwardingMode.Tunnel())
                                .build()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("Tunnel");
    }

    @Test
    void acceptsNoMoreThanTheLimitAtOnce() throws Exception {
        var echo = keep(TestServer.echo());
        keep(Steelyard.builder()
                .plugins(plugins)
                .start(Configuration.builder()
                        .settings(new Settings(1, Duration.ofSeconds(1), 2))
                        .pool(ServerPool.builder("web")
                                .scheduler("listed-first")
                                .server(RealServer.of(echo.address())))
                        .virtualServer(VirtualServer.tcp("front")
                                .listen("127.0.0.1:" + port)
                                .pool("web"))
                        .build()));

        try (var first = new Socket("127.0.0.1", port);
                var second = new Socket("127.0.0.1", port);
                var third = new Socket("127.0.0.1", port)) {
            exchange(first);
            exchange(second);
            third.getOutputStream().write('x');
            third.setSoTimeout(200);
            assertThatThrownBy(() -> third.getInputStream().read()).isInstanceOf(java.net.SocketTimeoutException.class);
            first.close();
            third.setSoTimeout(10_000);
            assertThat(third.getInputStream().read()).isEqualTo('x');
        }
    }

    @Test
    void aRemovedListenerIsClosedAndItsConnectionsFinish() throws Exception {
        var echo = keep(TestServer.echo());
        var pool = ServerPool.builder("web")
                .scheduler("listed-first")
                .server(RealServer.of(echo.address()))
                .build();
        var balancer = start(pool);
        try (var client = new Socket("127.0.0.1", port)) {
            exchange(client);
            balancer.apply(Configuration.builder().pool(pool).build());
            assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(IOException.class);
            exchange(client);
        }
        await().untilAsserted(() ->
                assertThat(events).extracting(Event::toString).contains("closed tcp 127.0.0.1:" + port + " web"));
    }

    @Test
    void idleVirtualServersAreRemovedAtOnce() {
        var web = pool().build();
        var running = start(web);
        running.apply(Configuration.builder()
                .pool(web)
                .virtualServer(VirtualServer.tcp("x")
                        .listen("127.0.0.1:" + FreePort.tcp())
                        .pool("web"))
                .virtualServer(VirtualServer.tcp("y")
                        .listen("127.0.0.1:" + FreePort.tcp())
                        .pool("web"))
                .build());
        running.apply(Configuration.builder().pool(web).build());

        assertThat(running.configuration().virtualServers()).isEmpty();
        assertThat(running.status().listeners()).isEmpty();
        assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(IOException.class);
    }

    @Test
    void anAddressMayMoveToAnotherVirtualServer() {
        var web = pool().build();
        var other = ServerPool.builder("other")
                .scheduler("listed-first")
                .server(RealServer.of(b.address()))
                .build();
        int second = FreePort.tcp();
        var both = VirtualServer.tcp("front")
                .listen("127.0.0.1:" + second)
                .listen("127.0.0.1:" + port)
                .pool("web")
                .build();
        var running = start(web, both);
        assertThat(ask()).isEqualTo("a");

        var first = VirtualServer.tcp("front").listen("127.0.0.1:" + second).pool("web");
        var moved = VirtualServer.tcp("moved").listen("127.0.0.1:" + port).pool("other");
        running.apply(Configuration.builder()
                .pool(web)
                .pool(other)
                .virtualServer(moved)
                .virtualServer(first)
                .build());
        assertThat(ask()).isEqualTo("b");

        running.apply(Configuration.builder().pool(web).virtualServer(both).build());
        assertThat(ask()).isEqualTo("a");
    }

    @Test
    void aWildcardAndOneOfItsAddressesGoTogether() {
        var running = keep(Steelyard.builder()
                .plugins(plugins)
                .start(Configuration.builder()
                        .pool(pool().build())
                        .pool(ServerPool.builder("other")
                                .scheduler("listed-first")
                                .server(RealServer.of(b.address())))
                        .virtualServer(VirtualServer.tcp("all")
                                .listen("0.0.0.0:" + port)
                                .pool("other"))
                        .virtualServer(VirtualServer.tcp("one")
                                .listen("127.0.0.1:" + port)
                                .pool("web"))
                        .build()));
        assertThat(running.status().listeners()).hasSize(2);
        assertThat(ask()).isEqualTo("a");
    }

    @Test
    void aListenersBacklogAndKeepAliveChangeInPlace() throws Exception {
        var web = ServerPool.builder("web")
                .scheduler("listed-first")
                .server(RealServer.of(keep(TestServer.echo()).address()))
                .build();
        var address = ListenAddress.parse("127.0.0.1:" + port);
        var running = start(web);
        try (var client = new Socket("127.0.0.1", port)) {
            exchange(client);
            running.apply(Configuration.builder()
                    .pool(web)
                    .virtualServer(VirtualServer.tcp("front")
                            .listen(new ListenAddress(address.address(), port, port, 7, true, true))
                            .pool("web"))
                    .build());
            exchange(client);
            try (var another = new Socket("127.0.0.1", port)) {
                exchange(another);
            }
        }
        assertThat(running.configuration()
                        .virtualServers()
                        .getFirst()
                        .listen()
                        .getFirst()
                        .backlog())
                .isEqualTo(7);
    }

    @Test
    void aListenerThatThrowsHarmsNobody() {
        var balancer = start(pool().build());
        balancer.onEvent(event -> {
            throw new IllegalStateException("from a listener");
        });

        balancer.apply(balancer.configuration());

        assertThat(ask()).isEqualTo("a");
    }

    @Test
    void closingTwiceDoesNothing() {
        var balancer = start(pool().build());
        balancer.close();
        balancer.close();
        assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(IOException.class);
    }

    // ---- the stage

    /** A check that fails for the servers it is told to fail. */
    private static final class Told implements HealthCheckProvider {
        private final Map<String, String> failing = new ConcurrentHashMap<>();

        @Override
        public String name() {
            return "told";
        }

        @Override
        public String description() {
            return "says what the test wants";
        }

        @Override
        public HealthCheck create(Options options) {
            return target -> {
                var reason = failing.get(target.server().id());
                return reason == null ? ProbeResult.passed("fine") : ProbeResult.failed(reason);
            };
        }
    }

    private static HealthCheckSpec check() {
        return HealthCheckSpec.builder("told").interval(Duration.ofMillis(20)).build();
    }

    private ServerPool.Builder pool() {
        return ServerPool.builder("web")
                .scheduler("listed-first")
                .server(RealServer.of(a.address()))
                .server(RealServer.of(b.address()));
    }

    private LoadBalancer start(ServerPool pool) {
        return start(
                pool,
                VirtualServer.tcp("front")
                        .listen("127.0.0.1:" + port)
                        .pool("web")
                        .build());
    }

    private LoadBalancer balancer;

    private LoadBalancer start(ServerPool pool, VirtualServer server) {
        balancer = keep(Steelyard.builder()
                .plugins(plugins)
                .onEvent(events::add)
                .start(Configuration.builder().pool(pool).virtualServer(server).build()));
        return balancer;
    }

    private HealthState health(TestServer server) {
        return balancer.status().pools().getFirst().servers().stream()
                .filter(status -> status.id().equals(server.address()))
                .findFirst()
                .orElseThrow()
                .health();
    }

    private String ask() {
        try (var client = new Socket("127.0.0.1", port)) {
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private static void exchange(Socket client) throws IOException {
        client.setSoTimeout(10_000);
        client.getOutputStream().write('.');
        assertThat(client.getInputStream().read()).isEqualTo('.');
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }
}
