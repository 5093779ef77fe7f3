package io.steelyard.config.keepalived;

import io.steelyard.api.proxy.Network;
import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.VirtualRule;
import io.steelyard.config.keepalived.grammar.Entry;
import io.steelyard.config.keepalived.grammar.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/** Reads one line of {@code virtual_rules}, which is written as for {@code ip rule add}. One use. */
final class RuleReader {
    private static final Set<String> SELECTORS = Set.of(
            "fwmark",
            "tos",
            "dsfield",
            "iif",
            "dev",
            "oif",
            "realms",
            "tunnel-id",
            "suppress_prefixlength",
            "suppress_prefixlen",
            "suppress_ifgroup",
            "uidrange",
            "l3mdev",
            "protocol",
            "ipproto",
            "sport",
            "dport");

    private final Findings findings;
    private final Values values;
    private final Entry line;
    private final Map<String, String> selectors = new TreeMap<>();
    private int at;
    private Optional<Network> from = Optional.empty();
    private Optional<Network> to = Optional.empty();
    private Optional<VirtualRule.Action> action = Optional.empty();
    private OptionalInt priority = OptionalInt.empty();
    private Optional<AddressFamily> family = Optional.empty();
    private boolean isInverted;
    private boolean isTracked = true;

    RuleReader(Entry line, Findings findings) {
        this.line = line;
        this.findings = findings;
        values = new Values(findings);
    }

    /** The rules of a block. */
    static List<VirtualRule> readAll(Entry block, Findings findings) {
        var rules = new ArrayList<VirtualRule>();
        for (var line : block.entries()) {
            new RuleReader(line, findings).read().ifPresent(rules::add);
        }
        return rules;
    }

    private Optional<VirtualRule> read() {
        for (at = 0; at < line.words().size(); at++) {
            option(line.words().get(at));
        }
        if (action.isEmpty()) {
            findings.error(
                    line.position(),
                    "this rule says not what becomes of packets",
                    "'table' with a number, or another action");
            return Optional.empty();
        }
        if (priority.isEmpty()) {
            findings.warning(
                    line.position(),
                    "the rule has no preference, so the kernel puts it before all others",
                    "add 'preference' with a number");
        }
        var known = family.or(() -> from.or(() -> to).map(network -> AddressFamily.of(network.address())))
                .orElse(AddressFamily.IPV4);
        try {
            return Optional.of(
                    new VirtualRule(known, from, to, isInverted, priority, action.get(), selectors, isTracked));
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    line.position(),
                    "this rule cannot be read: " + wrong.getMessage(),
                    "a rule as 'ip rule add' takes it");
            return Optional.empty();
        }
    }

    private void option(Word word) {
        switch (word.text()) {
            case "not" -> isInverted = true;
            case "no_track" -> isTracked = false;
            case "inet" -> family = Optional.of(AddressFamily.IPV4);
            case "inet6" -> family = Optional.of(AddressFamily.IPV6);
            case "from" -> value(word).ifPresent(given -> from = network(given));
            case "to" -> value(word).ifPresent(given -> to = network(given));
            case "table", "lookup" ->
                value(word)
                        .ifPresent(given -> RouteReader.tableNumber(given, values)
                                .ifPresent(table -> action = Optional.of(new VirtualRule.Action.Lookup(table))));
            case "goto" ->
                value(word)
                        .ifPresent(given -> values.number(given, "goto", 0, Integer.MAX_VALUE)
                                .ifPresent(target -> action = Optional.of(new VirtualRule.Action.GoTo(target))));
            case "blackhole" -> action = Optional.of(new VirtualRule.Action.Blackhole());
            case "unreachable" -> action = Optional.of(new VirtualRule.Action.Unreachable());
            case "prohibit" -> action = Optional.of(new VirtualRule.Action.Prohibit());
            case "nop" -> action = Optional.of(new VirtualRule.Action.Nothing());
            case "priority", "preference", "pref", "order" ->
                value(word).ifPresent(given -> priority = values.number(given, "preference", 0, Integer.MAX_VALUE));
            case "track_group" ->
                findings.error(
                        word.position(), "'track_group' cannot be honoured: such groups are not carried out", "");
            default -> {
                if (SELECTORS.contains(word.text())) {
                    value(word).ifPresent(given -> selectors.put(word.text(), given.text()));
                } else {
                    findings.error(
                            word.position(), "unknown option '" + word + "' of a rule", "an option of 'ip rule add'");
                }
            }
        }
    }

    private Optional<Network> network(Word word) {
        if (word.text().equals("all")
                || word.text().equals("any")
                || word.text().equals("default")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Network.parse(word.text()));
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    word.position(), "'" + word + "' is no network: " + wrong.getMessage(), "an address or network");
            return Optional.empty();
        }
    }

    private Optional<Word> value(Word option) {
        if (at + 1 == line.words().size()) {
            findings.error(option.position(), "'" + option + "' has no value", "a value after it");
            return Optional.empty();
        }
        return Optional.of(line.words().get(++at));
    }
}
