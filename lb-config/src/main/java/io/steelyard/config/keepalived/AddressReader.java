package io.steelyard.config.keepalived;

import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualMac;
import io.steelyard.config.keepalived.grammar.Entry;
import io.steelyard.config.keepalived.grammar.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads lines of {@code virtual_ipaddress}, which are written as for {@code ip address add}. */
final class AddressReader {
    private static final Set<String> OPTIONS = Set.of(
            "home",
            "-nodad",
            "nodad",
            "mngtmpaddr",
            "noprefixroute",
            "autojoin",
            "no_track",
            "brd",
            "broadcast",
            "dev",
            "scope",
            "label",
            "peer",
            "preferred_lft",
            "track_group",
            "use_vmac");

    private final Findings findings;
    private final Values values;
    private final boolean mayHaveMac;

    /** Of addresses that a router has, which may have a link-layer address of their own. */
    AddressReader(Findings findings) {
        this(findings, true);
    }

    private AddressReader(Findings findings, boolean mayHaveMac) {
        this.findings = findings;
        this.mayHaveMac = mayHaveMac;
        values = new Values(findings);
    }

    /** Of addresses that are there whoever is active. */
    static AddressReader ofStatic(Findings findings) {
        return new AddressReader(findings, false);
    }

    List<VirtualAddress> read(Entry block) {
        var addresses = new ArrayList<VirtualAddress>();
        for (var line : block.entries()) {
            address(line).ifPresent(addresses::add);
        }
        return addresses;
    }

    private Optional<VirtualAddress> address(Entry line) {
        var first = line.words().getFirst();
        try {
            var builder = VirtualAddress.builder(first.text());
            for (int i = 1; i < line.words().size(); i++) {
                i += option(line.words(), i, builder);
            }
            return Optional.of(builder.build());
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    first.position(),
                    "'" + first + "' cannot be read: " + wrong.getMessage(),
                    "an address, perhaps with '/' and a prefix length");
            return Optional.empty();
        }
    }

    /** @return how many words it has after its name */
    private int option(List<Word> words, int at, VirtualAddress.Builder builder) {
        var option = words.get(at);
        switch (option.text()) {
            case "home" -> builder.flag(VirtualAddress.Flag.HOME);
            case "-nodad", "nodad" -> builder.flag(VirtualAddress.Flag.NODAD);
            case "mngtmpaddr" -> builder.flag(VirtualAddress.Flag.MNGTMPADDR);
            case "noprefixroute" -> builder.flag(VirtualAddress.Flag.NOPREFIXROUTE);
            case "autojoin" -> builder.flag(VirtualAddress.Flag.AUTOJOIN);
            case "no_track" -> builder.tracked(false);
            case "brd", "broadcast", "dev", "scope", "label", "peer", "preferred_lft", "track_group" -> {
                if (at + 1 == words.size()) {
                    findings.error(option.position(), "'" + option + "' has no value", "a value after it");
                    return 0;
                }
                valued(option, words.get(at + 1), builder);
                return 1;
            }
            case "use_vmac" -> {
                return virtualMac(words, at, builder);
            }
            default ->
                findings.error(
                        option.position(),
                        "unknown option '" + option + "' of an address",
                        "brd, dev, scope, label, peer, home, -nodad, mngtmpaddr, noprefixroute, autojoin, no_track,"
                                + " preferred_lft or use_vmac");
        }
        return 0;
    }

    /** {@code use_vmac [NAME] [ADDRESS]}, in any order. @return how many words belong to it */
    private int virtualMac(List<Word> words, int at, VirtualAddress.Builder builder) {
        Optional<String> name = Optional.empty();
        Optional<String> mac = Optional.empty();
        int count = 0;
        while (count < 2
                && at + 1 + count < words.size()
                && !OPTIONS.contains(words.get(at + 1 + count).text())) {
            var text = words.get(at + ++count).text();
            if (text.contains(":")) {
                mac = Optional.of(text.toLowerCase(Locale.ROOT));
            } else {
                name = Optional.of(text);
            }
        }
        if (mayHaveMac) {
            builder.virtualMac(new VirtualMac(name, mac, false));
        } else {
            findings.error(
                    words.get(at).position(),
                    "'use_vmac' is for virtual addresses alone",
                    "a static address without it: it does not move");
        }
        return count;
    }

    private void valued(Word option, Word value, VirtualAddress.Builder builder) {
        switch (option.text()) {
            case "brd", "broadcast" -> {
                if (!value.text().equals("-") && !value.text().equals("+")) {
                    values.address(value).ifPresent(builder::broadcast);
                }
            }
            case "dev" -> builder.interfaceName(value.text());
            case "scope" -> builder.scope(value.text());
            case "label" -> builder.label(value.text());
            case "peer" -> values.address(value).ifPresent(builder::peer);
            case "preferred_lft" -> {
                if (!value.text().equals("forever")) {
                    values.number(value, "preferred_lft", 0, Integer.MAX_VALUE)
                            .ifPresent(time -> builder.preferredLifetime(Duration.ofSeconds(time)));
                }
            }
            default ->
                findings.error(
                        option.position(),
                        "'track_group' is for static addresses alone",
                        "virtual ones are tracked anyway");
        }
    }
}
