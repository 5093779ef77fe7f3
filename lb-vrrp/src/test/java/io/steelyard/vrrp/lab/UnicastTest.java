package io.steelyard.vrrp.lab;

import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.election.Phase;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What is special where adverts go to peers by name. Needs root. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class UnicastTest {
    @TempDir
    private Path folder;

    @RegisterExtension
    private final Pair pair = new Pair();

    private static AdvertTransport.Unicast to(String peer, int ttl) {
        return new AdvertTransport.Unicast(
                List.of(new AdvertTransport.UnicastPeer(InetAddress.ofLiteral(peer), 0, 255)), ttl, false, false);
    }

    /** Begins to listen on the switch. @return where the packets are written, a line each */
    private Path listen(String filter) throws Exception {
        var output = folder.resolve("tcpdump.out");
        pair.lab.wire.start(output, "tcpdump", "-lvni", "br0", filter);
        Pair.until("tcpdump listens", () -> Files.readString(output).contains("listening on"));
        return output;
    }

    @Test
    void theHopLimitOfIpv6IsTheOneGiven() throws Exception {
        var heard = listen("ip6 proto 112");

        var routers = pair.start(
                pair.lab.one,
                VirtualRouter.builder("six", "eth0", 51)
                        .advertInterval(Duration.ofMillis(400))
                        .defence(Pair.defence().build())
                        .sourceAddress(InetAddress.ofLiteral("2001:db8::1"))
                        .transport(to("2001:db8::2", 7))
                        .address("2001:db8::100/64"));

        Pair.until("active", () -> Pair.phase(routers) == Phase.ACTIVE);
        Pair.until("heard", () -> Files.readString(heard).contains("hlim 7, next-header VRRP"));
    }

    @Test
    void whoLeavesFaultTellsItsOwnAddress() throws Exception {
        var routers = pair.start(
                pair.lab.one,
                Pair.router(100)
                        .sourceAddress(InetAddress.ofLiteral("10.9.0.1"))
                        .transport(to("10.9.0.2", 255)));
        Pair.until("active", () -> Pair.phase(routers) == Phase.ACTIVE);
        pair.lab.one.ip("link", "set", "eth0", "down");
        Pair.until("faulty", () -> Pair.phase(routers) == Phase.FAULT);
        var heard = listen("arp");

        pair.lab.one.ip("link", "set", "eth0", "up");

        Pair.until("told", () -> Files.readString(heard).contains("who-has 10.9.0.1 tell 10.9.0.1"));
    }
}
