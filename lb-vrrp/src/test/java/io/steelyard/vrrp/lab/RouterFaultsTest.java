package io.steelyard.vrrp.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.vrrp.Announcements;
import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.election.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong around a virtual router, with real interfaces in namespaces. Needs root. */
@Timeout(180)
class RouterFaultsTest {
    private static final String ADDRESS = "10.9.0.100";
    private static final String SECOND = "10.9.0.101";
    private static final Duration LIMIT = Duration.ofSeconds(40);

    @TempDir
    private Path folder;

    private final List<VirtualRouters> running = new ArrayList<>();
    private final ConcurrentLinkedQueue<RouterEvent> events = new ConcurrentLinkedQueue<>();
    private Lab lab;

    @BeforeEach
    void createLab() throws Exception {
        assumeTrue(Lab.missing().isEmpty(), Lab::missing);
        lab = Lab.create(folder);
    }

    @AfterEach
    void close() throws Exception {
        running.forEach(VirtualRouters::close);
        if (lab != null) {
            lab.close();
        }
    }

    private static VirtualRouter.Builder router(String name, int id, int priority, String address) {
        return VirtualRouter.builder(name, "eth0", id)
                .priority(priority)
                .advertInterval(Duration.ofMillis(200))
                .address(address + "/24");
    }

    private VirtualRouters start(PrivateNetwork host, VirtualRouters.Builder builder) throws Exception {
        var started = host.call(() -> builder.onEvent(events::add).start());
        running.add(started);
        return started;
    }

    private VirtualRouters start(PrivateNetwork host, VirtualRouter.Builder router) throws Exception {
        return start(host, VirtualRouters.builder().router(router.build()));
    }

    private static Phase phase(VirtualRouters routers, int place) {
        return routers.status().get(place).phase();
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(condition);
    }

    @Test
    void leftoversOfACrashGoAtStartAndOurAddressesHaveALifetime() throws Exception {
        lab.other.ip("addr", "add", ADDRESS + "/24", "dev", "eth0");
        var active = start(lab.one, router("a", 51, 150, ADDRESS));
        until(() -> phase(active, 0) == Phase.ACTIVE);

        var backup = start(lab.other, router("a", 51, 100, ADDRESS));

        assertThat(phase(backup, 0)).isEqualTo(Phase.BACKUP);
        assertThat(Lab.has(lab.other, ADDRESS)).isFalse();
        assertThat(lab.one.ip("addr", "show", "dev", "eth0"))
                .containsPattern("inet 10\\.9\\.0\\.100/24 [^\\n]*\\n *valid_lft 1sec");
        until(() -> lab.answers(ADDRESS));
    }

    @Test
    void anInterfaceThatGoesDownIsAFaultAndComesBack() throws Exception {
        var routers = start(lab.one, router("a", 51, 100, ADDRESS));
        until(() -> phase(routers, 0) == Phase.ACTIVE);

        lab.cable("one", false);
        until(() -> phase(routers, 0) == Phase.FAULT);
        assertThat(routers.status().getFirst().unhealthy()).contains("interface eth0 is down");
        assertThat(Lab.has(lab.one, ADDRESS)).isFalse();

        lab.cable("one", true);
        until(() -> phase(routers, 0) == Phase.ACTIVE && Lab.has(lab.one, ADDRESS));
    }

    @Test
    void anInterfaceThatIsMissingIsWaitedFor() throws Exception {
        var routers = start(
                lab.one,
                VirtualRouter.builder("a", "dummy0", 51)
                        .advertInterval(Duration.ofMillis(200))
                        .address("10.8.0.1/24"));
        assertThat(phase(routers, 0)).isEqualTo(Phase.FAULT);
        assertThat(routers.status().getFirst().unhealthy()).contains("there is no interface dummy0");

        lab.one.ip("link", "add", "dummy0", "type", "veth", "peer", "name", "dummy1");
        lab.one.ip("link", "set", "dummy1", "up");
        lab.one.ip("link", "set", "dummy0", "up");
        until(() -> routers.status()
                .getFirst()
                .unhealthy()
                .equals(java.util.Optional.of("interface dummy0 has no address that adverts could come from")));
        lab.one.ip("addr", "add", "10.8.0.2/24", "dev", "dummy0");
        until(() -> phase(routers, 0) == Phase.ACTIVE && Lab.has(lab.one, "10.8.0.1"));
    }

    @Test
    void anAddressTakenAwayByOthersIsLost() throws Exception {
        var routers = start(lab.one, router("a", 51, 100, ADDRESS));
        until(() -> phase(routers, 0) == Phase.ACTIVE);

        lab.one.ip("addr", "del", ADDRESS + "/24", "dev", "eth0");

        until(() -> events.stream()
                .anyMatch(event -> event instanceof RouterEvent.Changed changed
                        && changed.reason() == io.steelyard.vrrp.election.Effect.Reason.ADDRESS_LOST));
        until(() -> phase(routers, 0) == Phase.ACTIVE && Lab.has(lab.one, ADDRESS));
    }

    @Test
    void somebodyElseWithOurAddressIsReported() throws Exception {
        lab.other.ip("addr", "add", ADDRESS + "/24", "dev", "eth0");

        var routers = start(lab.one, router("a", 51, 100, ADDRESS));

        until(() -> phase(routers, 0) == Phase.ACTIVE);
        until(() -> events.stream().anyMatch(RouterFaultsTest::isConflict));
    }

    @Test
    void somebodyElseWithOurAddressKeepsUsFromClaimingWhereThatIsWanted() throws Exception {
        lab.other.ip("addr", "add", ADDRESS + "/24", "dev", "eth0");
        var defence = SplitBrainDefence.builder()
                .addressProbe(SplitBrainDefence.AddressProbe.REFUSE)
                .build();

        var routers = start(lab.one, router("a", 51, 100, ADDRESS).defence(defence));

        until(() -> events.stream().filter(RouterFaultsTest::isConflict).count() >= 1);
        assertThat(phase(routers, 0)).isEqualTo(Phase.BACKUP);
        assertThat(Lab.has(lab.one, ADDRESS)).isFalse();
        lab.other.ip("addr", "del", ADDRESS + "/24", "dev", "eth0");
        until(() -> phase(routers, 0) == Phase.ACTIVE && Lab.has(lab.one, ADDRESS));
    }

    private static boolean isConflict(RouterEvent event) {
        return event instanceof RouterEvent.Warning warning
                && warning.kind() == RouterEvent.Kind.ADDRESS_CONFLICT
                && warning.text().contains(ADDRESS);
    }

    @Test
    void aTrackerMovesTheAddressToTheOtherHostAndBack() throws Exception {
        var first = start(
                lab.one,
                VirtualRouters.builder()
                        .tracker(new Tracker.Listener("web", -100, "web"))
                        .router(router("a", 51, 150, ADDRESS)
                                .track(Track.of("web"))
                                .build()));
        first.tell("web", true);
        var second = start(lab.other, router("a", 51, 100, ADDRESS));
        until(() -> phase(first, 0) == Phase.ACTIVE);

        first.tell("web", false);

        until(() -> phase(second, 0) == Phase.ACTIVE && phase(first, 0) == Phase.BACKUP);
        assertThat(first.status().getFirst().priority().text()).isEqualTo("150 - 100 (web) = 50");
        until(() -> Lab.has(lab.other, ADDRESS) && !Lab.has(lab.one, ADDRESS) && lab.answers(ADDRESS));
        first.tell("web", true);
        until(() -> phase(first, 0) == Phase.ACTIVE && phase(second, 0) == Phase.BACKUP);
    }

    @Test
    void aGroupMovesAsAWhole() throws Exception {
        var first = start(
                lab.one,
                VirtualRouters.builder()
                        .router(router("a", 51, 150, ADDRESS).build())
                        .router(router("b", 52, 150, SECOND).build())
                        .tracker(new Tracker.Listener("web", 0, "web"))
                        .group(new SyncGroup(
                                "g",
                                List.of("a", "b"),
                                List.of(Track.of("web")),
                                false,
                                io.steelyard.api.vrrp.Notifications.NONE)));
        assertThat(phase(first, 0)).as("the tracker has not spoken").isEqualTo(Phase.INITIALIZE);
        first.tell("web", true);
        until(() -> phase(first, 0) == Phase.ACTIVE && phase(first, 1) == Phase.ACTIVE);
        var second = start(
                lab.other,
                VirtualRouters.builder()
                        .router(router("a", 51, 100, ADDRESS).build())
                        .router(router("b", 52, 100, SECOND).build())
                        .group(SyncGroup.of("g", "a", "b")));

        first.tell("web", false);

        until(() -> phase(second, 0) == Phase.ACTIVE && phase(second, 1) == Phase.ACTIVE);
        assertThat(phase(first, 0)).isEqualTo(Phase.FAULT);
        assertThat(phase(first, 1)).isEqualTo(Phase.FAULT);
    }

    @Test
    void twoAddressesAreSharedAndOneHostTakesBoth() throws Exception {
        var first = start(
                lab.one,
                VirtualRouters.builder()
                        .router(router("a", 199, 110, ADDRESS).build())
                        .router(router("b", 200, 100, SECOND).build()));
        var second = start(
                lab.other,
                VirtualRouters.builder()
                        .router(router("a", 199, 100, ADDRESS).build())
                        .router(router("b", 200, 110, SECOND).build()));
        until(() -> phase(first, 0) == Phase.ACTIVE
                && phase(first, 1) == Phase.BACKUP
                && phase(second, 0) == Phase.BACKUP
                && phase(second, 1) == Phase.ACTIVE);

        lab.cable("one", false);
        until(() -> phase(second, 0) == Phase.ACTIVE && lab.answers(ADDRESS) && lab.answers(SECOND));

        lab.cable("one", true);
        until(() -> phase(first, 0) == Phase.ACTIVE && phase(second, 0) == Phase.BACKUP && lab.answers(ADDRESS));
        assertThat(phase(second, 1)).isEqualTo(Phase.ACTIVE);
    }

    @Test
    void anAddressThatGoesTakesNoOtherOfItsNetworkAlong() throws Exception {
        lab.one.call(() -> {
            java.nio.file.Files.writeString(Path.of("/proc/sys/net/ipv4/conf/eth0/promote_secondaries"), "0");
            return true;
        });
        var first = start(lab.one, router("a", 51, 100, "10.8.0.100"));
        until(() -> Lab.has(lab.one, "10.8.0.100"));
        var second = start(lab.one, router("b", 52, 100, "10.8.0.101"));
        until(() -> Lab.has(lab.one, "10.8.0.101"));

        first.close();

        until(() -> !Lab.has(lab.one, "10.8.0.100"));
        assertThat(Lab.has(lab.one, "10.8.0.101")).isTrue();
        assertThat(phase(second, 0)).isEqualTo(Phase.ACTIVE);
    }

    @Test
    void packetsAreKeptFromAnAddressThatDoesNotAcceptThem() throws Exception {
        assumeTrue(java.nio.file.Files.isExecutable(Path.of("/usr/sbin/nft")), "needs nft (package nftables)");
        var routers = start(
                lab.one, router("a", 51, 100, ADDRESS).acceptsPackets(false).announcements(Announcements.KEEPALIVED));

        until(() -> phase(routers, 0) == Phase.ACTIVE
                && lab.one.ip("-o", "addr").contains(ADDRESS)
                && lab.one.succeeds("sh", "-c", "nft list table inet steelyard_vrrp | grep -q " + ADDRESS));

        assertThat(lab.answers("10.9.0.1")).isTrue();
        assertThat(lab.answers(ADDRESS)).isFalse();
        routers.close();
        assertThat(lab.one.succeeds("nft", "list", "table", "inet", "steelyard_vrrp"))
                .isFalse();
    }

    @Test
    void whatDoesNotGoTogetherIsRefusedWithTheReason() {
        assertThatThrownBy(() -> VirtualRouters.builder()
                        .router(router("a", 51, 100, "10.9.0.100")
                                .advertInterval(Duration.ofMillis(15))
                                .build())
                        .start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("advert interval");
        assertThatThrownBy(() -> VirtualRouters.builder()
                        .router(router("a", 51, 100, ADDRESS).build())
                        .router(router("a", 52, 100, SECOND).build())
                        .start())
                .hasMessageContaining("same name");
        var defence = SplitBrainDefence.builder()
                .fencing(new SplitBrainDefence.Fencing("oracle", java.util.Map.of(), Duration.ofSeconds(1), true))
                .build();
        assertThatThrownBy(() -> VirtualRouters.builder()
                        .router(router("a", 51, 100, ADDRESS).defence(defence).build())
                        .start())
                .hasMessageContaining("there is no fencing 'oracle', expected one of script");
    }
}
