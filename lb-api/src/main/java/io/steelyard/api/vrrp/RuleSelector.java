package io.steelyard.api.vrrp;

import java.util.Map;
import java.util.Optional;

/** What a rule may ask for with a value, in the words of ip-rule(8). */
public enum RuleSelector {
    /** The packet's mark, {@code MARK} or {@code MARK/MASK}. */
    FWMARK("fwmark"),
    /** By whose interface it came; {@code lo} for packets of this machine. */
    IIF("iif"),
    /** The interface its socket is bound to. */
    OIF("oif"),
    /** TOS or traffic class, 0 to 252 in steps of 4. */
    TOS("tos"),
    /** Realms, {@code TO} or {@code FROM/TO}, numbers below 65536. */
    REALMS("realms"),
    /** The tunnel it came through. */
    TUNNEL_ID("tunnel-id"),
    /** Routes with a prefix of this length or less do not count. */
    SUPPRESS_PREFIXLENGTH("suppress_prefixlength"),
    /** Routes by interfaces of this group do not count. */
    SUPPRESS_IFGROUP("suppress_ifgroup"),
    /** Users who send, {@code FROM-TO}. */
    UIDRANGE("uidrange"),
    /** Who made the rule: a name such as {@code static} or a number, 0 to 255. */
    PROTOCOL("protocol"),
    /** The IP protocol: a name such as {@code tcp} or a number, 1 to 255. */
    IPPROTO("ipproto"),
    /** Source ports, {@code PORT} or {@code FROM-TO}. */
    SPORT("sport"),
    /** Destination ports, {@code PORT} or {@code FROM-TO}. */
    DPORT("dport");

    private static final Map<String, Integer> IP_PROTOCOLS = Map.ofEntries(
            Map.entry("icmp", 1),
            Map.entry("igmp", 2),
            Map.entry("tcp", 6),
            Map.entry("udp", 17),
            Map.entry("dccp", 33),
            Map.entry("gre", 47),
            Map.entry("esp", 50),
            Map.entry("ah", 51),
            Map.entry("ipv6-icmp", 58),
            Map.entry("ospf", 89),
            Map.entry("vrrp", 112),
            Map.entry("sctp", 132),
            Map.entry("udplite", 136));

    private final String word;

    RuleSelector(String word) {
        this.word = word;
    }

    /**
     * A selector's value.
     *
     * @param first the number, or the first of a range; as unsigned
     * @param second the mask of a mark, or the last of a range; otherwise as {@code first}
     * @param text an interface's name; otherwise empty
     */
    public record Value(long first, long second, String text) {}

    /** As ip-rule(8) has it. */
    public String word() {
        return word;
    }

    /** The selector of that word; empty where there is none. */
    public static Optional<RuleSelector> of(String word) {
        for (var selector : values()) {
            if (selector.word.equals(word)) {
                return Optional.of(selector);
            }
        }
        return Optional.empty();
    }

    /** Reads a value. @throws IllegalArgumentException where the selector has no such value */
    public Value parse(String text) {
        return switch (this) {
            case FWMARK -> mark(text);
            case IIF, OIF -> {
                InterfaceNames.check(text);
                yield new Value(0, 0, text);
            }
            case TOS -> same(Numbers.trafficClass(word, text));
            case REALMS -> same(Integer.toUnsignedLong(Numbers.realms(word, text)));
            case TUNNEL_ID -> same(Numbers.parseLong(word, text, Long.MAX_VALUE));
            case SUPPRESS_PREFIXLENGTH -> number(text, 128);
            case SUPPRESS_IFGROUP -> number(text, Integer.MAX_VALUE);
            case UIDRANGE -> range(text, Numbers.UNSIGNED - 1);
            case PROTOCOL -> same(RouteNames.protocol(text));
            case IPPROTO -> same(Numbers.named(word, text, IP_PROTOCOLS, 0xFF));
            case SPORT, DPORT -> range(text, 0xFFFF);
        };
    }

    private Value mark(String text) {
        int slash = text.indexOf('/');
        return new Value(
                Numbers.parseLong(word, slash < 0 ? text : text.substring(0, slash), Numbers.UNSIGNED),
                slash < 0
                        ? Numbers.UNSIGNED
                        : Numbers.parseLong(word + " mask", text.substring(slash + 1), Numbers.UNSIGNED),
                "");
    }

    private Value number(String text, long most) {
        return same(Numbers.parseLong(word, text, most));
    }

    private static Value same(long number) {
        return new Value(number, number, "");
    }

    private Value range(String text, long most) {
        int dash = text.indexOf('-');
        long first = Numbers.parseLong(word, dash < 0 ? text : text.substring(0, dash), most);
        long last = dash < 0 ? first : Numbers.parseLong(word, text.substring(dash + 1), most);
        if (first > last) {
            throw new IllegalArgumentException("'" + word + "' is '" + text + "', which ends before it begins");
        }
        return new Value(first, last, "");
    }
}
