package io.steelyard.vrrp.wire;

import static io.steelyard.vrrp.wire.Packets.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.Authentication;
import io.steelyard.api.vrrp.HmacAuthentication;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpVersion;
import io.steelyard.tck.Allocation;
import io.steelyard.vrrp.wire.Packets.Party;
import org.junit.jupiter.api.Test;

class AllocationTest {
    private static void allocatesNothing(VirtualRouter.Builder router) {
        var sender = Party.of(router);
        var receiver = Party.of(router);
        boolean isIpv6 = sender.isIpv6;
        long high = isIpv6 ? Bytes.high(Packets.GROUP6) : 0;
        long low = isIpv6 ? Bytes.low(Packets.GROUP6) : Bytes.low(GROUP);
        long sourceHigh = Bytes.high(sender.source);
        long sourceLow = Bytes.low(sender.source);
        var packet = new ReceivedPacket();
        assertThat(Allocation.bytes(10_000, () -> {
                    int length = sender.encoder.prepare(100, Packets.NOON_NS).addressTo(high, low);
                    var memory = sender.encoder.memory();
                    if (isIpv6) {
                        packet.ipv6(memory, 0, length, sourceHigh, sourceLow, high, low, 255);
                    } else {
                        packet.ipv4(memory, 0, length);
                    }
                    if (receiver.decoder.check(packet, Packets.NOON_NS) != Verdict.ACCEPTED) {
                        throw new AssertionError();
                    }
                }))
                .isZero();
    }

    @Test
    void anAdvertOfVersionThreeAllocatesNothing() {
        allocatesNothing(
                VirtualRouter.builder("gate", "eth0", 1).address("192.0.2.1").address("192.0.2.2"));
        allocatesNothing(
                VirtualRouter.builder("gate", "eth0", 1).address("fe80::1").address("2001:db8::1"));
    }

    @Test
    void anAdvertWithATrailerAllocatesNothing() {
        allocatesNothing(VirtualRouter.builder("gate", "eth0", 1)
                .address("192.0.2.1")
                .hmac(Packets.hmac(HmacAuthentication.AntiReplay.TIME, HmacAuthentication.Mode.ENFORCE)));
    }

    @Test
    void anAdvertOfVersionTwoAllocatesNothing() {
        var router =
                VirtualRouter.builder("gate", "eth0", 1).version(VrrpVersion.V2).address("192.0.2.1");
        allocatesNothing(router.authentication(new Authentication.Password("1111")));
        allocatesNothing(router.authentication(new Authentication.Header("1111")));
    }
}
