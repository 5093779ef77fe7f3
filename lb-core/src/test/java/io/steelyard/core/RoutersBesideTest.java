package io.steelyard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Event;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.vrrp.RunningRouters;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VirtualRouterProvider;
import io.steelyard.tck.FreePort;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What virtual routers learn of the balancer beside them, and when. */
@Timeout(60)
class RoutersBesideTest {
    /** Of a network for examples (RFC 5737): no machine has it. */
    private static final String FLOATING = "192.0.2.77";

    private final Recorder routers = new Recorder();
    private final Plugins plugins =
            Plugins.builder().register(new ListedFirst()).register(routers).build();
    private final int port = FreePort.tcp();

    @Test
    void aPoolBelowItsLeastServersIsTold() {
        try (var balancer = start(configuration().build())) {
            await().untilAsserted(() -> assertThat(routers.said).contains("web-up true", "front-up true"));

            balancer.adminState("web", "127.0.0.1:9", AdminState.DRAINING);
            await().untilAsserted(() -> assertThat(routers.said).contains("web-up false"));

            balancer.adminState("web", "127.0.0.1:9", AdminState.ENABLED);
            await().untilAsserted(() -> assertThat(routers.said).endsWith("web-up true"));
        }
    }

    @Test
    void listensOnAnAddressThatOnlyARouterWillBring() {
        try (var balancer = start(configuration().build())) {
            assertThat(balancer.status().listeners().getFirst().addresses()).containsExactly(FLOATING + ":" + port);
        }
    }

    @Test
    void anAddressThatNoRouterBringsIsRefused() {
        var elsewhere = Configuration.builder()
                .pool(ServerPool.builder("web").scheduler("listed-first").server(RealServer.of("127.0.0.1:9")))
                .virtualServer(
                        VirtualServer.tcp("front").listen(FLOATING + ":" + port).pool("web"))
                .build();

        assertThatThrownBy(() -> start(elsewhere).close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("no interface of this machine has that address");
    }

    @Test
    void addressesAreGivenUpBeforeListenersCloseAndOnlyOnce() {
        start(configuration().build()).drain(Duration.ofSeconds(1));

        assertThat(routers.said.stream().filter("close"::equals)).hasSize(1);
    }

    @Test
    void aChangedConfigurationReachesTheRoutersAndIsToldAnew() {
        try (var balancer = start(configuration().build())) {
            await().untilAsserted(() -> assertThat(routers.said).contains("web-up true"));
            routers.said.clear();

            balancer.apply(configuration()
                    .virtualRouter(VirtualRouter.builder("second", "lo", 52).address("192.0.2.78"))
                    .build());

            await().untilAsserted(() ->
                    assertThat(routers.said).startsWith("change [gate, second]").contains("web-up true"));
        }
    }

    @Test
    void routersThatCannotStartLeaveNothingRunning() throws Exception {
        routers.refusal = "VRRP needs CAP_NET_RAW";

        assertThatThrownBy(() -> start(configuration().build()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("CAP_NET_RAW");
        new ServerSocket(port).close();
    }

    @Test
    void aChangeThatTheRoutersRefuseChangesNothing() {
        try (var balancer = start(configuration().build())) {
            var before = balancer.configuration();
            routers.refusal = "no such interface";

            assertThatThrownBy(() -> balancer.apply(configuration()
                            .virtualRouter(
                                    VirtualRouter.builder("second", "none0", 52).address("192.0.2.78"))
                            .build()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("no such interface");
            assertThat(balancer.configuration()).isEqualTo(before);
        }
    }

    private LoadBalancer start(Configuration configuration) {
        return Steelyard.builder().plugins(plugins).start(configuration);
    }

    private Configuration.Builder configuration() {
        return Configuration.builder()
                .pool(ServerPool.builder("web").scheduler("listed-first").server(RealServer.of("127.0.0.1:9")))
                .virtualServer(
                        VirtualServer.tcp("front").listen(FLOATING + ":" + port).pool("web"))
                .tracker(new Tracker.Pool("web-up", 0, "web", 1))
                .tracker(new Tracker.Listener("front-up", 0, "front"))
                .virtualRouter(VirtualRouter.builder("gate", "lo", 51)
                        .address(FLOATING + "/32")
                        .track(Track.of("web-up"))
                        .track(Track.of("front-up")));
    }

    /** Writes down what it is told. */
    private static final class Recorder implements VirtualRouterProvider, RunningRouters {
        private final List<String> said = new CopyOnWriteArrayList<>();
        private volatile String refusal = "";

        @Override
        public String name() {
            return "recorder";
        }

        @Override
        public String description() {
            return "records what it is told";
        }

        @Override
        public RunningRouters start(Configuration configuration, Consumer<Event> events) throws IOException {
            refuse();
            return this;
        }

        @Override
        public void change(Configuration changed) throws IOException {
            refuse();
            said.add("change "
                    + changed.virtualRouters().stream().map(VirtualRouter::name).toList());
        }

        private void refuse() throws IOException {
            if (!refusal.isEmpty()) {
                throw new IOException(refusal);
            }
        }

        @Override
        public void tell(String tracker, boolean isUp) {
            said.add(tracker + " " + isUp);
        }

        @Override
        public void close() {
            said.add("close");
        }
    }
}
