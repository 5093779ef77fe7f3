package io.steelyard.api.vrrp;

import java.util.Map;

/** Numbers of routes and rules as iproute2 writes them: decimal, or hexadecimal after 0x. */
final class Numbers {
    /** The greatest of 32 bits. */
    static final long UNSIGNED = 0xFFFF_FFFFL;

    private static final long MOST_REALM = 0xFFFF;
    private static final long MOST_TRAFFIC_CLASS = 0xFF;
    private static final int ECN = 3;

    private Numbers() {}

    /** A number up to {@code most}, as 32 bits. @throws IllegalArgumentException that names {@code what} */
    static int parse(String what, String text, long most) {
        return (int) parseLong(what, text, most);
    }

    /** A number up to {@code most}, which is at least 0. */
    static long parseLong(String what, String text, long most) {
        try {
            boolean isHex = text.startsWith("0x") || text.startsWith("0X");
            var digits = isHex ? text.substring(2) : text;
            if (!digits.isEmpty() && Character.digit(digits.charAt(0), 16) >= 0) {
                long value = Long.parseLong(digits, isHex ? 16 : 10);
                if (value <= most) {
                    return value;
                }
            }
        } catch (NumberFormatException none) {
            throw new IllegalArgumentException(message(what, text, most), none);
        }
        throw new IllegalArgumentException(message(what, text, most));
    }

    private static String message(String what, String text, long most) {
        return "'" + what + "' is '" + text + "', expected 0 to " + most;
    }

    /** A TOS or traffic class, 0 to 252; the two bits of ECN are the network's, and the kernel refuses them. */
    static int trafficClass(String what, String text) {
        int value = parse(what, text, MOST_TRAFFIC_CLASS);
        if ((value & ECN) != 0) {
            throw new IllegalArgumentException("'" + what + "' is '" + text + "', and its last two bits must be 0");
        }
        return value;
    }

    /** {@code TO} or {@code FROM/TO}: 16 bits each, the first in the upper half. */
    static int realms(String what, String text) {
        int slash = text.indexOf('/');
        int from = slash < 0 ? 0 : parse(what, text.substring(0, slash), MOST_REALM);
        return from << 16 | parse(what, text.substring(slash + 1), MOST_REALM);
    }

    /** A number, or a name for one. */
    static int named(String what, String text, Map<String, Integer> names, long most) {
        var known = names.get(text);
        return known != null ? known : parse(what, text, most);
    }
}
