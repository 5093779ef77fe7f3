package io.steelyard.vrrp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.steelyard.api.vrrp.Authentication;
import io.steelyard.api.vrrp.HmacAuthentication;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpVersion;
import io.steelyard.vrrp.wire.Packets.Party;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Any bytes at all: nothing is thrown, nothing behind the end is read, and each packet is counted once. A build runs the inputs kept here;
 * {@code JAZZER_FUZZ=1 mvn -pl lb-vrrp test -Dtest=AdvertFuzzTest} looks for new ones.
 */
class AdvertFuzzTest {
    private static final List<VirtualRouter.Builder> ROUTERS = List.of(
            VirtualRouter.builder("plain", "eth0", 51).address("192.0.2.1"),
            VirtualRouter.builder("six", "eth0", 51).address("fe80::1"),
            VirtualRouter.builder("signed", "eth0", 51)
                    .address("192.0.2.1")
                    .hmac(Packets.hmac(HmacAuthentication.AntiReplay.TIME, HmacAuthentication.Mode.PERMISSIVE)),
            VirtualRouter.builder("password", "eth0", 51)
                    .address("192.0.2.1")
                    .version(VrrpVersion.V2)
                    .authentication(new Authentication.Password("1111")),
            VirtualRouter.builder("header", "eth0", 51)
                    .address("192.0.2.1")
                    .version(VrrpVersion.V2)
                    .authentication(new Authentication.Header("1111")),
            VirtualRouter.builder("unicast", "eth0", 51)
                    .address("192.0.2.1")
                    .transport(Packets.unicast("198.51.100.10", true)));

    @FuzzTest(maxDuration = "5m")
    void readsAnything(byte[] bytes) {
        check(bytes);
    }

    private static void check(byte[] bytes) {
        for (var router : ROUTERS) {
            var party = Party.of(router);
            var verdict = party.hear(MemorySegment.ofArray(bytes));
            assertThat(party.counters.of(verdict)).isEqualTo(1);
            int id = party.packet.virtualRouterId();
            assertThat(id).isBetween(-1, 255);
            if (verdict == Verdict.ACCEPTED) {
                assertThat(id).isEqualTo(51);
                assertThat(party.decoder.intervalCentiseconds()).isPositive();
            }
        }
    }

    @Test
    void damagedPacketsAreNeverRead() {
        var random = new Random(4);
        for (var router : ROUTERS) {
            var party = Party.of(router);
            var packet = party.send(100, party.isIpv6 ? Packets.GROUP6 : Packets.GROUP, Packets.NOON_NS)
                    .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
            for (int i = 0; i < 300; i++) {
                var damaged = java.util.Arrays.copyOf(packet, random.nextInt(packet.length + 12));
                for (int k = random.nextInt(4); k > 0 && damaged.length > 0; k--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
                check(damaged);
            }
        }
    }
}
