package io.steelyard.vrrp.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.vrrp.BfdSession;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.RouterStatus.TrackedSession;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.bfd.Diagnostic;
import io.steelyard.vrrp.bfd.SessionPhase;
import io.steelyard.vrrp.election.Phase;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Routers that follow sessions of BFD, with keepalived's BFD at the other end and with our own. Needs root, keepalived and tshark. */
@Timeout(240)
@Execution(ExecutionMode.CONCURRENT)
class BfdTest {
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final double DETECTION_S = 0.5;

    @TempDir
    private Path folder;

    private Pair pair;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Lab.missing().isEmpty(), Lab::missing);
        pair = Pair.create(folder);
    }

    @AfterEach
    void end() throws Exception {
        if (pair != null) {
            pair.close();
        }
    }

    private static BfdSession.Builder with(String neighbour) throws Exception {
        return BfdSession.builder(InetAddress.getByName(neighbour))
                .requiredMinRx(INTERVAL)
                .desiredMinTx(INTERVAL);
    }

    /** A router of priority 150 that is in FAULT while the session is not up. */
    private VirtualRouters start(PrivateNetwork host, BfdSession session) throws Exception {
        return pair.start(
                host,
                VirtualRouters.builder()
                        .router(Pair.router(150).track(Track.of("peer")).build())
                        .tracker(new Tracker.Bfd("peer", 0, session)));
    }

    private static TrackedSession session(VirtualRouters routers) {
        return Pair.status(routers).sessions().getFirst();
    }

    private static boolean isUp(VirtualRouters routers) {
        return session(routers).phase() == SessionPhase.UP && session(routers).remotePhase() == SessionPhase.UP;
    }

    /** keepalived on the client's host with a session to the first host. */
    private Lab.Keepalived keepalived(String own, String neighbour, String more) throws Exception {
        var file = Files.writeString(folder.resolve("bfd.conf"), """
                global_defs {
                  router_id lab
                }
                bfd_instance theirs {
                  neighbor_ip %s
                  source_ip %s
                  min_rx 100
                  min_tx 100
                  multiplier 5
                  %s
                }
                vrrp_instance other {
                  state BACKUP
                  interface eth0
                  virtual_router_id 99
                  priority 50
                  virtual_ipaddress {
                    10.9.0.250/24
                  }
                  track_bfd {
                    theirs
                  }
                }
                """.formatted(neighbour, own, more));
        var output = folder.resolve("bfd.out");
        var process = pair.lab.client.start(
                output,
                "keepalived",
                "-n",
                "-l",
                "-D",
                "-R",
                "-G",
                "-f",
                file.toString(),
                "-p",
                folder.resolve("keepalived.pid").toString(),
                "-r",
                folder.resolve("vrrp.pid").toString(),
                "-c",
                folder.resolve("check.pid").toString(),
                "-b",
                folder.resolve("bfd.pid").toString());
        return new Lab.Keepalived(process, output);
    }

    private Process capture(Path file) throws Exception {
        var output = folder.resolve("tcpdump.out");
        var process = pair.lab.wire.start(
                output,
                "tcpdump",
                "--immediate-mode",
                "-i",
                "br0",
                "-U",
                "-w",
                file.toString(),
                "udp port 3784 or udp port 4784");
        Pair.until("tcpdump listens", () -> Files.readString(output).contains("listening on"));
        return process;
    }

    @ParameterizedTest
    @CsvSource({
        // ours, theirs, what more keepalived is told, whether we wait to be spoken to
        "10.9.0.1, 10.9.0.9, '', false",
        "10.9.0.1, 10.9.0.9, passive, false",
        "2001:db8::1, 2001:db8::9, '', true"
    })
    void aNeighbourThatDiesIsMissedInTimeAndAnotherRouterTakesOver(
            String own, String neighbour, String more, boolean isPassive) throws Exception {
        var packets = folder.resolve("bfd.pcap");
        var tcpdump = capture(packets);
        var theirs = keepalived(neighbour, own, more);
        // keepalived's hop limit is 64 over IPv6 unless it is told otherwise, and so is ours in a keepalived.conf.
        var session = with(neighbour).passive(isPassive).hopLimit(own.contains(":") ? 64 : 255);
        var ours = start(pair.lab.one, session.build());
        var second = pair.start(pair.lab.other, Pair.router(100));

        Pair.until("the session is up", () -> isUp(ours));
        Pair.until("keepalived says so", () -> theirs.said("Entering UP state") || theirs.said("Entering Up state"));
        Pair.until("the first router is active", () -> Pair.phase(ours) == Phase.ACTIVE);
        assertThat(session(ours).detectionTime()).contains(Duration.ofMillis(500));
        assertThat(session(ours).counters()).containsEntry("hops_err", 0L).containsEntry("length_err", 0L);

        theirs.kill();
        Pair.until("the first router is in FAULT", () -> Pair.phase(ours) == Phase.FAULT);
        Pair.until("the second router is active", () -> Pair.phase(second) == Phase.ACTIVE);

        assertThat(pair.events(ours))
                .contains(new RouterEvent.SessionChanged(
                        "a", "peer", SessionPhase.UP, SessionPhase.DOWN, Diagnostic.DETECTION_TIME_EXPIRED));
        if (!isPassive) {
            // Who waits to be spoken to does not tell of silence.
            Pair.until(
                    "the packets are written",
                    () -> !tshark(packets, SILENCE + own, "frame.number").isEmpty());
            isNoticedInTime(packets, own);
        }
        tcpdump.destroy();
        tcpdump.waitFor();
        isDissectedWithoutRemark(packets, own);
    }

    private static final String SILENCE = "bfd.diag == 1 && bfd.sta == 1 && ip.src == ";

    /** Our first packet that tells of silence comes after the detection time has passed since the last of the neighbour, and then soon. */
    private static void isNoticedInTime(Path packets, String own) throws Exception {
        double lastTheirs = 0;
        for (var line : tshark(packets, "bfd", "frame.time_epoch", "ip.src", "ipv6.src", "bfd.diag", "bfd.sta")) {
            var fields = line.split("\t", -1);
            double time = Double.parseDouble(fields[0]);
            boolean isOurs = fields[1].equals(own) || fields[2].equals(own);
            boolean isSilence = Integer.decode(fields[3]) == 1 && Integer.decode(fields[4]) == 1;
            if (isOurs && isSilence) {
                System.out.printf("BFD: silence noticed %.3f s after the last packet%n", time - lastTheirs);
                assertThat(time - lastTheirs).isBetween(DETECTION_S - 0.005, DETECTION_S + 10);
                return;
            }
            if (!isOurs) {
                lastTheirs = time;
            }
        }
        throw new AssertionError("no packet of ours tells of silence");
    }

    private static void isDissectedWithoutRemark(Path packets, String own) throws Exception {
        var from = own.contains(":") ? "ipv6.src == " + own : "ip.src == " + own;
        assertThat(tshark(
                        packets,
                        "bfd && " + from,
                        "_ws.expert.message",
                        "_ws.malformed",
                        "bfd.version",
                        "bfd.message_length"))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).isEqualTo("\t\t1\t24"));
        assertThat(tshark(packets, "bfd && " + from, "udp.srcport").stream().distinct())
                .as("a port of its own, and the same throughout")
                .singleElement()
                .satisfies(port -> assertThat(Integer.parseInt(port)).isBetween(49_152, 65_535));
    }

    @Test
    void keepalivedHearsThatWeSwitchOffAndThatWeComeBack() throws Exception {
        var theirs = keepalived("10.9.0.9", "10.9.0.1", "");
        var ours = start(pair.lab.one, with("10.9.0.9").build());
        Pair.until("up", () -> isUp(ours));
        Pair.until("keepalived follows", () -> theirs.said("(other) Entering BACKUP STATE"));

        ours.close();

        Pair.until("keepalived has heard it", () -> theirs.said("Remote diagnostic - Administratively Down"));
        var again = start(pair.lab.one, with("10.9.0.9").build());
        Pair.until("up again", () -> isUp(again));
    }

    @Test
    void twoOfOursSpeakOverSeveralHopsAndOneSwitchesOff() throws Exception {
        var one = start(pair.lab.one, with("2001:db8::2").multihop(true).build());
        var other = pair.start(
                pair.lab.other,
                VirtualRouters.builder()
                        .router(Pair.router(100).track(Track.of("peer", 20)).build())
                        .tracker(new Tracker.Bfd(
                                "peer",
                                0,
                                with("2001:db8::1").multihop(true).hopLimit(3).build())));

        Pair.until("up", () -> isUp(one) && isUp(other));
        Pair.until("the first is active", () -> Pair.phase(one) == Phase.ACTIVE);
        assertThat(Pair.status(other).priority().effective()).isEqualTo(120);

        other.close();
        Pair.until("the first is told", () -> session(one).remotePhase() == SessionPhase.ADMIN_DOWN);
        assertThat(session(one).phase()).isEqualTo(SessionPhase.DOWN);
        assertThat(Pair.phase(one))
                .as("who is switched off tells nothing of the path")
                .isEqualTo(Phase.ACTIVE);
    }

    @Test
    void aCutIsNoticedByBothOfOurs() throws Exception {
        var one = start(pair.lab.one, with("10.9.0.2").build());
        var other = pair.start(
                pair.lab.other,
                VirtualRouters.builder()
                        .router(Pair.router(100).track(Track.of("peer", 20)).build())
                        .tracker(new Tracker.Bfd("peer", 0, with("10.9.0.1").build())));
        Pair.until("up", () -> isUp(one) && isUp(other));
        Pair.until("the first is active", () -> Pair.phase(one) == Phase.ACTIVE);

        pair.lab.cable("other", false);

        Pair.until(
                "both have noticed",
                () -> session(one).phase() == SessionPhase.DOWN
                        && session(other).phase() == SessionPhase.DOWN);
        assertThat(Pair.phase(one)).isEqualTo(Phase.FAULT);
        assertThat(Pair.status(other).priority().effective()).isEqualTo(100);
    }

    @Test
    void packetsThatCannotBeTheNeighboursAreCountedAndChangeNothing() throws Exception {
        var ours = start(pair.lab.one, with("10.9.0.9").build());
        var session = "10.9.0.1";

        send(session, "20 40 05 18 00000001 00000000 000f4240 000186a0");
        send(session, "20 40 05 18 00000001 00000000 000f4240 000186a0 00000000");
        send(session, "20 c0 05 18 00000001 00000001 000f4240 000186a0 00000000");
        send(session, "20 40 00 18 00000001 00000000 000f4240 000186a0 00000000");
        send(session, "60 40 05 18 00000001 00000000 000f4240 000186a0 00000000");

        for (var counter : List.of("length_err", "hops_err", "unknown_session", "multiplier_err", "version_err")) {
            Pair.until(counter, () -> session(ours).counters().get(counter) == 1);
        }
        assertThat(session(ours).counters().get("received")).isZero();
        assertThat(session(ours).phase()).isEqualTo(SessionPhase.DOWN);
        assertThat(session(ours).remotePhase()).isEqualTo(SessionPhase.DOWN);
    }

    /** From the neighbour's address, with the TTL of 64 that the system gives. */
    private void send(String to, String hex) throws Exception {
        var octets = HexFormat.of().parseHex(hex.replace(" ", ""));
        pair.lab.client.call(() -> {
            try (var socket = new DatagramSocket()) {
                socket.send(new DatagramPacket(octets, octets.length, new InetSocketAddress(to, 3784)));
            }
            return true;
        });
    }

    private static List<String> tshark(Path capture, String filter, String... fields) throws Exception {
        var command = new java.util.ArrayList<>(
                List.of("tshark", "-n", "-r", capture.toString(), "-Y", filter, "-T", "fields"));
        for (var field : fields) {
            command.add("-e");
            command.add(field);
        }
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor()).isZero();
        return lines;
    }
}
