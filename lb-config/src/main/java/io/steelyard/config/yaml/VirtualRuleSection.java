package io.steelyard.config.yaml;

import io.steelyard.api.proxy.Network;
import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.VirtualRule;
import io.steelyard.api.vrrp.VirtualRule.Action;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/** {@link VirtualRule}. */
final class VirtualRuleSection extends Section<VirtualRule> {
    private final Key<VirtualRule, AddressFamily> family = optional(
            "family", Forms.word(AddressFamily.class), VirtualRule::family, AddressFamily.IPV4, "Of the packets.");
    private final Key<VirtualRule, Network> from =
            absent("from", VirtualRouteSection.network(), VirtualRule::from, "any", "Their source.");
    private final Key<VirtualRule, Network> to =
            absent("to", VirtualRouteSection.network(), VirtualRule::to, "any", "Their destination.");
    private final Key<VirtualRule, Boolean> inverted = optional(
            "inverted", Forms.flag(), VirtualRule::isInverted, false, "The rule holds for packets that do not match.");
    private final Key<VirtualRule, Long> priority = absent(
            "priority",
            Endpoints.unsigned(),
            rule -> Endpoints.unsigned(rule.priority()),
            "the kernel's choice, before others",
            "Smaller counts first.");
    private final Key<VirtualRule, Long> table = absent(
            "table",
            Endpoints.unsigned(),
            rule -> Optional.of(rule.action())
                    .filter(Action.Lookup.class::isInstance)
                    .map(action -> ((Action.Lookup) action).table() & 0xFFFF_FFFFL),
            "",
            "The routing table that is asked.");
    private final Key<VirtualRule, Long> goTo = absent(
            "goTo",
            Endpoints.unsigned(),
            rule -> Optional.of(rule.action())
                    .filter(Action.GoTo.class::isInstance)
                    .map(action -> ((Action.GoTo) action).priority() & 0xFFFF_FFFFL),
            "",
            "The priority of the rule that comes next.");
    private final Key<VirtualRule, Action> verdict = absent(
            "verdict",
            Forms.word(verdicts()),
            rule -> Optional.of(rule.action()).filter(verdicts()::containsValue),
            "",
            "Or what becomes of packets; one of `table`, `goTo` and `verdict` must be there.");
    private final Key<VirtualRule, Map<String, String>> selectors = optional(
            "selectors",
            Forms.texts(),
            VirtualRule::selectors,
            Map.of(),
            "What else `ip rule add` takes with a value, by its name: `fwmark`, `iif`, `oif`, `tos`, `realms`, `tunnel-id`, `suppress_prefixlength`, `suppress_ifgroup`, `uidrange`, `protocol`, `ipproto`, `sport`, `dport`.");
    private final Key<VirtualRule, Boolean> tracked = optional(
            "tracked",
            Forms.flag(),
            VirtualRule::isTracked,
            true,
            "Whether the router steps down when somebody else removes it.");

    VirtualRuleSection() {
        super("virtual rule");
    }

    private static SequencedMap<String, Action> verdicts() {
        var words = new LinkedHashMap<String, Action>();
        words.put("blackhole", new Action.Blackhole());
        words.put("unreachable", new Action.Unreachable());
        words.put("prohibit", new Action.Prohibit());
        words.put("nothing", new Action.Nothing());
        words.put("interfaceTable", new Action.InterfaceTable());
        return words;
    }

    @Override
    VirtualRule make(Values values) {
        var given = Stream.<Optional<? extends Action>>of(
                        values.find(table).map(number -> new Action.Lookup(number.intValue())),
                        values.find(goTo).map(number -> new Action.GoTo(number.intValue())),
                        values.find(verdict))
                .<Action>flatMap(Optional::stream)
                .toList();
        if (given.size() != 1) {
            throw new IllegalArgumentException("a rule has one of table, goTo and verdict");
        }
        return new VirtualRule(
                values.or(family, AddressFamily.IPV4),
                values.find(from),
                values.find(to),
                values.or(inverted, false),
                Endpoints.number(values.find(priority)),
                given.getFirst(),
                values.or(selectors, Map.of()),
                values.or(tracked, true));
    }
}
