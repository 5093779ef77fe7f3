package io.steelyard.api.vrrp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Problem;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VirtualRouterTest {
    private static VirtualRouter.Builder router(String name) {
        return VirtualRouter.builder(name, "eth0", 51).address("192.0.2.1/24");
    }

    private static List<String> errors(VirtualRouter.Builder router) {
        return router.build().problems("r").stream()
                .filter(Problem::isError)
                .map(Problem::path)
                .toList();
    }

    private static List<String> errors(Configuration.Builder builder) {
        try {
            builder.build();
            return List.of();
        } catch (ConfigurationException refused) {
            return refused.problems().stream()
                    .filter(Problem::isError)
                    .map(Problem::path)
                    .toList();
        }
    }

    @Test
    void addressesThatDoNotFitIntoAnAdvertAreWarnedOf() {
        var many = VirtualRouter.builder("many", "eth0", 51);
        for (int i = 1; i <= 90; i++) {
            many.address("2001:db8::%x/64".formatted(i));
        }

        assertThat(many.build().problems("r")).singleElement().satisfies(problem -> {
            assertThat(problem.isError()).isFalse();
            assertThat(problem.path()).isEqualTo("r.addresses");
            assertThat(problem.toString()).contains("room for 89 addresses", "has 90");
        });
        assertThat(errors(many)).isEmpty();
    }

    @Test
    void anIpvlanHasAnAddressOfTheRoutersFamilyAndNoVirtualMacBesideIt() {
        assertThat(errors(router("gate").ipvlan(ipvlan("10.0.0.3/24")))).isEmpty();
        assertThat(errors(router("gate").ipvlan(ipvlan("fe80::3")))).containsExactly("r.ipvlan.address");
        assertThat(errors(router("gate").ipvlan(new Ipvlan(Optional.empty(), Ipvlan.Mode.BRIDGE, Optional.empty()))))
                .containsExactly("r.ipvlan");
        assertThat(errors(router("gate").virtualMac(VirtualMac.standard()))).isEmpty();
        assertThat(errors(router("gate").virtualMac(VirtualMac.standard()).ipvlan(ipvlan("10.0.0.3"))))
                .containsExactly("r.ipvlan");
    }

    private static Ipvlan ipvlan(String address) {
        return new Ipvlan(Optional.empty(), Ipvlan.Mode.BRIDGE, Optional.of(address));
    }

    @Test
    void defaultsAreThoseOfTheRfcAndTheHarmlessDefences() {
        var router = router("gate").build();
        assertThat(router.version()).isEqualTo(VrrpVersion.V3);
        assertThat(router.family()).isEqualTo(AddressFamily.IPV4);
        assertThat(router.priority()).isEqualTo(100);
        assertThat(router.advertInterval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(router.problems("r")).isEmpty();
        assertThat(router.defence().lifetimeAdverts()).isEqualTo(3);
        assertThat(router.defence().pauseAware()).isTrue();
        assertThat(router.defence().addressProbe()).isEqualTo(SplitBrainDefence.AddressProbe.CLAIM);
        assertThat(router.defence().detectsConflicts()).isTrue();
        assertThat(router.defence().fingerprint()).isTrue();
        assertThat(router.defence().witness()).isEmpty();
        assertThat(router.defence().fencing()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "V2, 1000, true",
        "V2, 255000, true",
        "V2, 1500, false",
        "V2, 256000, false",
        "V3, 10, true",
        "V3, 40950, true",
        "V3, 40960, false",
        "V3, 15, false",
        "V3, 9, false"
    })
    void intervalsFollowTheVersion(VrrpVersion version, long millis, boolean isRight) {
        var errors = errors(router("gate").version(version).advertInterval(Duration.ofMillis(millis)));
        assertThat(errors).isEqualTo(isRight ? List.of() : List.of("r.advertInterval"));
    }

    @Test
    void anInitialStateOfActiveIsOnlyAName() {
        var said = router("gate").initialState(InitialState.ACTIVE).build().problems("r");
        assertThat(said).hasSize(1);
        assertThat(said.getFirst().severity()).isEqualTo(Problem.Severity.WARNING);
        assertThat(errors(router("gate").initialState(InitialState.ACTIVE).preemption(Preemption.NO)))
                .containsExactly("r.preemption");
    }

    @Test
    void addressesAreOfTheRoutersFamilyAndExcludedOnesNeedNotBe() {
        assertThat(errors(router("gate").address("2001:db8::1"))).containsExactly("r.addresses");
        assertThat(errors(router("gate").excludedAddress(VirtualAddress.parse("2001:db8::1"))))
                .isEmpty();
        assertThat(router("gate").address("192.0.2.1").build().problems("r"))
                .singleElement()
                .asString()
                .contains("192.0.2.1 is there twice");
        assertThat(VirtualRouter.builder("six", "eth0", 1)
                        .address("fe80::1/64")
                        .build()
                        .family())
                .isEqualTo(AddressFamily.IPV6);
    }

    @Test
    void versionTwoHasNoIpv6AndVersionThreeNoAuthentication() {
        assertThat(errors(VirtualRouter.builder("six", "eth0", 1)
                        .version(VrrpVersion.V2)
                        .address("fe80::1/64")))
                .containsExactly("r.version");
        assertThat(errors(router("gate").authentication(new Authentication.Password("1111"))))
                .containsExactly("r.authentication");
        assertThat(router("gate")
                        .version(VrrpVersion.V2)
                        .authentication(new Authentication.Password("123456789"))
                        .build()
                        .problems("r"))
                .singleElement()
                .matches(problem -> problem.severity() == Problem.Severity.WARNING);
    }

    @Test
    void strictForbidsWhatTheRfcDoes() {
        var errors = errors(router("gate")
                .strict(true)
                .version(VrrpVersion.V2)
                .initialState(InitialState.ACTIVE)
                .transport(AdvertTransport.Unicast.to(InetAddress.ofLiteral("192.0.2.7")))
                .downAdverts(4));
        assertThat(errors)
                .containsExactlyInAnyOrder(
                        "r.transport",
                        "r.initialState",
                        "r.acceptsPackets",
                        "r.dialect",
                        "r.downAdverts",
                        "r.announcements");
        assertThat(errors(router("gate")
                        .strict(true)
                        .acceptsPackets(false)
                        .announcements(
                                Announcements.builder().lowerPriorityRepeat(0).build())
                        .dialect(new VirtualRouter.Dialect(false, false, VirtualRouter.AddressCheck.ALWAYS, false))))
                .isEmpty();
    }

    @Test
    void aWitnessIsAskedOnlyWhereThereIsOne() {
        var defence = SplitBrainDefence.builder().addressProbe(SplitBrainDefence.AddressProbe.ASK_WITNESS);
        assertThat(errors(router("gate").defence(defence.build()))).containsExactly("r.defence.addressProbe");
        assertThat(errors(router("gate")
                        .defence(defence.witness(SplitBrainDefence.Witness.of("etcd", Map.of()))
                                .build())))
                .isEmpty();
    }

    @Test
    void everyReferenceIsChecked() {
        assertThat(errors(Configuration.builder()
                        .virtualRouter(router("a").track(Track.of("nowhere")))
                        .virtualRouter(router("a"))
                        .syncGroup(SyncGroup.of("g", "a", "b"))
                        .syncGroup(SyncGroup.of("h", "a"))
                        .syncGroup(SyncGroup.of("empty"))
                        .tracker(new Tracker.Pool("p", 0, "web", 1))
                        .tracker(new Tracker.Listener("l", 0, "front"))
                        .tracker(Tracker.Interface.of("l"))))
                .containsExactlyInAnyOrder(
                        "trackers.p.pool",
                        "trackers.l.virtualServer",
                        "trackers.l",
                        "virtualRouters.a.tracks",
                        "virtualRouters.a",
                        "virtualRouters.a.virtualRouterId",
                        "syncGroups.g.members",
                        "syncGroups.h.members",
                        "syncGroups.empty.members");
    }

    @Test
    void aPoolThatNeverHasEnoughServersIsNoTracker() {
        assertThat(errors(Configuration.builder()
                        .pool(ServerPool.builder("web").server(RealServer.of("10.0.0.1:80")))
                        .tracker(new Tracker.Pool("p", 0, "web", 2))))
                .containsExactly("trackers.p.leastServers");
    }

    @Test
    void anIdIsSharedOnlyByWhoDoesNotHearTheOther() {
        var other = VirtualRouter.builder("b", "eth0", 51).address("192.0.2.2");
        assertThat(errors(Configuration.builder().virtualRouter(router("a")).virtualRouter(other)))
                .containsExactly("virtualRouters.b.virtualRouterId");
        var firstPeer = AdvertTransport.Unicast.to(InetAddress.ofLiteral("192.0.2.7"));
        var secondPeer = AdvertTransport.Unicast.to(InetAddress.ofLiteral("192.0.2.8"));
        assertThat(errors(Configuration.builder()
                        .virtualRouter(router("a").transport(firstPeer))
                        .virtualRouter(other.transport(secondPeer))))
                .isEmpty();
        assertThat(errors(Configuration.builder()
                        .virtualRouter(router("a"))
                        .virtualRouter(VirtualRouter.builder("b", "eth1", 51).address("192.0.2.2"))))
                .isEmpty();
    }

    @Test
    void oneAddressHasOneRouter() {
        assertThat(errors(Configuration.builder()
                        .virtualRouter(router("a"))
                        .virtualRouter(VirtualRouter.builder("b", "eth0", 52).address("192.0.2.1/32"))))
                .containsExactly("virtualRouters.b.addresses");
    }

    @Test
    void weightsInAGroupNeedItsConsent() {
        var builder = Configuration.builder()
                .tracker(Tracker.Script.of("nginx", "/bin/check"))
                .virtualRouter(router("a").track(Track.of("nginx", -20)));
        assertThat(errors(builder.build().toBuilder().syncGroup(SyncGroup.of("g", "a"))))
                .containsExactly("virtualRouters.a.tracks");
        assertThat(errors(builder.build().toBuilder()
                        .syncGroup(new SyncGroup("g", List.of("a"), List.of(), true, Notifications.NONE))))
                .isEmpty();
    }

    @Test
    void aConfigurationKeepsItsRoutersThroughABuilder() {
        var configuration = Configuration.builder()
                .virtualRouter(router("a"))
                .syncGroup(SyncGroup.of("g", "a"))
                .tracker(Tracker.Interface.of("eth1"))
                .vrrp(VrrpSettings.builder().routerId("LVS_1").build())
                .build();
        assertThat(configuration.toBuilder().build()).isEqualTo(configuration);
    }

    @Test
    void secretsAreNotWrittenOut() {
        var key = new HmacAuthentication.Key(1, "ab".repeat(32));
        assertThat(new Authentication.Password("hunter2").toString()).doesNotContain("hunter");
        assertThat(new Authentication.Header("hunter2").toString()).doesNotContain("hunter");
        assertThat(HmacAuthentication.of(key).toString()).doesNotContain("abab");
        assertThat(SplitBrainDefence.builder()
                        .pathKey("0123456789abcdef")
                        .build()
                        .toString())
                .doesNotContain("0123456789");
    }

    @Test
    void aKeyOfTheWrongLengthIsRefused() {
        assertThatThrownBy(() -> new HmacAuthentication.Key(1, "ab".repeat(31))).hasMessageContaining("31 bytes");
        assertThatThrownBy(() -> new HmacAuthentication.Key(0, "ab".repeat(32))).hasMessageContaining("1 to 255");
        assertThatThrownBy(() -> new HmacAuthentication.Key(1, "xy".repeat(32))).hasMessageContaining("hexadecimal");
    }

    @Test
    void theWindowOfAStampFollowsTheInterval() {
        var hmac = HmacAuthentication.of(new HmacAuthentication.Key(1, "ab".repeat(32)));
        assertThat(hmac.window(Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(5));
        assertThat(hmac.window(Duration.ofSeconds(4))).isEqualTo(Duration.ofSeconds(12));
    }

    @Test
    void addressesAreReadAsTheyAreWritten() {
        assertThat(VirtualAddress.parse("192.0.2.1").prefix()).isEqualTo(32);
        assertThat(VirtualAddress.parse("192.0.2.1/24").text()).isEqualTo("192.0.2.1/24");
        assertThat(VirtualAddress.parse("2001:db8::1").prefix()).isEqualTo(128);
        assertThatThrownBy(() -> VirtualAddress.parse("192.0.2.1/33")).hasMessageContaining("0 to 32");
        assertThatThrownBy(() -> VirtualAddress.parse("192.0.2.1/")).hasMessageContaining("prefix");
        assertThatThrownBy(() -> VirtualAddress.parse("gate/24")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRouteThatGoesNowhereHasNoNextHop() {
        var everywhere = io.steelyard.api.proxy.Network.parse("0.0.0.0/0");
        var gateway = VirtualRoute.NextHop.via(InetAddress.ofLiteral("192.0.2.254"));
        assertThat(VirtualRoute.builder(everywhere).nextHop(gateway).build().nextHops())
                .hasSize(1);
        assertThatThrownBy(() -> VirtualRoute.builder(everywhere).build()).hasMessageContaining("next hop");
        assertThatThrownBy(() -> VirtualRoute.builder(everywhere)
                        .type(VirtualRoute.Type.BLACKHOLE)
                        .nextHop(gateway)
                        .build())
                .hasMessageContaining("goes nowhere");
        assertThatThrownBy(() -> new VirtualRoute.NextHop(Optional.empty(), Optional.empty(), 1, false))
                .hasMessageContaining("gateway");
    }
}
