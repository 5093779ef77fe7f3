package io.steelyard.vrrp.lab;

import static io.steelyard.vrrp.lab.Pair.phase;
import static io.steelyard.vrrp.lab.Pair.router;
import static io.steelyard.vrrp.lab.Pair.status;
import static io.steelyard.vrrp.lab.Pair.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.SplitBrainDefence.HeartbeatPath;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.vrrp.DefenceStatus;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.election.Phase;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Two routers on one switch, with a cable of their own beside it. Needs root. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(180)
class HeartbeatTest {
    private static final String KEY = "a key of the test's own";

    @RegisterExtension
    private final Pair pair = new Pair();

    @BeforeEach
    void createPair() throws Exception {
        PrivateNetwork.join(pair.lab.one, "eth1", pair.lab.other, "eth1");
        pair.lab.one.ip("addr", "add", "10.8.0.1/24", "dev", "eth1");
        pair.lab.other.ip("addr", "add", "10.8.0.2/24", "dev", "eth1");
    }

    /** On the cable, and on the switch beside the adverts. */
    private static SplitBrainDefence.Builder defence(int host) {
        int peer = 3 - host;
        return Pair.defence()
                .pathKey(KEY)
                .path(new HeartbeatPath(
                        "cable",
                        new InetSocketAddress("10.8.0." + host, 7947),
                        Optional.of("eth1"),
                        List.of(new InetSocketAddress("10.8.0." + peer, 7947))))
                .path(new HeartbeatPath(
                        "switch",
                        new InetSocketAddress("10.9.0." + host, 7948),
                        Optional.empty(),
                        List.of(new InetSocketAddress("10.9.0." + peer, 7948))));
    }

    private VirtualRouters start(int host, VirtualRouter.Builder router) throws Exception {
        return pair.start(
                host == 1 ? pair.lab.one : pair.lab.other,
                VirtualRouters.builder()
                        .settings(VrrpSettings.builder().routerId("gate" + host).build())
                        .router(router.build()));
    }

    private static boolean hears(VirtualRouters routers, boolean isMutual) {
        return status(routers).defences().hearing().stream().anyMatch(hearing -> hearing.isMutual() == isMutual);
    }

    @Test
    void silentAdvertsAreNoReasonToTakeOverWhoIsHeardOnAnotherPath() throws Exception {
        var one = start(1, router(150).defence(defence(1).build()));
        until("active", () -> phase(one) == Phase.ACTIVE);
        var other = start(2, router(100).defence(defence(2).build()));
        until("they hear each other", () -> hears(one, true) && hears(other, true));

        pair.lab.cut("one", "other");
        pair.lab.cut("other", "one");

        until("told", () -> pair.warned(other, RouterEvent.Kind.ADVERT_PATH_SILENT));
        until(
                "the path",
                () -> pair.warned(other, RouterEvent.Kind.PATH_SILENT)
                        && pair.warned(one, RouterEvent.Kind.PATH_SILENT));
        assertThat(pair.wasActive(other)).isFalse();
        assertThat(phase(other)).isEqualTo(Phase.BACKUP);
        assertThat(Lab.has(pair.lab.other, Pair.ADDRESS)).isFalse();
        var peer = status(other).defences().peers().getFirst();
        assertThat(peer.node()).isEqualTo("gate1");
        assertThat(peer.phase()).contains(Phase.ACTIVE);
        assertThat(peer.priority()).isEqualTo(150);
        assertThat(peer.paths())
                .extracting(path -> path.name() + " " + path.isSilent())
                .containsExactly("cable false", "switch true");

        one.close();
        until("the active one ends", () -> phase(other) == Phase.ACTIVE && Lab.has(pair.lab.other, Pair.ADDRESS));
    }

    @Test
    void aCutCableIsAWarningAndNothingElse() throws Exception {
        var one = start(1, router(150).defence(defence(1).build()));
        until("active", () -> phase(one) == Phase.ACTIVE);
        var other = start(2, router(100).defence(defence(2).build()));
        until("they hear each other", () -> hears(one, true) && hears(other, true));
        int before = pair.events(other).size();

        pair.lab.other.ip("link", "set", "eth1", "down");

        until(
                "told",
                () -> pair.warned(one, RouterEvent.Kind.PATH_SILENT)
                        && pair.warned(other, RouterEvent.Kind.PATH_SILENT));
        assertThat(pair.events(other).stream().skip(before)).noneMatch(RouterEvent.Changed.class::isInstance);
        assertThat(phase(one)).isEqualTo(Phase.ACTIVE);

        pair.lab.other.ip("link", "set", "eth1", "up");
        until(
                "heard again",
                () -> status(one).defences().peers().getFirst().paths().stream()
                        .noneMatch(DefenceStatus.Path::isSilent));
    }

    @Test
    void aDeadPeerIsSilentOnAllPathsAndIsReplaced() throws Exception {
        var one = start(1, router(150).defence(defence(1).build()));
        until("active", () -> phase(one) == Phase.ACTIVE);
        var other = start(2, router(100).defence(defence(2).build()));
        until("they hear each other", () -> hears(one, true) && hears(other, true));

        pair.lab.cable("one", false);
        pair.lab.one.ip("link", "set", "eth1", "down");

        until("replaced", () -> phase(other) == Phase.ACTIVE && Lab.has(pair.lab.other, Pair.ADDRESS));
    }

    @Test
    void twoThatAreActiveWithoutHearingAdvertsSettleItOnTheCable() throws Exception {
        pair.lab.cut("one", "other");
        pair.lab.cut("other", "one");
        var low = start(2, router(100).defence(defence(2).build()));
        until("active", () -> phase(low) == Phase.ACTIVE);

        var high = start(1, router(150).defence(defence(1).build()));

        until("the higher has it", () -> phase(high) == Phase.ACTIVE && phase(low) == Phase.BACKUP);
        until("alone", () -> Lab.has(pair.lab.one, Pair.ADDRESS) && !Lab.has(pair.lab.other, Pair.ADDRESS));
    }

    @Test
    void otherConfigurationsAreNamedBeforeTheyHurt() throws Exception {
        var one = start(1, router(150).defence(defence(1).build()));
        var other = start(
                2,
                router(100)
                        .advertInterval(Duration.ofMillis(800))
                        .address("10.9.0.105/24")
                        .defence(defence(2).build()));

        until(
                "both are told",
                () -> pair.warned(one, RouterEvent.Kind.OTHER_CONFIGURATION)
                        && pair.warned(other, RouterEvent.Kind.OTHER_CONFIGURATION));
        assertThat(pair.events(one))
                .anyMatch(event -> event instanceof RouterEvent.Warning warning
                        && warning.text()
                                .equals("not as on gate2 (ours, theirs): intervalMs: 400, 800; addresses: 10.9.0.100, "
                                        + "10.9.0.100 10.9.0.105"));
        assertThat(status(other).defences().peers().getFirst().differences()).hasSize(2);
    }

    @Test
    void aReportSignedWithAnotherKeyIsNotHeard() throws Exception {
        var one = start(1, router(150).defence(defence(1).build()));
        var other = start(
                2,
                router(100).defence(defence(2).pathKey("another key, as long").build()));
        until(
                "settled",
                () -> phase(one) == Phase.ACTIVE
                        && status(other).active().isPresent()
                        && status(other).inPhase().compareTo(Duration.ofSeconds(1)) > 0);
        assertThat(status(one).defences().peers()).isEmpty();
        assertThat(status(other).defences().peers()).isEmpty();
    }

    @Test
    void aRouterOfAnotherNumberWithOurAddressIsReported() throws Exception {
        var one = start(1, router(150));
        until("active", () -> phase(one) == Phase.ACTIVE);

        var stranger = start(2, Pair.router("x", 77, 100, Pair.ADDRESS));

        until("told", () -> pair.warned(one, RouterEvent.Kind.FOREIGN_ROUTER));
        assertThat(pair.events(one))
                .anyMatch(event -> event instanceof RouterEvent.Warning warning
                        && warning.text().equals("10.9.0.2 advertises our address 10.9.0.100 as router id 77"));
        until("the stranger is told too", () -> pair.warned(stranger, RouterEvent.Kind.FOREIGN_ROUTER));
    }
}
