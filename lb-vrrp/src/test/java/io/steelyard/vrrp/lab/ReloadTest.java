package io.steelyard.vrrp.lab;

import static io.steelyard.vrrp.lab.Pair.phase;
import static io.steelyard.vrrp.lab.Pair.router;
import static io.steelyard.vrrp.lab.Pair.status;
import static io.steelyard.vrrp.lab.Pair.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.SplitBrainDefence.HeartbeatPath;
import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.election.Phase;
import io.steelyard.vrrp.witness.WitnessServer;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Two routers, whose configuration changes while they run: nobody takes over because of it. Needs root. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(180)
class ReloadTest {
    @RegisterExtension
    private final Pair pair = new Pair();

    private void change(VirtualRouters routers, PrivateNetwork host, Configuration.Builder configuration)
            throws Exception {
        host.call(() -> {
            routers.change(configuration.build());
            return true;
        });
    }

    private static Configuration.Builder of(VirtualRouter.Builder router) {
        return Configuration.builder().virtualRouter(router);
    }

    private boolean hasTurned(VirtualRouters routers, int before) {
        return pair.events(routers).stream().skip(before).anyMatch(RouterEvent.Changed.class::isInstance);
    }

    @Test
    void anAddressMoreIsNoFailover() throws Exception {
        var one = pair.start(pair.lab.one, router(150));
        until("active", () -> phase(one) == Phase.ACTIVE);
        var other = pair.start(pair.lab.other, router(100));
        until("the backup hears", () -> status(other).active().isPresent());
        int before = pair.events(one).size();

        change(one, pair.lab.one, of(router(150).address(Pair.SECOND + "/24")));
        change(other, pair.lab.other, of(router(100).address(Pair.SECOND + "/24")));

        until("the new address is there", () -> Lab.has(pair.lab.one, Pair.SECOND));
        long heard = status(other).counters().get("advert_rcvd");
        until("adverts go on", () -> status(other).counters().get("advert_rcvd") > heard + 4);
        assertThat(hasTurned(one, before)).isFalse();
        assertThat(pair.wasActive(other)).isFalse();
        assertThat(status(other).counters()).containsEntry("pri_zero_rcvd", 0L);
        assertThat(Lab.has(pair.lab.one, Pair.ADDRESS)).isTrue();
        assertThat(Lab.has(pair.lab.other, Pair.SECOND)).isFalse();
    }

    @Test
    void aHigherPriorityOfTheBackupIsAnElection() throws Exception {
        var one = pair.start(pair.lab.one, router(150));
        until("active", () -> phase(one) == Phase.ACTIVE);
        var other = pair.start(pair.lab.other, router(100));
        until("the backup hears", () -> status(other).active().isPresent());

        change(other, pair.lab.other, of(router(200)));

        until("it takes over", () -> phase(other) == Phase.ACTIVE && phase(one) == Phase.BACKUP);
        assertThat(Lab.has(pair.lab.other, Pair.ADDRESS)).isTrue();
    }

    @Test
    void aLeaseIsKept() throws Exception {
        var address = new InetSocketAddress("10.9.0.9", 7946);
        var key = "a key of the test's own";
        try (var witness = pair.lab.client.call(() -> WitnessServer.builder()
                .address(address)
                .key(key)
                .longestLease(Duration.ofSeconds(3))
                .start())) {
            var defence = Pair.defence()
                    .witness(SplitBrainDefence.Witness.of("steelyard", Map.of("address", "10.9.0.9:7946", "key", key)))
                    .build();
            var one = pair.start(pair.lab.one, router(150).defence(defence));
            until("active", () -> phase(one) == Phase.ACTIVE);
            int before = pair.events(one).size();
            long granted = witness.granted();

            change(one, pair.lab.one, of(router(150).defence(defence).address(Pair.SECOND + "/24")));

            until("it asks on", () -> witness.granted() > granted + 4);
            assertThat(hasTurned(one, before)).isFalse();
            assertThat(pair.warned(one, RouterEvent.Kind.LEASE_LOST)).isFalse();
            assertThat(Lab.has(pair.lab.one, Pair.SECOND)).isTrue();
            assertThat(witness.leases()).hasSize(1);
        }
    }

    @Test
    void aMemberStaysInItsGroup() throws Exception {
        var second = router("b", 52, 150, "10.9.0.120");
        var group = SyncGroup.of("g", "a", "b");
        var one = pair.start(
                pair.lab.one,
                VirtualRouters.builder()
                        .router(router(150).build())
                        .router(second.build())
                        .group(group));
        until("both are active", () -> one.status().stream().allMatch(each -> each.phase() == Phase.ACTIVE));
        int before = pair.events(one).size();

        change(
                one,
                pair.lab.one,
                of(router(150).address(Pair.SECOND + "/24"))
                        .virtualRouter(second)
                        .syncGroup(group));

        until("the new address is there", () -> Lab.has(pair.lab.one, Pair.SECOND));
        assertThat(hasTurned(one, before)).isFalse();
        pair.lab.one.ip("addr", "del", Pair.SECOND + "/24", "dev", "eth0");
        until(
                "the other member follows it",
                () -> pair.events(one).stream()
                        .skip(before)
                        .anyMatch(event -> event instanceof RouterEvent.Changed changed
                                && changed.router().equals("b")
                                && changed.to() == Phase.BACKUP));
    }

    @Test
    void otherSettingsAreNoFailover() throws Exception {
        var one = pair.start(
                pair.lab.one,
                VirtualRouters.builder()
                        .router(router(150).build())
                        .settings(VrrpSettings.builder()
                                .address(onEth0("10.9.0.130"))
                                .address(onEth0("10.9.0.131"))
                                .build()));
        until("active", () -> phase(one) == Phase.ACTIVE);
        int before = pair.events(one).size();

        change(
                one,
                pair.lab.one,
                of(router(150))
                        .vrrp(VrrpSettings.builder()
                                .startDelay(Duration.ofSeconds(9))
                                .reportsLocalGroups(false)
                                .pacedTogether(List.of("eth0", "eth1"))
                                .address(onEth0("10.9.0.131"))
                                .address(onEth0("10.9.0.132"))
                                .build()));

        assertThat(Lab.has(pair.lab.one, "10.9.0.130")).isFalse();
        assertThat(Lab.has(pair.lab.one, "10.9.0.131")).isTrue();
        assertThat(Lab.has(pair.lab.one, "10.9.0.132")).isTrue();
        assertThat(localReports()).isEqualTo("0");
        change(one, pair.lab.one, of(router(150)));
        assertThat(localReports()).isEqualTo("1");
        assertThat(Lab.has(pair.lab.one, "10.9.0.131")).isFalse();
        assertThat(hasTurned(one, before)).isFalse();
        assertThat(phase(one)).isEqualTo(Phase.ACTIVE);
    }

    private static VirtualAddress onEth0(String address) {
        return VirtualAddress.builder(address + "/24").interfaceName("eth0").build();
    }

    private String localReports() throws Exception {
        return pair.lab.one.call(() -> Files.readString(Path.of("/proc/sys/net/ipv4/igmp_link_local_mcast_reports"))
                .strip());
    }

    @Test
    void aGroupIsMadeAndDissolvedWhileItsMembersGoOn() throws Exception {
        var second = router("b", 52, 150, "10.9.0.120");
        var group = SyncGroup.of("g", "a", "b");
        var one = pair.start(
                pair.lab.one,
                VirtualRouters.builder().router(router(150).build()).router(second.build()));
        until("both are active", () -> one.status().stream().allMatch(each -> each.phase() == Phase.ACTIVE));
        int before = pair.events(one).size();

        change(one, pair.lab.one, of(router(150)).virtualRouter(second).syncGroup(group));
        assertThat(hasTurned(one, before)).isFalse();
        var elsewhere = VirtualRouter.builder("c", "eth9", 53).address("10.9.0.121/24");
        change(
                one,
                pair.lab.one,
                of(router(150))
                        .virtualRouter(second)
                        .virtualRouter(elsewhere)
                        .syncGroup(SyncGroup.of("g", "a", "b", "c")));
        until(
                "a member with a fault is everybody's fault",
                () -> one.status().stream().allMatch(each -> each.phase() == Phase.FAULT));
        change(
                one,
                pair.lab.one,
                of(router(150)).virtualRouter(second).virtualRouter(elsewhere).syncGroup(SyncGroup.of("g", "a", "c")));
        until("who left is active", () -> one.status().get(1).phase() == Phase.ACTIVE);
        assertThat(phase(one)).isEqualTo(Phase.FAULT);
        change(one, pair.lab.one, of(router(150)).virtualRouter(second).syncGroup(group));
        until("all are active without it", () -> one.status().stream().allMatch(each -> each.phase() == Phase.ACTIVE));
    }

    @Test
    void aNewMemberFollowsItsGroup() throws Exception {
        var one = pair.start(
                pair.lab.one,
                VirtualRouters.builder().router(router(150).build()).group(SyncGroup.of("g", "a")));
        until("active", () -> phase(one) == Phase.ACTIVE);
        int before = pair.events(one).size();

        change(
                one,
                pair.lab.one,
                of(router(150))
                        .virtualRouter(router("b", 52, 150, "10.9.0.120"))
                        .syncGroup(SyncGroup.of("g", "a", "b")));

        until("both are active", () -> one.status().stream().allMatch(each -> each.phase() == Phase.ACTIVE));
        assertThat(pair.events(one).stream().skip(before))
                .noneMatch(event -> event instanceof RouterEvent.Changed changed
                        && changed.router().equals("a"));
    }

    @Test
    void peersHearOfTheNewConfigurationOnTheirOtherPath() throws Exception {
        var one = pair.start(pair.lab.one, beside(1, router(150)));
        until("active", () -> phase(one) == Phase.ACTIVE);
        var other = pair.start(pair.lab.other, beside(2, router(100)));
        until("they know each other", () -> differences(other).equals(Optional.of(0)));
        int before = pair.events(one).size();

        change(one, pair.lab.one, beside(1, of(router(150).defence(path(1)).address(Pair.SECOND + "/24"))));
        until("the difference is seen", () -> differences(other).orElse(0) > 0);
        change(other, pair.lab.other, beside(2, of(router(100).defence(path(2)).address(Pair.SECOND + "/24"))));
        until("and is gone", () -> differences(other).equals(Optional.of(0)));

        assertThat(hasTurned(one, before)).isFalse();
        assertThat(pair.wasActive(other)).isFalse();
    }

    private static Optional<Integer> differences(VirtualRouters routers) {
        return status(routers).defences().peers().stream()
                .filter(peer -> peer.phase().isPresent())
                .map(peer -> peer.differences().size())
                .findFirst();
    }

    private static VrrpSettings named(int host) {
        return VrrpSettings.builder().routerId("gate" + host).build();
    }

    private static VirtualRouters.Builder beside(int host, VirtualRouter.Builder router) {
        return VirtualRouters.builder()
                .settings(named(host))
                .router(router.defence(path(host)).build());
    }

    private static Configuration.Builder beside(int host, Configuration.Builder configuration) {
        return configuration.vrrp(named(host));
    }

    private static SplitBrainDefence path(int host) {
        return Pair.defence()
                .pathKey("a key of the test's own")
                .path(new HeartbeatPath(
                        "switch",
                        new InetSocketAddress("10.9.0." + host, 7948),
                        Optional.empty(),
                        List.of(new InetSocketAddress("10.9.0." + (3 - host), 7948))))
                .build();
    }
}
