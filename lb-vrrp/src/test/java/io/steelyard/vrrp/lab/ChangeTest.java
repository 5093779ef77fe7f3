package io.steelyard.vrrp.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.Configuration;
import io.steelyard.api.proxy.Network;
import io.steelyard.api.vrrp.Notifications;
import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualRoute;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.RouterStatus;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.election.Phase;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A configuration that changes under virtual routers that run. Needs root. */
@Timeout(180)
class ChangeTest {
    private static final String ADDRESS = "10.9.0.100";
    private static final String SECOND = "10.9.0.101";
    private static final String THIRD = "10.9.0.102";

    @TempDir
    private Path folder;

    private final ConcurrentLinkedQueue<RouterEvent> events = new ConcurrentLinkedQueue<>();
    private PrivateNetwork network;
    private PrivateNetwork other;
    private VirtualRouters routers;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(PrivateNetwork.missing().isEmpty(), PrivateNetwork::missing);
        network = PrivateNetwork.create();
        other = PrivateNetwork.create();
        PrivateNetwork.join(network, "eth0", other, "eth0");
        network.ip("addr", "add", "10.9.0.1/24", "dev", "eth0");
        Files.writeString(folder.resolve("weight"), "0");
        routers = network.call(() -> VirtualRouters.builder()
                .all(configuration(router("a", 51, ADDRESS), router("b", 52, SECOND)))
                .onEvent(events::add)
                .start());
        until(() -> phase("a") == Phase.ACTIVE && phase("b") == Phase.ACTIVE);
        events.clear();
    }

    @AfterEach
    void end() throws Exception {
        if (routers != null) {
            routers.close();
        }
        if (network != null) {
            network.close();
            other.close();
        }
    }

    @Test
    void whatStaysNoticesNothing() throws Exception {
        change(configuration(router("a", 51, ADDRESS), router("c", 53, THIRD)));

        until(() -> phase("c") == Phase.ACTIVE && Lab.has(network, THIRD));
        assertThat(Lab.has(network, SECOND)).isFalse();
        assertThat(Lab.has(network, ADDRESS)).isTrue();
        assertThat(routers.status()).extracting(RouterStatus::name).containsExactly("a", "c");
        assertThat(events)
                .filteredOn(RouterEvent.Changed.class::isInstance)
                .extracting(RouterEvent::router)
                .doesNotContain("a")
                .contains("b", "c");
        assertThat(status("a").counters()).containsEntry("become_master", 1L);
    }

    @Test
    void aRouterThatDiffersStaysActiveAndTakesWhatIsNew() throws Exception {
        change(configuration(
                router("a", 51, ADDRESS),
                router("b", 52, THIRD).address(SECOND + "/24").priority(120)));

        until(() -> status("b").priority().effective() == 120 && Lab.has(network, THIRD));
        assertThat(Lab.has(network, SECOND)).isTrue();
        change(configuration(router("a", 51, ADDRESS), router("b", 52, THIRD)));
        until(() -> !Lab.has(network, SECOND));

        assertThat(Lab.has(network, THIRD)).isTrue();
        assertThat(status("b").counters()).containsEntry("become_master", 1L).containsEntry("pri_zero_sent", 0L);
        assertThat(events).noneMatch(RouterEvent.Changed.class::isInstance);
        assertThat(events).contains(new RouterEvent.PriorityChanged("b", Phase.ACTIVE, 100, 120));
    }

    @Test
    void routesOfARouterThatDiffersChangeAndOthersStay() throws Exception {
        change(configuration(
                router("a", 51, ADDRESS).route(route("10.50.0.0/24")).route(route("10.51.0.0/24"))));
        until(() -> routes().contains("10.50.0.0/24") && routes().contains("10.51.0.0/24"));

        change(configuration(
                router("a", 51, ADDRESS).route(route("10.51.0.0/24")).route(route("10.52.0.0/24"))));

        until(() -> routes().contains("10.52.0.0/24"));
        assertThat(routes()).contains("10.51.0.0/24").doesNotContain("10.50.0.0/24");
        assertThat(status("a").counters()).containsEntry("become_master", 1L);
    }

    @Test
    void aRouterOfAnotherNumberBeginsAnewAlone() throws Exception {
        change(configuration(router("a", 51, ADDRESS), router("b", 54, SECOND)));

        until(() -> phase("b") == Phase.ACTIVE);
        assertThat(status("a").counters()).containsEntry("become_master", 1L);
        assertThat(events)
                .filteredOn(RouterEvent.Changed.class::isInstance)
                .extracting(RouterEvent::router)
                .doesNotContain("a");
    }

    @Test
    void aRouterThatIsConfiguredAwayIsToldAsDeletedAndOneThatStaysAsStopped() throws Exception {
        var pipe = folder.resolve("pipe");
        var telling = Notifications.builder().tellsDeletion(true).build();
        var settings = VrrpSettings.builder()
                .fifo(new VrrpSettings.Fifo(pipe, Optional.empty()))
                .build();
        change(with(settings, router("a", 51, ADDRESS), router("b", 52, SECOND).notifications(telling)));
        until(() -> Files.exists(pipe));
        try (var lines = new RandomAccessFile(pipe.toFile(), "rw")) {
            change(with(settings, router("a", 51, ADDRESS)));
            assertThat(until(lines, "INSTANCE \"b\" DELETED 100")).doesNotContain("INSTANCE \"a\" STOP 100");

            change(with(settings, router("a", 55, ADDRESS).priority(90)));
            until(lines, "INSTANCE \"a\" STOP 100");

            change(Configuration.builder().vrrp(settings).build());
            until(lines, "INSTANCE \"a\" FAULT 90");
        }
    }

    private static List<String> until(RandomAccessFile lines, String wanted) throws IOException {
        var read = new ArrayList<String>();
        while (!read.contains(wanted)) {
            read.add(lines.readLine());
        }
        return read;
    }

    @Test
    void changesOfPriorityAreTold() throws Exception {
        Files.writeString(folder.resolve("weight"), "7");

        until(() -> events.contains(new RouterEvent.PriorityChanged("a", Phase.ACTIVE, 100, 107)));
    }

    @Test
    void aTrackerThatDiffersIsWatchedAnew() throws Exception {
        Files.writeString(folder.resolve("weight"), "7");
        until(() -> status("a").priority().effective() == 107);

        var doubled = Configuration.builder()
                .tracker(new Tracker.File("weight", 2, folder.resolve("weight"), OptionalInt.empty(), false))
                .virtualRouter(router("a", 51, ADDRESS))
                .virtualRouter(router("b", 52, SECOND))
                .build();
        change(doubled);

        until(() -> status("a").priority().effective() == 114);
        assertThat(status("a").counters()).containsEntry("become_master", 1L);
    }

    @Test
    void allBeginAnewWhereWhatTheyShareDiffers() throws Exception {
        var renamed = Configuration.builder()
                .tracker(new Tracker.File("weight", 1, folder.resolve("weight"), OptionalInt.empty(), false))
                .virtualRouter(router("a", 51, ADDRESS))
                .vrrp(VrrpSettings.builder().routerId("other").build())
                .build();
        change(renamed);

        until(() -> phase("a") == Phase.ACTIVE && Lab.has(network, ADDRESS));
        assertThat(events)
                .filteredOn(RouterEvent.Changed.class::isInstance)
                .extracting(RouterEvent::router)
                .contains("a");
    }

    @Test
    void aChangeThatIsRefusedChangesNothing() throws Exception {
        var fencing = new SplitBrainDefence.Fencing("oracle", Map.of(), Duration.ofSeconds(1), true);
        var refused = configuration(
                router("a", 51, ADDRESS)
                        .defence(SplitBrainDefence.builder().fencing(fencing).build()),
                router("b", 52, SECOND));

        assertThatThrownBy(() -> change(refused)).hasMessageContaining("there is no fencing 'oracle'");
        assertThat(phase("a")).isEqualTo(Phase.ACTIVE);
        assertThat(events).isEmpty();
    }

    @Test
    void noRouterAtAllIsAConfigurationToo() throws Exception {
        change(Configuration.builder().build());

        assertThat(routers.status()).isEmpty();
        assertThat(Lab.has(network, ADDRESS)).isFalse();
        change(configuration(router("a", 51, ADDRESS)));
        until(() -> phase("a") == Phase.ACTIVE);
    }

    private static VirtualRoute route(String destination) throws Exception {
        return VirtualRoute.builder(Network.parse(destination))
                .nextHop(VirtualRoute.NextHop.via(InetAddress.ofLiteral("10.9.0.9")))
                .build();
    }

    private String routes() throws Exception {
        return network.ip("route");
    }

    private Configuration configuration(VirtualRouter.Builder... wanted) {
        return with(VrrpSettings.DEFAULT, wanted);
    }

    private Configuration with(VrrpSettings settings, VirtualRouter.Builder... wanted) {
        var builder = Configuration.builder()
                .tracker(new Tracker.File("weight", 1, folder.resolve("weight"), OptionalInt.empty(), false))
                .vrrp(settings);
        for (var router : wanted) {
            builder.virtualRouter(router);
        }
        return builder.build();
    }

    private void change(Configuration changed) throws Exception {
        network.call(() -> {
            routers.change(changed);
            return true;
        });
    }

    private RouterStatus status(String name) {
        return routers.status().stream()
                .filter(status -> status.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Phase phase(String name) {
        return status(name).phase();
    }

    private static VirtualRouter.Builder router(String name, int id, String address) {
        return VirtualRouter.builder(name, "eth0", id)
                .advertInterval(Duration.ofMillis(200))
                .address(address + "/24")
                .track(Track.of("weight"));
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }
}
