package io.steelyard.api.vrrp;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;

/**
 * What a route may have with a value, in the words of ip-route(8). Most are metrics, before whose value {@code lock} may stand: what the path says
 * does not change them then.
 */
public enum RouteAttribute {
    /** The packets it is for: TOS or traffic class, 0 to 252 in steps of 4. */
    TOS("tos", Form.TRAFFIC_CLASS),
    /** Greatest packet, octets. */
    MTU("mtu", Form.METRIC),
    /** Greatest TCP window, octets. */
    WINDOW("window", Form.METRIC),
    /** First guess of the round trip's time. */
    RTT("rtt", Form.EIGHTHS),
    /** First guess of its variance. */
    RTTVAR("rttvar", Form.QUARTERS),
    /** First guess of the slow start's end. */
    SSTHRESH("ssthresh", Form.METRIC),
    /** Greatest congestion window, packets; only with {@code lock}. */
    CWND("cwnd", Form.METRIC),
    /** Advertised greatest segment, octets. */
    ADVMSS("advmss", Form.METRIC),
    /** How far packets may be out of order. */
    REORDERING("reordering", Form.METRIC),
    /** TTL or hop limit. */
    HOPLIMIT("hoplimit", Form.METRIC),
    /** First congestion window, packets. */
    INITCWND("initcwnd", Form.METRIC),
    /** {@code ecn}: explicit congestion notification. */
    FEATURES("features", Form.FEATURE),
    /** Least time until TCP sends again. */
    RTO_MIN("rto_min", Form.TIME),
    /** First receive window, packets. */
    INITRWND("initrwnd", Form.METRIC),
    /** 1: acknowledgements are sent at once. */
    QUICKACK("quickack", Form.METRIC),
    /** The congestion control, such as {@code bbr}. */
    CONGCTL("congctl", Form.NAME),
    /** 1: TCP fast open without a cookie. */
    FASTOPEN_NO_COOKIE("fastopen_no_cookie", Form.METRIC),
    /** Realms, {@code TO} or {@code FROM/TO}, numbers below 65536. */
    REALMS("realms", Form.REALMS),
    /** IPv6: {@code low}, {@code medium} or {@code high}. */
    PREF("pref", Form.PREFERENCE),
    /** IPv6: seconds until it goes by itself. */
    EXPIRES("expires", Form.SECONDS),
    /** MPLS: {@code enabled} or {@code disabled}. */
    TTL_PROPAGATE("ttl-propagate", Form.SWITCH);

    private static final Map<String, Integer> PREFERENCES = Map.of("low", 3, "medium", 0, "high", 1);
    private static final Map<String, Integer> SWITCHES = Map.of("enabled", 1, "disabled", 0);
    private static final Map<String, Integer> FEATURE_BITS = Map.of("ecn", 1);
    private static final String LOCK = "lock ";
    private static final int LONGEST_NAME = 15;

    private final String word;
    private final Form form;

    private enum Form {
        TRAFFIC_CLASS,
        METRIC,
        EIGHTHS,
        QUARTERS,
        TIME,
        FEATURE,
        NAME,
        REALMS,
        PREFERENCE,
        SECONDS,
        SWITCH
    }

    /**
     * An attribute's value.
     *
     * @param isLocked whether {@code lock} stands before it
     * @param number as the kernel has it, as unsigned; 0 for a name
     * @param text a name; otherwise empty
     */
    public record Value(boolean isLocked, int number, String text) {}

    RouteAttribute(String word, Form form) {
        this.word = word;
        this.form = form;
    }

    /** As ip-route(8) has it. */
    public String word() {
        return word;
    }

    /** The attribute of that word; empty where there is none. */
    public static Optional<RouteAttribute> of(String word) {
        for (var attribute : values()) {
            if (attribute.word.equals(word)) {
                return Optional.of(attribute);
            }
        }
        return Optional.empty();
    }

    /** Whether {@code lock} may stand before its value. */
    public boolean isMetric() {
        return switch (form) {
            case METRIC, EIGHTHS, QUARTERS, TIME, FEATURE, NAME -> true;
            case TRAFFIC_CLASS, REALMS, PREFERENCE, SECONDS, SWITCH -> false;
        };
    }

    /** Reads a value. @throws IllegalArgumentException where the attribute has no such value */
    public Value parse(String given) {
        boolean isLocked = isMetric() && given.startsWith(LOCK);
        var text = isLocked ? given.substring(LOCK.length()).strip() : given;
        if (form == Form.NAME) {
            if (text.isEmpty() || text.length() > LONGEST_NAME || !text.chars().allMatch(RouteAttribute::isNamePart)) {
                throw wrong(given, "a name");
            }
            return new Value(isLocked, 0, text);
        }
        return new Value(isLocked, number(given, text), "");
    }

    private static boolean isNamePart(int letter) {
        return letter > ' ' && letter < 0x7F;
    }

    private int number(String given, String text) {
        return switch (form) {
            case TRAFFIC_CLASS -> Numbers.trafficClass(word, text);
            case METRIC, SECONDS -> Numbers.parse(word, text, Numbers.UNSIGNED);
            case TIME -> time(text, 1);
            case EIGHTHS -> time(text, 8);
            case QUARTERS -> time(text, 4);
            case FEATURE -> one(given, text, FEATURE_BITS);
            case PREFERENCE -> one(given, text, PREFERENCES);
            case SWITCH -> one(given, text, SWITCHES);
            case REALMS -> Numbers.realms(word, text);
            case NAME -> 0;
        };
    }

    private int one(String given, String text, Map<String, Integer> known) {
        var number = known.get(text);
        if (number == null) {
            throw wrong(given, String.join(", ", new java.util.TreeSet<>(known.keySet())));
        }
        return number;
    }

    /** A number without a unit is the kernel's own; with one it is a time, of which the kernel holds milliseconds in parts. */
    private int time(String text, int parts) {
        var matcher = java.util.regex.Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(s|sec|secs|ms|msec|msecs)?")
                .matcher(text);
        if (!matcher.matches()) {
            throw wrong(text, "a number, or a time such as 20ms");
        }
        var unit = matcher.group(2);
        var ms = new BigDecimal(matcher.group(1))
                .multiply(BigDecimal.valueOf(unit != null && !unit.startsWith("ms") ? 1_000 : 1))
                .setScale(0, RoundingMode.CEILING)
                .multiply(BigDecimal.valueOf(unit == null ? 1 : parts));
        if (ms.compareTo(BigDecimal.valueOf(Numbers.UNSIGNED)) > 0) {
            throw wrong(text, "a shorter time");
        }
        return (int) ms.longValue();
    }

    private IllegalArgumentException wrong(String given, String expected) {
        return new IllegalArgumentException("'" + word + "' is '" + given + "', expected " + expected);
    }
}
