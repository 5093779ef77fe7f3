package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.RuleSelector;
import io.steelyard.api.vrrp.VirtualRule;
import io.steelyard.linux.netlink.RoutingRule;
import io.steelyard.linux.netlink.RuleDetails;
import java.util.Optional;

/** How configured rules are put to the kernel. Pure. */
final class KernelRule {
    private KernelRule() {}

    static RoutingRule of(VirtualRule rule) {
        var details = new RuleDetails.Builder().inverted(rule.isInverted());
        int mark = 0;
        int mask = 0;
        Optional<String> input = Optional.empty();
        Optional<String> output = Optional.empty();
        for (var each : rule.selectors().entrySet()) {
            var selector = RuleSelector.of(each.getKey()).orElseThrow();
            var value = selector.parse(each.getValue());
            switch (selector) {
                case FWMARK -> {
                    mark = (int) value.first();
                    mask = (int) value.second();
                }
                case IIF -> input = Optional.of(value.text());
                case OIF -> output = Optional.of(value.text());
                default -> select(details, selector, value);
            }
        }
        var action = switch (rule.action()) {
            case VirtualRule.Action.Lookup lookup -> RoutingRule.Action.LOOKUP;
            case VirtualRule.Action.InterfaceTable table -> RoutingRule.Action.LOOKUP;
            case VirtualRule.Action.Blackhole dropped -> RoutingRule.Action.BLACKHOLE;
            case VirtualRule.Action.Unreachable refused -> RoutingRule.Action.UNREACHABLE;
            case VirtualRule.Action.Prohibit prohibited -> RoutingRule.Action.PROHIBIT;
            case VirtualRule.Action.GoTo other -> RoutingRule.Action.GO_TO;
            case VirtualRule.Action.Nothing nothing -> RoutingRule.Action.NOTHING;
        };
        if (rule.action() instanceof VirtualRule.Action.GoTo next) {
            details.goTo(next.priority());
        }
        details.byInterface(rule.action() instanceof VirtualRule.Action.InterfaceTable);
        return new RoutingRule(
                rule.family() == AddressFamily.IPV6,
                rule.priority().orElse(0),
                rule.from().map(from -> new RoutingRule.Network(from.address(), from.prefix())),
                rule.to().map(to -> new RoutingRule.Network(to.address(), to.prefix())),
                input,
                output,
                mark,
                mask,
                action,
                rule.action() instanceof VirtualRule.Action.Lookup lookup ? lookup.table() : 0,
                details.build());
    }

    private static void select(RuleDetails.Builder details, RuleSelector selector, RuleSelector.Value value) {
        int number = (int) value.first();
        var range = new RuleDetails.Range(number, (int) value.second());
        switch (selector) {
            case TOS -> details.trafficClass(number);
            case REALMS -> details.realms(number);
            case TUNNEL_ID -> details.tunnelId(value.first());
            case SUPPRESS_PREFIXLENGTH -> details.suppressPrefixLength(number);
            case SUPPRESS_IFGROUP -> details.suppressInterfaceGroup(number);
            case UIDRANGE -> details.userIds(range);
            case PROTOCOL -> details.protocol(number);
            case IPPROTO -> details.ipProtocol(number);
            case SPORT -> details.sourcePorts(range);
            case DPORT -> details.destinationPorts(range);
            case FWMARK, IIF, OIF -> throw new IllegalArgumentException(selector + " is no detail");
        }
    }
}
