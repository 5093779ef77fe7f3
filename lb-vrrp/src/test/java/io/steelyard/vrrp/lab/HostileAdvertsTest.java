package io.steelyard.vrrp.lab;

import static io.steelyard.vrrp.lab.Pair.phase;
import static io.steelyard.vrrp.lab.Pair.router;
import static io.steelyard.vrrp.lab.Pair.status;
import static io.steelyard.vrrp.lab.Pair.until;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.Authentication;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpVersion;
import io.steelyard.linux.packet.RawSocket;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.election.Phase;
import io.steelyard.vrrp.wire.AdvertEncoder;
import io.steelyard.vrrp.wire.Bytes;
import io.steelyard.vrrp.wire.RouterSecrets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Adverts that a stranger on the link makes by hand: they are counted, and change nothing. Needs root. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
class HostileAdvertsTest {
    private static final InetAddress STRANGER = InetAddress.ofLiteral("10.9.0.2");
    private static final InetAddress GROUP = InetAddress.ofLiteral("224.0.0.18");
    private static final int IP_TTL = 8;
    private static final int COUNT_OF_ADDRESSES = 20 + 3;
    private static final int CHECKSUM = 20 + 6;
    private static final int STORM = 20_000;

    @TempDir
    private Path folder;

    @RegisterExtension
    private final Pair pair = new Pair();

    private RawSocket socket;

    @BeforeEach
    void createPair() throws Exception {
        socket = pair.lab.other.call(() -> {
            int index = NetworkInterface.getByName("eth0").getIndex();
            return RawSocket.open(new RawSocket.Options(false, 112, index, Optional.empty(), 255, 0xC0, -1));
        });
    }

    @AfterEach
    void close() throws Exception {
        if (socket != null) {
            socket.close();
        }
    }

    /** Sends what a router would, with priority 254 unless said, changed by hand. */
    private void send(VirtualRouter.Builder as, int priority, int times, Consumer<MemorySegment> change) {
        var router = as.build();
        var encoder = new AdvertEncoder(router, 1, RouterSecrets.of(router), STRANGER, Arena.ofAuto());
        int length = encoder.prepare(priority, System.currentTimeMillis() * 1_000_000L)
                .addressTo(Bytes.high(GROUP), Bytes.low(GROUP));
        change.accept(encoder.memory());
        for (int i = 0; i < times; i++) {
            socket.send(
                    encoder.memory(),
                    length,
                    Bytes.high(STRANGER),
                    Bytes.low(STRANGER),
                    Bytes.high(GROUP),
                    Bytes.low(GROUP));
        }
    }

    private void isCountedAndNothingElse(VirtualRouters ours, String counter) {
        until(counter, () -> status(ours).counters().get(counter) > 0);
        assertThat(phase(ours)).as(counter).isEqualTo(Phase.ACTIVE);
        assertThat(pair.events(ours))
                .filteredOn(RouterEvent.Changed.class::isInstance)
                .as("changes since it is active")
                .hasSize(2);
    }

    @Test
    void whatIsMalformedIsCountedAndChangesNothing() throws Exception {
        var ours = pair.start(pair.lab.one, router(100));
        until("active", () -> phase(ours) == Phase.ACTIVE);

        send(router(254), 254, 1, packet -> packet.set(JAVA_BYTE, IP_TTL, (byte) 64));
        isCountedAndNothingElse(ours, "ip_ttl_err");
        send(router(254), 254, 1, packet -> packet.set(JAVA_BYTE, CHECKSUM, (byte) ~packet.get(JAVA_BYTE, CHECKSUM)));
        isCountedAndNothingElse(ours, "chk_err");
        send(router(254), 254, 1, packet -> packet.set(JAVA_BYTE, COUNT_OF_ADDRESSES, (byte) 9));
        isCountedAndNothingElse(ours, "packet_len_err");
        send(router(254).version(VrrpVersion.V2).advertInterval(Duration.ofSeconds(1)), 254, 1, packet -> {});
        isCountedAndNothingElse(ours, "vers_err");
        send(router("b", 77, 254, Pair.SECOND), 254, 1, packet -> {});
        isCountedAndNothingElse(ours, "vrid_err");
    }

    @Test
    void anotherPasswordIsCountedAndChangesNothing() throws Exception {
        var ours = pair.start(pair.lab.one, withPassword(100, "1111"));
        until("active", () -> phase(ours) == Phase.ACTIVE);

        send(withPassword(254, "2222"), 254, 1, packet -> {});
        isCountedAndNothingElse(ours, "auth_failure");
        send(router(254).version(VrrpVersion.V2).advertInterval(Duration.ofSeconds(1)), 254, 1, packet -> {});
        isCountedAndNothingElse(ours, "authtype_mismatch");
    }

    private static VirtualRouter.Builder withPassword(int priority, String password) {
        return router(priority)
                .version(VrrpVersion.V2)
                .advertInterval(Duration.ofSeconds(1))
                .authentication(new Authentication.Password(password));
    }

    @Test
    void aStormOfAdvertsOfLowerPriorityTakesNothingAway() throws Exception {
        var ours = pair.start(pair.lab.one, router(100));
        until("active", () -> phase(ours) == Phase.ACTIVE);

        send(router(50), 50, STORM, packet -> {});

        isCountedAndNothingElse(ours, "advert_rcvd");
        assertThat(Lab.has(pair.lab.one, Pair.ADDRESS)).isTrue();
        assertThat(pair.lab.answers(Pair.ADDRESS)).isTrue();
    }

    @Test
    void withoutThePrivilegeARouterIsInFaultAndSaysWhatItNeeds() throws Exception {
        var output = folder.resolve("ours.out");
        var command = Stream.concat(
                Stream.of("setpriv", "--bounding-set=-net_raw,-net_admin", "--inh-caps=-net_raw,-net_admin"),
                Stream.of(OneRouter.command(100, Pair.ADDRESS + "/24", 300)));
        pair.lab.one.start(output, command.toArray(String[]::new));

        until("it says so", () -> Files.readString(output).contains("to=FAULT"));
        until("and why", () -> Files.readString(output).contains("CAP_NET_RAW"));
        assertThat(Lab.has(pair.lab.one, Pair.ADDRESS)).isFalse();
    }
}
