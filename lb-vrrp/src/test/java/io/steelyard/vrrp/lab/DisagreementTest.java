package io.steelyard.vrrp.lab;

import static io.steelyard.vrrp.lab.Pair.phase;
import static io.steelyard.vrrp.lab.Pair.router;
import static io.steelyard.vrrp.lab.Pair.status;
import static io.steelyard.vrrp.lab.Pair.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VrrpVersion;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.election.Phase;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Routers that do not fit each other, have no peers, or have others' peers; and members of a group that fail together. Needs root. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
class DisagreementTest {
    @TempDir
    private Path folder;

    @RegisterExtension
    private final Pair pair = new Pair();

    private static AdvertTransport.Unicast to(String... peers) {
        return new AdvertTransport.Unicast(
                List.of(peers).stream()
                        .map(peer -> AdvertTransport.UnicastPeer.of(InetAddress.ofLiteral(peer)))
                        .toList(),
                255,
                false,
                true);
    }

    @Test
    void anotherVersionIsToldOfOnceForEachState() throws Exception {
        var three = pair.start(pair.lab.one, router(150));
        var two = pair.start(pair.lab.other, router(100).version(VrrpVersion.V2).advertInterval(Duration.ofSeconds(1)));
        until("both are active", () -> phase(three) == Phase.ACTIVE && phase(two) == Phase.ACTIVE);
        until("several are dropped", () -> status(three).counters().get("vers_err") > 3);

        assertThat(pair.events(three))
                .filteredOn(event -> event instanceof RouterEvent.Warning warning
                        && warning.kind() == RouterEvent.Kind.ADVERT_DROPPED)
                .hasSizeBetween(1, 3)
                .first()
                .asString()
                .contains("10.9.0.2", "another version");
    }

    @Test
    void withoutPeersARouterIsInFault() throws Exception {
        var alone = pair.start(pair.lab.one, router(150).transport(to()));

        until("it looked", () -> phase(alone) == Phase.FAULT);
        assertThat(status(alone).unhealthy()).contains("it has no peers");
    }

    @Test
    void routersOfOneNumberHearTheirOwnPeers() throws Exception {
        var peer = pair.start(pair.lab.other, router(200).transport(to("10.9.0.1")));
        until("the peer is active", () -> phase(peer) == Phase.ACTIVE);

        var both = pair.start(
                pair.lab.one,
                VirtualRouters.builder()
                        .router(router("a", 51, 100, Pair.ADDRESS)
                                .transport(to("10.9.0.2"))
                                .build())
                        .router(router("b", 51, 100, Pair.SECOND)
                                .transport(to("10.9.0.99"))
                                .build()));

        until("nobody speaks to the other", () -> both.status().get(1).phase() == Phase.ACTIVE);
        assertThat(both.status().get(0).phase()).isEqualTo(Phase.BACKUP);
        assertThat(both.status().get(1).heard()).isEmpty();
    }

    @Test
    void membersOfAGroupThatFailTogetherRecoverTogether() throws Exception {
        var file = Files.writeString(folder.resolve("health"), "-254");
        var group = pair.start(
                pair.lab.one,
                VirtualRouters.builder()
                        .tracker(new Tracker.File("health", 1, file, OptionalInt.empty(), false))
                        .group(SyncGroup.of("g", "a", "b", "c"))
                        .router(router("a", 51, 100, "10.9.0.100")
                                .track(Track.of("health"))
                                .build())
                        .router(router("b", 52, 100, "10.9.0.101")
                                .track(Track.of("health"))
                                .build())
                        .router(router("c", 53, 100, "10.9.0.102")
                                .track(Track.of("health"))
                                .build()));
        for (int round = 0; round < 2; round++) {
            until("all are in fault", () -> all(group, Phase.FAULT));
            Files.writeString(file, "0");
            until("all are active", () -> all(group, Phase.ACTIVE));
            Files.writeString(file, "-254");
        }
    }

    @Test
    void aScriptThatHangsIsEndedAndCounted() throws Exception {
        var hanging = new Tracker.Script(
                "hang",
                0,
                List.of("/bin/sleep", "600"),
                Duration.ofMillis(300),
                Duration.ofMillis(200),
                1,
                1,
                false,
                Optional.empty());
        var router = pair.start(
                pair.lab.one,
                VirtualRouters.builder()
                        .tracker(hanging)
                        .router(router(100).track(Track.of("hang")).build()));

        until("counted", () -> status(router).counters().get("script_hung") > 0);
        until("it counts as failed", () -> phase(router) == Phase.FAULT);
    }

    private static boolean all(VirtualRouters routers, Phase phase) {
        return routers.status().stream().allMatch(each -> each.phase() == phase);
    }
}
