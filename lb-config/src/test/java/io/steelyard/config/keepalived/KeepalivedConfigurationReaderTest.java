package io.steelyard.config.keepalived;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.Authentication;
import io.steelyard.api.vrrp.ChecksumReading;
import io.steelyard.api.vrrp.InitialState;
import io.steelyard.api.vrrp.Ipvlan;
import io.steelyard.api.vrrp.Preemption;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualMac;
import io.steelyard.api.vrrp.VirtualRoute;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VirtualRule;
import io.steelyard.api.vrrp.VrrpVersion;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeepalivedConfigurationReaderTest {
    @Test
    void whatIsNotSaidIsAsWithKeepalived() {
        var router = Read.router();

        assertThat(router.version()).isEqualTo(VrrpVersion.V2);
        assertThat(router.priority()).isEqualTo(100);
        assertThat(router.advertInterval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(router.downAdverts()).isEqualTo(3);
        assertThat(router.initialState()).isEqualTo(InitialState.BACKUP);
        assertThat(router.preemption()).isEqualTo(Preemption.YES);
        assertThat(router.acceptsPackets()).isTrue();
        assertThat(router.checksum()).isEqualTo(ChecksumReading.RFC_5798);
        assertThat(router.dialect()).isEqualTo(VirtualRouter.Dialect.KEEPALIVED);
        assertThat(router.announcements().repeat()).isEqualTo(5);
        assertThat(router.announcements().delay()).isEqualTo(Duration.ofSeconds(5));
        assertThat(router.announcements().refresh()).isZero();
        assertThat(router.tracksInterface()).isTrue();
        assertThat(router.transport()).isEqualTo(AdvertTransport.Multicast.standard());
        assertThat(router.addresses().getFirst().prefix()).isEqualTo(32);
    }

    @Test
    void masterWithoutAPriorityIsTheOwner() {
        assertThat(Read.router("state MASTER").priority()).isEqualTo(255);
        assertThat(Read.router("state BACKUP").priority()).isEqualTo(100);
    }

    @Test
    void scriptsHaveUsersAndGroups() {
        var configuration = Read.configuration("global_defs {\nscript_user nobody adm\nno_email_faults\n"
                + "startup_script /bin/a root adm\nshutdown_script \"/bin/b c\"\nshutdown_script_timeout 3\n}\n"
                + Read.instance("notify_master /bin/x nobody", "notify_deleted", "notify_priority_changes true"));
        var settings = configuration.vrrp();

        assertThat(settings.scriptUser()).isEqualTo("nobody:adm");
        assertThat(settings.mailsFaults()).isFalse();
        assertThat(settings.onStart()).hasValueSatisfying(script -> {
            assertThat(script.command().user()).hasValue("root:adm");
            assertThat(script.timeout()).isEqualTo(Duration.ofSeconds(10));
        });
        assertThat(settings.onEnd()).hasValueSatisfying(script -> {
            assertThat(script.command().words()).containsExactly("/bin/b", "c");
            assertThat(script.timeout()).isEqualTo(Duration.ofSeconds(3));
        });
        var notifications = configuration.virtualRouters().getFirst().notifications();
        assertThat(notifications.onActive().orElseThrow().user()).hasValue("nobody");
        assertThat(notifications.tellsDeletion()).isTrue();
        assertThat(notifications.tellsPriority()).isTrue();
    }

    @Test
    void interfacesWithoutAdvertsAreAnnouncedEverySoOften() {
        var some = Read.router("garp_extra_if 100").announcements();
        var all = Read.configuration("global_defs {\nvrrp_garp_extra_if all 50\n}\n" + Read.instance())
                .virtualRouters()
                .getFirst()
                .announcements();

        assertThat(some.extraRefresh()).isEqualTo(Duration.ofSeconds(100));
        assertThat(some.isExtraEverywhere()).isFalse();
        assertThat(all.extraRefresh()).isEqualTo(Duration.ofSeconds(50));
        assertThat(all.isExtraEverywhere()).isTrue();
    }

    @Test
    void changesOfPriorityAreToldWhereTheFileSaysSoForAll() {
        var text = "global_defs {\nvrrp_notify_priority_changes true\n}\n";

        assertThat(Read.configuration(text + Read.instance())
                        .virtualRouters()
                        .getFirst()
                        .notifications()
                        .tellsPriority())
                .isTrue();
        assertThat(Read.router().notifications().tellsPriority()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"2, 0.4, 1000", "2, 1.5, 2000", "3, 0.254, 250", "3, 0.01, 10", "3, 40.95, 40950"})
    void intervalsAreRoundedToWhatTheVersionCanSay(int version, String written, long ms) {
        assertThat(Read.router("version " + version, "advert_int " + written).advertInterval())
                .isEqualTo(Duration.ofMillis(ms));
    }

    @ParameterizedTest
    @CsvSource({
        "version 3, RFC_5798_ANY_UNICAST",
        "version 3;old_unicast_checksum never, RFC_5798",
        "version 3;old_unicast_checksum, RFC_5798_OLD_UNICAST",
        "version 3;v3_checksum_as_v2, RFC_9568",
        "version 2, RFC_5798"
    })
    void checksumsOfUnicastPeersAreFoundOutUnlessTheFileSaysThem(String lines, ChecksumReading expected) {
        var unicast = (lines + ";unicast_peer {;192.0.2.9;}").split(";");

        assertThat(Read.router(unicast).checksum()).isEqualTo(expected);
        assertThat(Read.findings(Read.instance("old_unicast_checksum always")))
                .containsExactly(
                        "k:7:22: error: 'always' stands behind 'old_unicast_checksum', expected never, or nothing");
    }

    @Test
    void interfacesOfAGroupArePacedTogether() {
        var group = "garp_group {\ngarp_interval 0.1\ninterfaces {\neth0\neth1\n}\n}\n";

        var configuration = Read.configuration(group + Read.instance());

        assertThat(configuration.vrrp().pacedTogether()).containsExactly(List.of("eth0", "eth1"));
        assertThat(configuration.virtualRouters().getFirst().announcements().arpPacing())
                .isEqualTo(Duration.ofMillis(100));
        assertThat(Read.findings(group + group + Read.instance()))
                .anyMatch(line -> line.contains("interface eth0 is in two garp_groups"));
    }

    @Test
    void ipv6IsVersion3() {
        var text = "vrrp_instance V {\ninterface eth0\nvirtual_router_id 7\nvirtual_ipaddress {\nfe80::1/64\n}\n}\n";
        var router = Read.configuration(text).virtualRouters().getFirst();

        assertThat(router.version()).isEqualTo(VrrpVersion.V3);
        assertThat(router.family()).isEqualTo(AddressFamily.IPV6);
    }

    @Test
    void trapsAreNamedWithWhatReallyHappens() {
        assertThat(Read.findings(Read.instance("state MASTER", "priority 120", "nopreempt")))
                .contains(
                        "k:9:1: warning: 'nopreempt' has no effect with 'state MASTER'; write 'state BACKUP'; the highest"
                                + " priority becomes active all the same");
        assertThat(Read.findings(Read.instance("authentication {", "auth_type PASS", "auth_pass 123456789", "}")))
                .anyMatch(line -> line.contains("only the first eight bytes"));
        assertThat(Read.findings(Read.instance() + "track_script {\nx\n}\n"))
                .singleElement()
                .asString()
                .startsWith("k:9:1: warning: 'track_script' is not carried out: trackers belong into a vrrp_instance");
        assertThat(Read.findings("global_defs {\nvrrp_iptables\n}\n" + Read.instance()))
                .singleElement()
                .asString()
                .startsWith("k:2:1: warning: 'vrrp_iptables' lets no advert through a firewall");
        assertThat(Read.findings("global_defs {\nvrrp_strict\n}\n" + Read.instance()))
                .singleElement()
                .asString()
                .contains("will answer no ping and no connection");
    }

    @Test
    void version3AndStrictModeIgnoreAuthentication() {
        String[] secret = {"authentication {", "auth_type AH", "auth_pass k", "}"};

        assertThat(Read.router(secret).authentication()).isEqualTo(new Authentication.Header("k"));
        assertThat(Read.configuration("global_defs {\nvrrp_version 3\n}\n" + Read.instance(secret))
                        .virtualRouters()
                        .getFirst()
                        .authentication())
                .isEqualTo(new Authentication.None());
    }

    @Test
    void singleAddressesHaveALinkLayerAddressOfTheirOwn() {
        var router = Read.router(
                "use_vmac_addr",
                "virtual_ipaddress_excluded {",
                "10.0.0.1/24 dev eth1",
                "10.0.0.2/24",
                "10.0.0.3/24 dev eth2 use_vmac own 02:00:00:00:00:01 no_track",
                "10.0.0.4/24 dev eth2 use_vmac label eth2:a",
                "2001:db8::1/64",
                "}");
        var standard = Optional.of(VirtualMac.standard());
        assertThat(router.excludedAddresses())
                .extracting(VirtualAddress::virtualMac)
                .containsExactly(
                        standard,
                        Optional.empty(),
                        Optional.of(new VirtualMac(Optional.of("own"), Optional.of("02:00:00:00:00:01"), false)),
                        standard,
                        standard);
        assertThat(router.excludedAddresses().get(2).isTracked()).isFalse();
        assertThat(router.excludedAddresses().get(3).label()).contains("eth2:a");
    }

    @Test
    void anAddressOfFiveOctetsIsContinuedByTheId() {
        assertThat(Read.router("use_vmac 02:00:5E:00:01").virtualMac())
                .contains(new VirtualMac(Optional.empty(), Optional.of("02:00:5e:00:01"), false));
    }

    @Test
    void prefixesAreThoseOfNamesOfInterfaces() {
        var settings = Read.configuration(
                        "global_defs {\nvmac_prefix Vip\nvmac_addr_prefix vipa\n}\n" + Read.instance())
                .vrrp();

        assertThat(settings.interfacePrefix()).isEqualTo("Vip");
        assertThat(settings.addressInterfacePrefix()).contains("vipa");
        assertThat(Read.findings("global_defs {\nvmac_prefix elevenchars\n}\n"))
                .first()
                .asString()
                .startsWith("k:2:13: error: 'elevenchars' is too long to begin the name of an interface");
        assertThat(Read.findings("global_defs {\nvmac_addr_prefix a/b\n}\n"))
                .first()
                .asString()
                .startsWith("k:2:18: error: 'a/b' is no interface name");
    }

    @Test
    void anIpvlanIsReadInAnyOrder() {
        assertThat(Read.router("use_ipvlan 10.0.0.3/24").ipvlan())
                .contains(new Ipvlan(Optional.empty(), Ipvlan.Mode.BRIDGE, Optional.of("10.0.0.3/24")));
        assertThat(Read.router("use_ipvlan vepa adverts 10.0.0.3").ipvlan())
                .contains(new Ipvlan(Optional.of("adverts"), Ipvlan.Mode.VEPA, Optional.of("10.0.0.3")));
        assertThat(Read.router("use_ipvlan 10.0.0.3").virtualMac()).isEmpty();
        assertThat(Read.findings(Read.instance("use_ipvlan one 10.0.0.3 two")))
                .first()
                .asString()
                .contains("error: unknown option 'two' of use_ipvlan");
    }

    @Test
    void interfacesThatArePacedTogetherHaveNamesThatCanBe() {
        assertThat(Read.findings("garp_group {\ngarp_interval 1\ninterfaces {\neth0\na/b\n}\n}\n"))
                .first()
                .asString()
                .startsWith("k:5:1: error: 'a/b' is no interface name");
    }

    @Test
    void aStaticAddressHasNone() {
        assertThat(Read.findings("static_ipaddress {\n10.0.0.1/24 dev eth1 use_vmac\n}\n"))
                .first()
                .asString()
                .startsWith("k:2:22: error: 'use_vmac' is for virtual addresses alone");
    }

    @Test
    void addressesAreReadAsIpDoes() {
        var router = Read.router(
                "virtual_ipaddress_excluded {",
                "10.0.0.1/24 brd 10.0.0.255 dev eth1 scope link label eth1:a no_track",
                "2001:db8::1/64 -nodad home preferred_lft 0",
                "}");
        var first = router.excludedAddresses().get(0);
        var second = router.excludedAddresses().get(1);

        assertThat(first.text()).isEqualTo("10.0.0.1/24");
        assertThat(first.interfaceName()).contains("eth1");
        assertThat(first.label()).contains("eth1:a");
        assertThat(first.isTracked()).isFalse();
        assertThat(second.flags()).containsExactlyInAnyOrder(VirtualAddress.Flag.NODAD, VirtualAddress.Flag.HOME);
        assertThat(second.preferredLifetime()).contains(Duration.ZERO);
    }

    @Test
    void routesAndRulesAreReadAsIpDoes() {
        var router = Read.router(
                "virtual_routes {",
                "default via 10.1.1.1 dev eth1 metric 5",
                "src 10.1.1.1 to 10.2.0.0/16 via 10.1.1.3 dev eth1 table 100 mtu lock 1400 no_track",
                "blackhole 10.3.0.0/16",
                "10.5.0.0/16 nexthop via 10.1.1.1 weight 2 nexthop via 10.1.1.2 dev eth1 onlink",
                "}",
                "virtual_rules {",
                "from 10.0.0.0/8 fwmark 5 lookup main priority 100",
                "not to 10.0.0.0/8 blackhole pref 101",
                "}");
        var routes = router.routes();

        assertThat(routes.get(0).destination().prefix()).isZero();
        assertThat(routes.get(0).metric()).hasValue(5);
        assertThat(routes.get(1).attributes()).containsEntry("mtu", "lock 1400");
        assertThat(routes.get(1).table()).hasValue(100);
        assertThat(routes.get(1).isTracked()).isFalse();
        assertThat(routes.get(2).type()).isEqualTo(VirtualRoute.Type.BLACKHOLE);
        assertThat(routes.get(3).nextHops()).hasSize(2);
        assertThat(routes.get(3).nextHops().getFirst().weight()).isEqualTo(2);
        assertThat(routes.get(3).nextHops().getLast().isOnLink()).isTrue();
        assertThat(router.rules().get(0).action()).isEqualTo(new VirtualRule.Action.Lookup(254));
        assertThat(router.rules().get(0).selectors()).containsEntry("fwmark", "5");
        assertThat(router.rules().get(1).isInverted()).isTrue();
        assertThat(router.rules().get(1).priority()).hasValue(101);
    }

    @Test
    void trackersHaveKeepalivedsDefaults() {
        var text = """
                vrrp_script s {
                    script "/usr/bin/killall -0 'a b'"
                    weight 5 reverse
                    user nobody nogroup
                }
                vrrp_track_process p {
                    process /usr/sbin/nginx -g daemon
                    param_match initial
                    delay 2
                }
                vrrp_track_file f {
                    file /run/weight
                }
                interface_up_down_delays {
                    eth1 2 3
                }
                """
                + Read.instance(
                        "track_script {",
                        "s",
                        "}",
                        "track_process {",
                        "p weight -3",
                        "}",
                        "track_file {",
                        "f",
                        "}",
                        "track_interface {",
                        "eth1 weight 10",
                        "}");
        var configuration = Read.configuration(text);
        var script = (Tracker.Script) configuration.trackers().get(0);
        var process = (Tracker.Process) configuration.trackers().get(1);
        var file = (Tracker.File) configuration.trackers().get(2);
        var link = (Tracker.Interface) configuration.trackers().get(3);

        assertThat(script.command()).isEqualTo(List.of("/usr/bin/killall", "-0", "a b"));
        assertThat(script.interval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(script.rise()).isEqualTo(1);
        assertThat(script.user()).isEqualTo(Optional.of("nobody:nogroup"));
        assertThat(process.process()).isEqualTo("/usr/sbin/nginx -g daemon");
        assertThat(process.matching()).isEqualTo(Tracker.Matching.INITIAL);
        assertThat(process.forkDelay()).isEqualTo(Duration.ofSeconds(2));
        assertThat(file.weight()).isEqualTo(1);
        assertThat(link.interfaceName()).isEqualTo("eth1");
        assertThat(link.downDelay()).isEqualTo(Duration.ofSeconds(2));
        assertThat(link.upDelay()).isEqualTo(Duration.ofSeconds(3));
        var tracks = configuration.virtualRouters().getFirst().tracks();
        assertThat(tracks.get(0).isReversed()).isTrue();
        assertThat(tracks.get(1).weight()).isEqualTo(OptionalInt.of(-3));
        assertThat(tracks.get(3).weight()).isEqualTo(OptionalInt.of(10));
    }

    @Test
    void theDelaysOfARoutersOwnInterfaceHoldForItWithinWhatABackupWaits() {
        var text = "interface_up_down_delays {\n eth0 30 3\n}\n" + Read.instance();
        var configuration = Read.configuration(text);
        var link = (Tracker.Interface) configuration.trackers().getFirst();
        var router = configuration.virtualRouters().getFirst();

        assertThat(link.interfaceName()).isEqualTo("eth0");
        assertThat(link.upDelay()).isEqualTo(Duration.ofSeconds(3));
        assertThat(link.downDelay())
                .isEqualTo(Duration.ofSeconds(2).minus(Duration.ofSeconds(1).dividedBy(256)));
        assertThat(router.tracks()).containsExactly(Track.of(link.name()));
        assertThat(router.tracksInterface()).isFalse();
        assertThat(Read.findings(text)).anyMatch(problem -> problem.contains("may not be down for 30.0 s"));
    }

    @Test
    void announcementsFollowTheInstanceThenTheGlobalsThenKeepalived() {
        var text = "global_defs {\nvrrp_garp_master_repeat 3\nvrrp_garp_master_delay 7\nvrrp_garp_interval 0.5\n}\n"
                + Read.instance("garp_master_repeat 2", "garp_master_refresh 60");
        var announcements = Read.configuration(text).virtualRouters().getFirst().announcements();

        assertThat(announcements.repeat()).isEqualTo(2);
        assertThat(announcements.delay()).isEqualTo(Duration.ofSeconds(7));
        assertThat(announcements.refresh()).isEqualTo(Duration.ofSeconds(60));
        assertThat(announcements.lowerPriorityRepeat()).isEqualTo(2);
        assertThat(announcements.arpPacing()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void unicastPeersMayHaveBoundsOfTheirTtl() {
        var transport = (AdvertTransport.Unicast) Read.router(
                        "unicast_src_ip 10.0.0.1",
                        "unicast_peer {",
                        "10.0.0.2 min_ttl 254 max_ttl 255",
                        "10.0.0.3",
                        "}",
                        "check_unicast_src")
                .transport();

        assertThat(transport.peers()).hasSize(2);
        assertThat(transport.peers().getFirst().leastTtl()).isEqualTo(254);
        assertThat(transport.peers().getLast().leastTtl()).isZero();
        assertThat(transport.checksSource()).isTrue();
        assertThat(transport.ttl()).isEqualTo(255);
    }

    @Test
    void notificationsNameTheirProgramAndUser() {
        var router = Read.router(
                "notify \"/opt/any.sh x\"",
                "notify_master /opt/up.sh nobody",
                "notify_stop \"/opt/stop.sh 'a b'\"",
                "smtp_alert");

        assertThat(router.notifications().onAny().getFirst().words()).containsExactly("/opt/any.sh", "x");
        assertThat(router.notifications().onActive().orElseThrow().user()).contains("nobody");
        assertThat(router.notifications().onStop().orElseThrow().words()).containsExactly("/opt/stop.sh", "a b");
        assertThat(router.notifications().mails()).isTrue();
    }

    @Test
    void groupsAreRead() {
        var text = Read.instance() + "vrrp_sync_group G {\ngroup {\nV\n}\nnotify_master /opt/g.sh\n}\n";

        assertThat(Read.configuration(text).syncGroups().getFirst().members()).containsExactly("V");
    }

    @Test
    void aTrailerHasItsKeys() {
        var router = Read.router(
                "auth_hmac {",
                "key 1 0123456789abcdef0123456789abcdef",
                "key 2 hex:" + "ab".repeat(32),
                "active_key 2",
                "anti_replay monotonic",
                "mode permissive",
                "}");

        assertThat(router.hmac().orElseThrow().activeKeyId()).isEqualTo(2);
        assertThat(router.hmac().orElseThrow().keys()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "priority 256 | k:7:10: error: priority is '256', expected a whole number from 1 to 255",
                "priorty 5 | k:7:1: error: unknown keyword 'priorty' in vrrp_instance; did you mean 'priority'?",
                "state SLAVE | k:7:7: error: state is 'SLAVE', expected MASTER or BACKUP",
                "advert_int x | k:7:12: error: advert_int is 'x', expected seconds from 0.01 to 255",
                "mcast_src_ip x | k:7:14: error: 'x' is no address, expected an IPv4 or IPv6 address",
                "priority | k:7:1: error: 'priority' has no argument, expected one argument",
            })
    void faultsSayWhatWhereAndWhatWasExpected(String line, String expected) {
        assertThat(Read.findings(Read.instance(line))).containsExactly(expected);
    }

    @Test
    void whatGoesTogetherIsCheckedAndHasItsPlace() {
        assertThat(Read.findings("vrrp_instance V {\ninterface eth0\n}\n"))
                .containsExactly(
                        "k:1:1: error: vrrp_instance 'V' has no virtual_router_id, expected a number from 1 to 255");
        assertThat(Read.findings(Read.instance("track_script {", "gone", "}")))
                .singleElement()
                .asString()
                .startsWith("k:8:1: error: there is no tracker 'gone', expected the name of a vrrp_script");
        assertThat(Read.findings(Read.instance() + Read.instance()))
                .singleElement()
                .asString()
                .startsWith("k:9:1: error: vrrp_instance 'V' is defined twice");
        assertThat(Read.findings(Read.instance("virtual_ipaddress {", "fe80::1", "}")))
                .anyMatch(line -> line.startsWith("k:4:1: error: fe80:0:0:0:0:0:0:1 is not of the router's family"));
    }

    @Test
    void otherFormatsAreNotItsOwn() {
        var reader = new KeepalivedConfigurationReader();

        assertThat(reader.recognizes(ConfigurationSource.of("n", "http {\n server { listen 80; }\n}\n")))
                .isZero();
        assertThat(reader.recognizes(ConfigurationSource.of("h", "global\n maxconn 5\n")))
                .isZero();
        assertThat(reader.recognizes(ConfigurationSource.of("y", "pools:\n  - name: x\n")))
                .isZero();
    }
}
