package io.steelyard.vrrp.wire;

import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.HmacAuthentication;
import io.steelyard.api.vrrp.VirtualRouter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;

/** Routers, and packets as hexadecimal digits, for tests. */
final class Packets {
    static final InetAddress SOURCE = InetAddress.ofLiteral("198.51.100.10");
    static final InetAddress SOURCE6 = InetAddress.ofLiteral("fe80::10");
    static final InetAddress GROUP = InetAddress.ofLiteral("224.0.0.18");
    static final InetAddress GROUP6 = InetAddress.ofLiteral("ff02::12");
    static final long NOON_NS = 1_800_000_000L * 1_000_000_000L;
    static final HmacAuthentication.Key KEY =
            new HmacAuthentication.Key(1, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

    private Packets() {}

    static MemorySegment bytes(String hex) {
        return MemorySegment.ofArray(HexFormat.of().parseHex(hex));
    }

    static String hex(MemorySegment memory, long offset, int length) {
        return HexFormat.of().formatHex(memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
    }

    static HmacAuthentication hmac(HmacAuthentication.AntiReplay antiReplay, HmacAuthentication.Mode mode) {
        return new HmacAuthentication(List.of(KEY), 1, antiReplay, java.time.Duration.ZERO, mode);
    }

    /** A router and all it needs for sending and hearing. */
    static final class Party {
        final AdvertCounters counters = new AdvertCounters();
        final RouterSecrets secrets;
        final AdvertEncoder encoder;
        final AdvertDecoder decoder;
        final boolean isIpv6;
        final InetAddress source;
        final ReceivedPacket packet = new ReceivedPacket();

        Party(VirtualRouter router, InetAddress source) {
            this.source = source;
            secrets = RouterSecrets.of(router);
            encoder = new AdvertEncoder(router, router.addresses().size(), secrets, source, Arena.ofAuto());
            decoder = new AdvertDecoder(router, secrets, counters);
            isIpv6 = source.getAddress().length == 16;
        }

        static Party of(VirtualRouter.Builder router) {
            var built = router.build();
            return new Party(built, built.family() == io.steelyard.api.vrrp.AddressFamily.IPV6 ? SOURCE6 : SOURCE);
        }

        /** An advert to the group as bytes. */
        MemorySegment send(int priority, InetAddress destination, long wallNs) {
            int length = encoder.prepare(priority, wallNs).addressTo(Bytes.high(destination), Bytes.low(destination));
            return MemorySegment.ofArray(encoder.memory().asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        }

        Verdict hear(MemorySegment bytes, InetAddress from, InetAddress destination, int ttl, long wallNs) {
            if (isIpv6) {
                packet.ipv6(
                        bytes,
                        0,
                        (int) bytes.byteSize(),
                        Bytes.high(from),
                        Bytes.low(from),
                        Bytes.high(destination),
                        Bytes.low(destination),
                        ttl);
            } else {
                packet.ipv4(bytes, 0, (int) bytes.byteSize());
            }
            return decoder.check(packet, wallNs);
        }

        Verdict hear(MemorySegment bytes) {
            return hear(bytes, isIpv6 ? SOURCE6 : SOURCE, isIpv6 ? GROUP6 : GROUP, 255, NOON_NS);
        }
    }

    static AdvertTransport.Unicast unicast(String peer, boolean checksSource) {
        return new AdvertTransport.Unicast(
                List.of(new AdvertTransport.UnicastPeer(InetAddress.ofLiteral(peer), 2, 64)), 64, checksSource, false);
    }
}
