package io.steelyard.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The bytes of requests and answers; little-endian, as both supported architectures are. */
class NetlinkMessageTest {
    private final NetlinkMessage message = new NetlinkMessage(512);

    @Test
    void anAddressWithALifetimeIsWrittenAsTheKernelReadsIt() throws Exception {
        var address = AssignedAddress.of(InetAddress.getByName("10.1.2.3"), 24, 7)
                .withLabel("eth0:vip")
                .withLifetime(2, 3);

        AddressTable.write(message, AddressTable.NEW_ADDRESS, NetlinkMessage.CREATE | NetlinkMessage.REPLACE, address)
                .finish(5);

        assertThat(hex())
                .isEqualTo(("4c000000 1400 0505 05000000 00000000 02 18 00 00 07000000"
                                + "0800 0200 0a010203  0800 0100 0a010203"
                                + "0d00 0300 657468303a76697000 000000"
                                + "1400 0600 02000000 03000000 00000000 00000000")
                        .replace(" ", ""));
    }

    @Test
    void flagsBeyondAByteGoIntoAnAttribute() throws Exception {
        var address = AssignedAddress.of(InetAddress.getByName("2001:db8::1"), 128, 7)
                .withFlags(AssignedAddress.NO_DAD | AssignedAddress.NO_PREFIX_ROUTE);

        AddressTable.write(message, AddressTable.NEW_ADDRESS, 0, address).finish(1);

        assertThat(hex())
                .startsWith("4800000014000500" + "0100000000000000" + "0a800200" + "07000000")
                .endsWith("0800080002020000");
    }

    @Test
    void nestedAttributesCountTheirContent() {
        message.begin(16, 0).put32(0);
        int outer = message.beginNested(18);
        message.attribute(1, "ab").endNested(outer).finish(0);

        assertThat(hex().substring(40)).isEqualTo("0c001280" + "0700010061620000");
    }

    @Test
    void isRefusedBeyondItsCapacity() {
        message.begin(16, 0);
        assertThatThrownBy(() -> message.attribute(1, new byte[600]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("512");
    }

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        var address = AssignedAddress.of(InetAddress.getByName("10.1.2.3"), 32, 9)
                .withPeer(InetAddress.getByName("10.1.2.4"))
                .withBroadcast(InetAddress.getByName("10.1.2.255"))
                .withScope(253)
                .withFlags(AssignedAddress.JOIN_GROUP)
                .withLifetime(0, 60);
        AddressTable.write(message, AddressTable.NEW_ADDRESS, 0, address).finish(1);

        var reader = new NetlinkReader().wrap(message.bytes(), message.bytes().byteSize());

        assertThat(reader.next()).isTrue();
        assertThat(AddressTable.read(reader)).contains(address);
        assertThat(reader.next()).isFalse();
    }

    @Test
    void routesAndRulesAreReadBack() throws Exception {
        var route = Route.through(InetAddress.getByName("10.0.0.1"), InetAddress.getByName("10.9.0.0"), 16, 3)
                .withTable(1_000)
                .withMetric(20)
                .withSource(InetAddress.getByName("10.0.0.9"))
                .withDetails(new RouteDetails.Builder()
                        .trafficClass(0x10)
                        .realms(0x30004)
                        .metric(RouteDetails.MTU, 1_400)
                        .metric(17, 1)
                        .lock(RouteDetails.MTU)
                        .congestionControl("reno")
                        .preference(1)
                        .expiresSeconds(60)
                        .ttlPropagate(0)
                        .build());
        RouteTable.write(message, RouteTable.NEW_ROUTE, 0, route).finish(1);
        var reader = new NetlinkReader().wrap(message.bytes(), message.bytes().byteSize());
        assertThat(reader.next()).isTrue();
        assertThat(RouteTable.read(reader)).contains(route);

        var rule = RoutingRule.from(new RoutingRule.Network(InetAddress.getByName("2001:db8::"), 64), 1_000, 50);
        RuleTable.write(message, RuleTable.NEW_RULE, 0, rule).finish(1);
        reader.wrap(message.bytes(), message.bytes().byteSize());
        assertThat(reader.next()).isTrue();
        assertThat(RuleTable.read(reader)).contains(rule);
    }

    @Test
    void routesOfSeveralHopsAndRulesOfManySelectorsAreReadBack() throws Exception {
        var hops = List.of(
                new RouteDetails.Hop(Optional.of(InetAddress.getByName("10.0.0.1")), 3, 1, true),
                new RouteDetails.Hop(Optional.of(InetAddress.getByName("fe80::1")), 4, 256, false),
                new RouteDetails.Hop(Optional.empty(), 5, 2, false));
        var route = new Route(
                InetAddress.getByName("10.9.0.0"),
                16,
                Optional.empty(),
                0,
                Optional.empty(),
                0x8000_0001,
                0,
                Route.SCOPE_GLOBAL,
                Route.PROTOCOL_VRRP,
                Route.Type.UNICAST,
                false,
                new RouteDetails.Builder().hops(hops).build());
        RouteTable.write(message, RouteTable.NEW_ROUTE, 0, route).finish(1);
        var reader = new NetlinkReader().wrap(message.bytes(), message.bytes().byteSize());
        assertThat(reader.next()).isTrue();
        assertThat(RouteTable.read(reader)).contains(route);

        var details = new RuleDetails.Builder()
                .inverted(true)
                .trafficClass(0x10)
                .goTo(400)
                .realms(0x30004)
                .tunnelId(77)
                .suppressPrefixLength(0)
                .suppressInterfaceGroup(5)
                .userIds(new RuleDetails.Range(5, -2))
                .ipProtocol(6)
                .sourcePorts(new RuleDetails.Range(10, 20))
                .destinationPorts(new RuleDetails.Range(80, 65_535))
                .protocol(4)
                .build();
        var rule = new RoutingRule(
                false,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.of("eth0"),
                Optional.of("eth1"),
                7,
                0xFF,
                RoutingRule.Action.GO_TO,
                0,
                details);
        RuleTable.write(message, RuleTable.NEW_RULE, 0, rule).finish(1);
        reader.wrap(message.bytes(), message.bytes().byteSize());
        assertThat(reader.next()).isTrue();
        assertThat(RuleTable.read(reader)).contains(rule);
    }

    @Test
    void theKernelsWordsOnAnErrorAreFound() {
        // NLMSG_ERROR, capped, with attributes: errno -17, the request's header, then the message "no".
        var bytes = HexFormat.of()
                .parseHex("2c000000" + "02000003" + "01000000" + "00000000" + "efffffff"
                        + "28000000140005060100000000000000" + "07000100" + "6e6f0000");
        var reader = new NetlinkReader().wrap(MemorySegment.ofArray(bytes), bytes.length);

        assertThat(reader.next()).isTrue();
        assertThat(reader.errno()).isEqualTo(-17);
        assertThat(reader.kernelMessage()).isEqualTo("no");
    }

    @Test
    void anyBytesAreReadWithoutHarm() {
        var random = new Random(4);
        var memory = Arena.ofAuto().allocate(256, 8);
        var reader = new NetlinkReader();
        for (int round = 0; round < 200_000; round++) {
            int length = random.nextInt(257);
            for (int at = 0; at < length; at++) {
                memory.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt(random.nextBoolean() ? 256 : 24));
            }
            if (length >= 8) {
                memory.set(ValueLayout.JAVA_INT, 0, random.nextInt(length + 4));
                memory.set(ValueLayout.JAVA_SHORT, 4, TYPES[random.nextInt(TYPES.length)]);
            }
            reader.wrap(memory, length);
            while (reader.next()) {
                reader.kernelMessage();
                AddressTable.read(reader);
                LinkTable.read(reader);
                RouteTable.read(reader);
                RuleTable.read(reader);
            }
        }
    }

    private static final short[] TYPES = {2, 3, 16, 17, 20, 21, 24, 25, 32, 33};

    private String hex() {
        return HexFormat.of().formatHex(message.bytes().toArray(ValueLayout.JAVA_BYTE));
    }
}
