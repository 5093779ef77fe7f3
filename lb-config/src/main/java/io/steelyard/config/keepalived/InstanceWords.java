package io.steelyard.config.keepalived;

import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.Authentication;
import io.steelyard.api.vrrp.ChecksumReading;
import io.steelyard.api.vrrp.HmacAuthentication;
import io.steelyard.api.vrrp.Ipvlan;
import io.steelyard.api.vrrp.Notifications;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRoute;
import io.steelyard.api.vrrp.VirtualRule;
import io.steelyard.config.keepalived.grammar.Entry;
import io.steelyard.config.keepalived.grammar.Word;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** What a {@code vrrp_instance} says, each keyword by itself. What follows from it is {@link InstanceReader}'s. One use. */
final class InstanceWords {
    private final Findings findings;
    private final Values values;
    private final TrackReader tracking;
    private final NotifyReader notify;
    private final Globals globals;

    final Entry block;
    final AnnouncementWords announcements;
    final List<VirtualAddress> addresses = new ArrayList<>();
    final List<VirtualAddress> excluded = new ArrayList<>();
    final List<VirtualRoute> routes = new ArrayList<>();
    final List<VirtualRule> rules = new ArrayList<>();
    final List<Track> tracks = new ArrayList<>();
    final List<AdvertTransport.UnicastPeer> peers = new ArrayList<>();
    Optional<Entry> state = Optional.empty();
    Optional<Entry> noPreempt = Optional.empty();
    Optional<Entry> preemptDelay = Optional.empty();
    Optional<Entry> advertInterval = Optional.empty();
    Optional<Entry> authentication = Optional.empty();
    Optional<Entry> unicastPeers = Optional.empty();
    Authentication secret = new Authentication.None();
    Optional<HmacAuthentication> hmac = Optional.empty();
    Optional<String> interfaceName = Optional.empty();
    Optional<InetAddress> source = Optional.empty();
    Optional<InetAddress> group = Optional.empty();
    Optional<Duration> delay = Optional.empty();
    Optional<Duration> interval = Optional.empty();
    Optional<Boolean> isStrict = Optional.empty();
    Optional<Boolean> accepts = Optional.empty();
    Optional<Boolean> ignoresLower = Optional.empty();
    Optional<Boolean> answersHigher = Optional.empty();
    Optional<Boolean> skipsAddressCheck = Optional.empty();
    Optional<Boolean> checksSource = Optional.empty();
    Optional<Boolean> ownerIgnoresAdverts = Optional.empty();
    boolean hasMac;
    Optional<Ipvlan> ipvlan = Optional.empty();
    Optional<String> macInterface = Optional.empty();
    Optional<String> macAddress = Optional.empty();
    OptionalInt id = OptionalInt.empty();
    OptionalInt priority = OptionalInt.empty();
    OptionalInt version = OptionalInt.empty();
    OptionalInt downAdverts = OptionalInt.empty();
    OptionalInt unicastTtl = OptionalInt.empty();
    boolean isIpv6;
    boolean sendsFromParent;
    boolean hasMacOfAddresses;
    boolean tracksSource;
    boolean isApartFromInterface;
    boolean hasOldChecksum;

    /** How unicast peers work out theirs; as each of them does unless something is said of it. */
    ChecksumReading unicastChecksum = ChecksumReading.RFC_5798_ANY_UNICAST;

    boolean faultWithoutPeers;
    boolean mayHaveNoAddress;

    InstanceWords(Entry block, Globals globals, Trackers trackers, Findings findings) {
        this.block = block;
        this.globals = globals;
        this.findings = findings;
        values = new Values(findings);
        tracking = new TrackReader(findings, trackers);
        notify = new NotifyReader(findings, globals.mails, globals.tellsPriority);
        announcements = new AnnouncementWords(values, findings);
        Blocks.read(block.entries(), KeywordTable.INSTANCE, findings, this::read);
    }

    Notifications notifications() {
        return notify.notifications();
    }

    private void read(Entry entry) {
        if (TrackReader.reads(entry)) {
            tracks.addAll(tracking.read(entry));
        } else if (!announcements.read(entry)
                && !notify.read(entry)
                && !readIdentity(entry)
                && !readAddresses(entry)
                && !readTransport(entry)) {
            readRule(entry);
        }
    }

    private boolean readIdentity(Entry entry) {
        switch (entry.keyword()) {
            case "state" -> {
                if (values.one(entry).isPresent()) {
                    state = Optional.of(entry);
                }
            }
            case "interface" -> interfaceName = values.name(entry);
            case "virtual_router_id" -> id = values.number(entry, 1, 255);
            case "priority" -> priority = values.number(entry, 1, 255);
            case "version" -> version = values.number(entry, 2, 3);
            case "native_ipv6" -> isIpv6 = true;
            case "advert_int" -> {
                advertInterval = Optional.of(entry);
                interval = values.seconds(entry, 0.01, 255);
            }
            case "nopreempt" -> noPreempt = Optional.of(entry);
            case "preempt" -> noPreempt = Optional.empty();
            case "preempt_delay" -> {
                preemptDelay = Optional.of(entry);
                delay = values.seconds(entry, 0, 1_000);
            }
            case "down_timer_adverts" -> downAdverts = values.number(entry, 1, 100);
            case "strict_mode" -> isStrict = Optional.of(values.truth(entry));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean readAddresses(Entry entry) {
        switch (entry.keyword()) {
            case "virtual_ipaddress" -> addresses.addAll(new AddressReader(findings).read(entry));
            case "virtual_ipaddress_excluded" -> excluded.addAll(new AddressReader(findings).read(entry));
            case "no_virtual_ipaddress" -> mayHaveNoAddress = true;
            case "virtual_routes" -> routes.addAll(RouteReader.readAll(entry, globals.names, findings));
            case "virtual_rules" -> rules.addAll(RuleReader.readAll(entry, globals, findings));
            case "accept" -> accepts = Optional.of(true);
            case "no_accept" -> accepts = Optional.of(false);
            case "use_vmac" -> readVirtualMac(entry);
            case "use_ipvlan" -> readIpvlan(entry);
            case "vmac_xmit_base" -> sendsFromParent = true;
            case "use_vmac_addr" -> hasMacOfAddresses = true;
            default -> {
                return false;
            }
        }
        return true;
    }

    private void readVirtualMac(Entry entry) {
        hasMac = true;
        for (var word : entry.arguments()) {
            if (word.text().contains(":")) {
                macAddress = Optional.of(word.text().toLowerCase(Locale.ROOT));
            } else if (macInterface.isEmpty()) {
                macInterface = Optional.of(word.text());
            } else {
                findings.error(
                        word.position(), "unknown option '" + word + "' of " + entry.keyword(), "a name, an address");
            }
        }
    }

    /** {@code use_ipvlan [NAME] [ADDRESS] [bridge|private|vepa]}: what can be read as an address is one. */
    private void readIpvlan(Entry entry) {
        Optional<String> interfaceName = Optional.empty();
        Optional<String> address = Optional.empty();
        var mode = Ipvlan.Mode.BRIDGE;
        for (var word : entry.arguments()) {
            var text = word.text();
            switch (text) {
                case "bridge" -> mode = Ipvlan.Mode.BRIDGE;
                case "private" -> mode = Ipvlan.Mode.PRIVATE;
                case "vepa" -> mode = Ipvlan.Mode.VEPA;
                default -> {
                    if (address.isEmpty() && isAddress(text)) {
                        address = Optional.of(text);
                    } else if (interfaceName.isEmpty()) {
                        interfaceName = Optional.of(text);
                    } else {
                        findings.error(
                                word.position(),
                                "unknown option '" + word + "' of use_ipvlan",
                                "a name, an address, and bridge, private or vepa");
                    }
                }
            }
        }
        try {
            ipvlan = Optional.of(new Ipvlan(interfaceName, mode, address));
        } catch (IllegalArgumentException wrong) {
            findings.error(entry.position(), "use_ipvlan: " + wrong.getMessage(), "a name of at most 15 characters");
        }
    }

    private static boolean isAddress(String text) {
        try {
            VirtualAddress.builder(text);
            return true;
        } catch (IllegalArgumentException no) {
            return false;
        }
    }

    private boolean readTransport(Entry entry) {
        switch (entry.keyword()) {
            case "mcast_src_ip", "unicast_src_ip" -> source = values.address(entry);
            case "mcast_dst_ip" -> group = values.address(entry);
            case "track_src_ip" -> tracksSource = true;
            case "dont_track_primary" -> isApartFromInterface = true;
            case "unicast_peer" -> {
                unicastPeers = Optional.of(entry);
                entry.entries().forEach(this::readPeer);
            }
            case "unicast_ttl" -> unicastTtl = values.number(entry, 1, 255);
            case "unicast_fault_no_peer" -> faultWithoutPeers = true;
            case "check_unicast_src" -> checksSource = Optional.of(values.truth(entry));
            case "old_unicast_checksum" -> {
                boolean isNever = entry.arguments().size() == 1
                        && entry.arguments().getFirst().text().equals("never");
                if (!isNever && !entry.arguments().isEmpty()) {
                    findings.error(
                            entry.arguments().getFirst().position(),
                            "'" + entry.arguments().getFirst() + "' stands behind 'old_unicast_checksum'",
                            "never, or nothing");
                }
                unicastChecksum = isNever ? ChecksumReading.RFC_5798 : ChecksumReading.RFC_5798_OLD_UNICAST;
            }
            case "v3_checksum_as_v2" -> hasOldChecksum = values.truth(entry);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void readPeer(Entry line) {
        int least = 0;
        int most = 255;
        for (int i = 0; i < line.arguments().size(); i++) {
            var option = line.arguments().get(i);
            boolean isLeast = option.text().equals("min_ttl");
            if (!isLeast && !option.text().equals("max_ttl")
                    || i + 1 == line.arguments().size()) {
                findings.error(
                        option.position(), "unknown option '" + option + "' of a peer", "min_ttl N or max_ttl N");
                return;
            }
            var value = values.number(line.arguments().get(++i), option.text(), 0, 255);
            least = isLeast ? value.orElse(least) : least;
            most = isLeast ? most : value.orElse(most);
        }
        int from = least;
        int to = most;
        values.address(line.words().getFirst()).ifPresent(address -> {
            try {
                peers.add(new AdvertTransport.UnicastPeer(address, from, to));
            } catch (IllegalArgumentException wrong) {
                findings.refused(line.position(), wrong);
            }
        });
    }

    private void readRule(Entry entry) {
        switch (entry.keyword()) {
            case "authentication" -> readAuthentication(entry);
            case "auth_hmac" -> hmac = new HmacReader(findings).read(entry);
            case "lower_prio_no_advert" -> ignoresLower = Optional.of(values.truth(entry));
            case "higher_prio_send_advert" -> answersHigher = Optional.of(values.truth(entry));
            case "skip_check_adv_addr" -> skipsAddressCheck = Optional.of(values.truth(entry));
            case "owner_ignore_adverts" -> ownerIgnoresAdverts = Optional.of(values.truth(entry));
            default -> throw new IllegalStateException(entry.keyword() + " is in the table and nobody reads it");
        }
    }

    private void readAuthentication(Entry entry) {
        authentication = Optional.of(entry);
        Optional<Word> type = Optional.empty();
        Optional<Word> text = Optional.empty();
        for (var line : entry.entries()) {
            if (KeywordTable.AUTHENTICATION.keywords().containsKey(line.keyword())) {
                var word = values.one(line);
                type = line.keyword().equals("auth_type") ? word : type;
                text = line.keyword().equals("auth_pass") ? word : text;
            } else {
                findings.error(
                        line.position(),
                        "unknown keyword '" + line.keyword() + "' in authentication",
                        "auth_type, auth_pass");
            }
        }
        if (type.isEmpty()) {
            return;
        }
        boolean isHeader = type.get().text().equals("AH");
        if (!isHeader && !type.get().text().equals("PASS")) {
            findings.error(type.get().position(), "auth_type is '" + type.get() + "'", "PASS or AH");
        } else if (text.isEmpty() || text.get().text().isEmpty()) {
            findings.error(entry.position(), "authentication has no auth_pass", "a line 'auth_pass SECRET'");
        } else {
            secret = isHeader
                    ? new Authentication.Header(text.get().text())
                    : new Authentication.Password(text.get().text());
        }
    }
}
