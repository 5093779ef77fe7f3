package io.steelyard.vrrp.lab;

import static io.steelyard.vrrp.lab.Pair.phase;
import static io.steelyard.vrrp.lab.Pair.router;
import static io.steelyard.vrrp.lab.Pair.status;
import static io.steelyard.vrrp.lab.Pair.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.SplitBrainDefence.HeartbeatPath;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.election.Phase;
import io.steelyard.vrrp.witness.WitnessServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A switch port that passes nothing on from the active router to the backup, while the other way works: what each defence makes of it. keepalived
 * never resolves it. Needs root.
 */
@Timeout(180)
class OneWayCutTest {
    private static final String KEY = "a key of the test's own";

    @TempDir
    private Path folder;

    @RegisterExtension
    private final Pair pair = new Pair();

    private VirtualRouters active;
    private VirtualRouters backup;

    private void start(SplitBrainDefence ofActive, SplitBrainDefence ofBackup) throws Exception {
        active = pair.start(
                pair.lab.one,
                VirtualRouters.builder()
                        .settings(VrrpSettings.builder().routerId("gate1").build())
                        .router(router(150).defence(ofActive).build()));
        until("active", () -> phase(active) == Phase.ACTIVE && Lab.has(pair.lab.one, Pair.ADDRESS));
        backup = pair.start(
                pair.lab.other,
                VirtualRouters.builder()
                        .settings(VrrpSettings.builder().routerId("gate2").build())
                        .router(router(100).defence(ofBackup).build()));
        until("the backup hears", () -> status(backup).active().isPresent());
    }

    private void assertOneHolder() throws Exception {
        assertThat(pair.wasActive(backup)).isFalse();
        assertThat(phase(backup)).isEqualTo(Phase.BACKUP);
        assertThat(Lab.has(pair.lab.other, Pair.ADDRESS)).isFalse();
        assertThat(phase(active)).isEqualTo(Phase.ACTIVE);
        assertThat(Lab.has(pair.lab.one, Pair.ADDRESS)).isTrue();
    }

    @Test
    void withoutAThirdPlaceThereAreTwoOwnersAndWhoHearsIsTold() throws Exception {
        start(Pair.defence().build(), Pair.defence().build());

        pair.lab.cut("one", "other");

        until("two owners, as VRRP has it", () -> phase(active) == Phase.ACTIVE && phase(backup) == Phase.ACTIVE);
        until("who hears is told", () -> pair.warned(active, RouterEvent.Kind.ADDRESS_CONFLICT));
        assertThat(status(active).heard()).extracting(heard -> heard.address()).containsExactly("10.9.0.2");

        pair.lab.heal();
        until(
                "healed",
                () -> phase(active) == Phase.ACTIVE
                        && phase(backup) == Phase.BACKUP
                        && !Lab.has(pair.lab.other, Pair.ADDRESS));
    }

    @Test
    void aWitnessKeepsTheBackupFromClaiming() throws Exception {
        var witness = pair.lab.client.call(() -> WitnessServer.builder()
                .address(new InetSocketAddress("10.9.0.9", 7946))
                .key(KEY)
                .longestLease(Duration.ofSeconds(3))
                .start());
        try {
            var defence = Pair.defence()
                    .witness(SplitBrainDefence.Witness.of("steelyard", Map.of("address", "10.9.0.9:7946", "key", KEY)))
                    .build();
            start(defence, defence);

            pair.lab.cut("one", "other");

            until("refused", () -> pair.warned(backup, RouterEvent.Kind.LEASE_REFUSED));
            assertOneHolder();
        } finally {
            witness.close();
        }
    }

    /** The one that claims reaches the host that is asked: its vote has nothing to say. */
    @Test
    void aGatewayThatBothReachChangesNothing() throws Exception {
        var defence = Pair.defence()
                .reachability(new SplitBrainDefence.Reachability(
                        false,
                        List.of(InetAddress.ofLiteral("10.9.0.9")),
                        1,
                        Duration.ofMillis(200),
                        Duration.ofSeconds(1),
                        3,
                        true))
                .build();
        start(defence, defence);

        pair.lab.cut("one", "other");

        until("two owners", () -> phase(active) == Phase.ACTIVE && phase(backup) == Phase.ACTIVE);
    }

    @Test
    void whoIsFencedIsOffBeforeItsAddressIsClaimed() throws Exception {
        var asked = folder.resolve("asked");
        var off = folder.resolve("off");
        var script = Files.writeString(
                folder.resolve("fence.sh"),
                "#!/bin/sh\ntouch " + asked + "\nwhile [ ! -e " + off + " ]; do sleep 0.05; done\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        var rules = new SplitBrainDefence.Fencing(
                "script", Map.of("command", script.toString()), Duration.ofSeconds(60), true);
        start(Pair.defence().build(), Pair.defence().fencing(rules).build());

        pair.lab.cut("one", "other");

        until("the script runs", () -> Files.exists(asked));
        assertThat(pair.wasActive(backup)).as("before the other is off").isFalse();
        pair.lab.cable("one", false);
        Files.createFile(off);
        until("the backup claims", () -> phase(backup) == Phase.ACTIVE && Lab.has(pair.lab.other, Pair.ADDRESS));
    }

    @Test
    void whoIsHeardOnACableOfItsOwnIsNotReplaced() throws Exception {
        PrivateNetwork.join(pair.lab.one, "eth1", pair.lab.other, "eth1");
        pair.lab.one.ip("addr", "add", "10.8.0.1/24", "dev", "eth1");
        pair.lab.other.ip("addr", "add", "10.8.0.2/24", "dev", "eth1");
        start(cable(1), cable(2));
        until("reports come", () -> !status(backup).defences().peers().isEmpty());

        pair.lab.cut("one", "other");

        until("told", () -> pair.warned(backup, RouterEvent.Kind.ADVERT_PATH_SILENT));
        assertOneHolder();
    }

    /** The deaf one hears nothing, and the other learns from its reports that it is deaf. */
    @Test
    void hearingThatGoesOneWayIsToldByWhoStillHears() throws Exception {
        start(overTheSwitch(1), overTheSwitch(2));
        until(
                "they hear each other",
                () -> status(active).defences().hearing().stream().anyMatch(hearing -> hearing.isMutual()));

        pair.lab.cut("one", "other");

        until(
                "told",
                () -> pair.events(active).stream()
                        .anyMatch(event -> event instanceof RouterEvent.Warning warning
                                && warning.kind() == RouterEvent.Kind.ONE_WAY_HEARING
                                && warning.text().equals("gate1 hears gate2 and is not heard by it")));
    }

    private static SplitBrainDefence cable(int host) {
        return path("cable", "10.8.0.", host, Optional.of("eth1"));
    }

    private static SplitBrainDefence overTheSwitch(int host) {
        return path("switch", "10.9.0.", host, Optional.empty());
    }

    private static SplitBrainDefence path(String name, String network, int host, Optional<String> interfaceName) {
        return Pair.defence()
                .pathKey(KEY)
                .path(new HeartbeatPath(
                        name,
                        new InetSocketAddress(network + host, 7947),
                        interfaceName,
                        List.of(new InetSocketAddress(network + (3 - host), 7947))))
                .build();
    }
}
