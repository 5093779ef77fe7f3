package io.steelyard.vrrp.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.vrrp.Announcements;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualMac;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.election.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Link-layer addresses of virtual routers: what they leave alone and put back. Needs root. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class VirtualMacTest {
    @TempDir
    private Path folder;

    @RegisterExtension
    private final Pair pair = new Pair();

    private static String setting(PrivateNetwork network, String name) throws Exception {
        return network.call(
                () -> Files.readString(Path.of("/proc/sys/net/ipv4/" + name)).strip());
    }

    @Test
    void theParentsSettingsAreWhatTheyWereWhenTheLastRouterIsGone() throws Exception {
        pair.lab.one.call(() -> {
            Files.writeString(Path.of("/proc/sys/net/ipv4/conf/eth0/arp_ignore"), "2");
            return true;
        });
        var mac = VirtualMac.standard();
        var first = pair.start(
                pair.lab.one,
                VirtualRouters.builder()
                        .router(Pair.router("a", 51, 100, Pair.ADDRESS)
                                .virtualMac(mac)
                                .build())
                        .router(Pair.router("b", 52, 100, Pair.SECOND)
                                .virtualMac(mac)
                                .build())
                        .settings(
                                VrrpSettings.builder().reportsLocalGroups(false).build()));
        Pair.until("active", () -> Pair.phase(first) == Phase.ACTIVE);
        assertThat(setting(pair.lab.one, "conf/eth0/arp_ignore")).isEqualTo("1");
        assertThat(setting(pair.lab.one, "conf/eth0/arp_filter")).isEqualTo("1");
        assertThat(setting(pair.lab.one, "igmp_link_local_mcast_reports")).isEqualTo("0");

        first.close();

        assertThat(setting(pair.lab.one, "conf/eth0/arp_ignore")).isEqualTo("2");
        assertThat(setting(pair.lab.one, "conf/eth0/arp_filter")).isEqualTo("0");
        assertThat(setting(pair.lab.one, "igmp_link_local_mcast_reports")).isEqualTo("1");
    }

    @Test
    void noMembershipIsReportedByTheVirtualAddress() throws Exception {
        var output = folder.resolve("tcpdump.out");
        pair.lab.wire.start(output, "tcpdump", "-leni", "br0", "igmp or icmp6 or arp or proto 112");
        Pair.until("tcpdump listens", () -> Files.readString(output).contains("listening on"));

        var routers = pair.start(pair.lab.one, Pair.router(100).virtualMac(VirtualMac.standard()));

        Pair.until("active", () -> Pair.phase(routers) == Phase.ACTIVE);
        Pair.until("it answers", () -> pair.lab.answers(Pair.ADDRESS));
        assertThat(pair.lab.one.run("nft", "list", "table", "inet", "steelyard_vrrp"))
                .contains("oifname \"vrrp.51\" ip protocol igmp drop", "oifname \"vrrp.51\" icmpv6 type");
        // Reports follow the interface's coming up and the joining of the group at once; adverts are later.
        Pair.until("adverts are heard", () -> lines(output, "vrrp").size() > 3);
        assertThat(lines(output, "00:00:5e:00:01:33 >"))
                .isNotEmpty()
                .noneMatch(line -> line.contains("igmp") || line.contains("multicast listener"));
        routers.close();
        assertThat(pair.lab.one.succeeds("nft", "list", "table", "inet", "steelyard_vrrp"))
                .isFalse();
    }

    @Test
    void interfacesThatSendNoAdvertsAreAnnouncedFromTimeToTime() throws Exception {
        var output = folder.resolve("tcpdump.out");
        pair.lab.wire.start(output, "tcpdump", "-leni", "br0", "arp");
        Pair.until("tcpdump listens", () -> Files.readString(output).contains("listening on"));
        var fromParent = new VirtualMac(Optional.empty(), Optional.empty(), true);
        var rules = Announcements.builder()
                .repeat(1)
                .delay(Duration.ZERO)
                .extraRefresh(Duration.ofMillis(300))
                .build();

        var routers =
                pair.start(pair.lab.one, Pair.router(100).virtualMac(fromParent).announcements(rules));

        Pair.until("active", () -> Pair.phase(routers) == Phase.ACTIVE);
        var told = "who-has " + Pair.ADDRESS + " tell " + Pair.ADDRESS;
        Pair.until("told again and again", () -> lines(output, told).size() > 3);
        assertThat(lines(output, told)).allMatch(line -> line.contains("00:00:5e:00:01:33 >"));
    }

    @Test
    void anAddressOfAnotherInterfaceHasALinkLayerAddressOfItsOwn() throws Exception {
        PrivateNetwork.join(pair.lab.one, "eth1", pair.lab.other, "eth1");
        pair.lab.one.ip("addr", "add", "10.8.0.1/24", "dev", "eth1");
        pair.lab.other.ip("addr", "add", "10.8.0.2/24", "dev", "eth1");
        var output = folder.resolve("tcpdump.out");
        pair.lab.other.start(output, "tcpdump", "-leni", "eth1", "arp");
        Pair.until("tcpdump listens", () -> Files.readString(output).contains("listening on"));
        var mac = VirtualMac.standard();
        var far = VirtualAddress.builder("10.8.0.100/24")
                .interfaceName("eth1")
                .virtualMac(mac)
                .build();

        var routers = pair.start(pair.lab.one, Pair.router(100).virtualMac(mac).address(far));

        Pair.until("active", () -> Pair.phase(routers) == Phase.ACTIVE);
        Pair.until("it answers", () -> pair.lab.other.succeeds("ping", "-c1", "-W1", "10.8.0.100"));
        var told = "who-has 10.8.0.100 tell 10.8.0.100";
        Pair.until("it is announced", () -> !lines(output, told).isEmpty());
        assertThat(lines(output, told)).allMatch(line -> line.contains("00:00:5e:00:01:33 >"));
        assertThat(pair.lab.one.ip("-d", "link", "show", "vrrp1.51")).contains("vrrp1.51@eth1", "macvlan mode private");

        change(routers, Pair.router(100).virtualMac(mac));
        assertThat(pair.lab.one.ip("link")).doesNotContain("vrrp1.51").contains("vrrp.51@eth0");
        change(routers, Pair.router(100).virtualMac(mac).address(far));
        Pair.until("it answers again", () -> pair.lab.other.succeeds("ping", "-c1", "-W1", "10.8.0.100"));
        assertThat(Pair.status(routers).counters()).containsEntry("become_master", 1L);

        routers.close();
        assertThat(pair.lab.one.ip("link")).doesNotContain("vrrp.51");
        assertThat(setting(pair.lab.one, "conf/eth1/arp_ignore")).isEqualTo("0");
    }

    private void change(VirtualRouters routers, VirtualRouter.Builder router) throws Exception {
        pair.lab.one.call(() -> {
            routers.change(Configuration.builder().virtualRouter(router).build());
            return true;
        });
    }

    private static java.util.List<String> lines(Path file, String part) throws Exception {
        return Files.readAllLines(file).stream()
                .filter(line -> line.toLowerCase(java.util.Locale.ROOT).contains(part))
                .toList();
    }
}
