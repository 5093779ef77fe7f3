package io.steelyard.config.keepalived;

import io.steelyard.api.proxy.Network;
import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.RuleSelector;
import io.steelyard.api.vrrp.VirtualRule;
import io.steelyard.config.keepalived.grammar.Entry;
import io.steelyard.config.keepalived.grammar.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Reads one line of {@code virtual_rules}, which is written as for {@code ip rule add}. One use. */
final class RuleReader {
    private static final Map<String, String> ALIASES =
            Map.of("dsfield", "tos", "dev", "iif", "suppress_prefixlen", "suppress_prefixlength");

    private final Findings findings;
    private final Values values;
    private final Entry line;
    private final Globals globals;
    private final MachineNames names;
    private final Map<String, String> selectors = new TreeMap<>();
    private int at;
    private Optional<Network> from = Optional.empty();
    private Optional<Network> to = Optional.empty();
    private Optional<VirtualRule.Action> action = Optional.empty();
    private OptionalInt priority = OptionalInt.empty();
    private Optional<AddressFamily> family = Optional.empty();
    private boolean isInverted;
    private boolean isTracked = true;

    RuleReader(Entry line, Globals globals, Findings findings) {
        this.line = line;
        this.globals = globals;
        names = globals.names;
        this.findings = findings;
        values = new Values(findings);
    }

    /** The rules of a block. */
    static List<VirtualRule> readAll(Entry block, Globals globals, Findings findings) {
        var rules = new ArrayList<VirtualRule>();
        for (var line : block.entries()) {
            new RuleReader(line, globals, findings).read().ifPresent(rules::add);
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
        var known = family.or(() -> from.or(() -> to).map(network -> AddressFamily.of(network.address())))
                .orElse(AddressFamily.IPV4);
        if (priority.isEmpty()) {
            int chosen = globals.nextRulePriority(known);
            priority = OptionalInt.of(chosen);
            findings.warning(
                    line.position(),
                    "the rule has no preference; it gets " + chosen + ", as keepalived has it",
                    "add 'preference' with a number");
        }
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
                        .ifPresent(given -> RouteReader.tableNumber(given, names, values)
                                .ifPresent(table -> action = Optional.of(new VirtualRule.Action.Lookup(table))));
            case "goto" ->
                value(word)
                        .ifPresent(given -> values.number(given, "goto", 1, Integer.MAX_VALUE)
                                .ifPresent(target -> action = Optional.of(new VirtualRule.Action.GoTo(target))));
            case "blackhole" -> action = Optional.of(new VirtualRule.Action.Blackhole());
            case "unreachable" -> action = Optional.of(new VirtualRule.Action.Unreachable());
            case "prohibit" -> action = Optional.of(new VirtualRule.Action.Prohibit());
            case "l3mdev" -> action = Optional.of(new VirtualRule.Action.InterfaceTable());
            case "nop" -> action = Optional.of(new VirtualRule.Action.Nothing());
            case "priority", "preference", "pref", "order" ->
                value(word).ifPresent(given -> priority = values.number(given, "preference", 1, Integer.MAX_VALUE));
            case "track_group" ->
                findings.error(
                        word.position(), "'track_group' cannot be honoured: such groups are not carried out", "");
            default -> {
                var selector = RuleSelector.of(ALIASES.getOrDefault(word.text(), word.text()));
                if (selector.isPresent()) {
                    value(word).ifPresent(given -> select(selector.get(), given));
                } else {
                    findings.error(
                            word.position(), "unknown option '" + word + "' of a rule", "an option of 'ip rule add'");
                }
            }
        }
    }

    private void select(RuleSelector selector, Word given) {
        var text = given.text();
        var resolved = switch (selector) {
            case TOS -> names.resolve(MachineNames.Kind.TRAFFIC_CLASS, text);
            case REALMS -> RouteReader.realms(text, names);
            case SUPPRESS_IFGROUP -> names.resolve(MachineNames.Kind.INTERFACE_GROUP, text);
            case PROTOCOL -> names.resolve(MachineNames.Kind.PROTOCOL, text);
            case IPPROTO -> names.resolve(MachineNames.Kind.IP_PROTOCOL, text);
            default -> text;
        };
        try {
            selector.parse(resolved);
            selectors.put(selector.word(), resolved);
        } catch (IllegalArgumentException wrong) {
            findings.refused(given.position(), wrong);
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
