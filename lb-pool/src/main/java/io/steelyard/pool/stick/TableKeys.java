package io.steelyard.pool.stick;

import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.pool.ServerAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** The one form that a table has of each key (HAProxy's types of stick tables). Pure. */
final class TableKeys {
    private TableKeys() {}

    /** The key; null for text that is none of this table, such as what is no address where keys are addresses. */
    static @Nullable String of(StickTable table, String text) {
        if (text.isEmpty()) {
            return null;
        }
        return switch (table.keys()) {
            case STRING, BINARY -> text.length() <= table.keyBytes() ? text : text.substring(0, table.keyBytes());
            case INTEGER -> integer(text);
            case IP -> {
                var address = address(text);
                yield address instanceof Inet4Address ? address.getHostAddress() : null;
            }
            case IPV6 -> {
                var address = address(text);
                yield address == null
                        ? null
                        : address instanceof Inet4Address ? "::ffff:" + address.getHostAddress() : shortest(address);
            }
        };
    }

    private static @Nullable InetAddress address(String text) {
        try {
            // What is mapped into IPv6 becomes the IPv4 address it stands for.
            return ServerAddress.numericAddress(text);
        } catch (IllegalArgumentException none) {
            return null;
        }
    }

    /** RFC 5952, section 4. */
    private static String shortest(InetAddress address) {
        var bytes = address.getAddress();
        var groups = new int[8];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = (bytes[2 * i] & 0xFF) << 8 | bytes[2 * i + 1] & 0xFF;
        }
        int from = -1;
        int longest = 1;
        for (int i = 0; i < groups.length; i++) {
            int length = 0;
            while (i + length < groups.length && groups[i + length] == 0) {
                length++;
            }
            if (length > longest) {
                longest = length;
                from = i;
            }
        }
        var text = new StringBuilder();
        for (int i = 0; i < groups.length; ) {
            if (i == from) {
                text.append("::");
                i += longest;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
            i++;
        }
        return text.toString();
    }

    /** The number that text begins with, of 32 bits without a sign; 0 where it begins with none. */
    private static String integer(String text) {
        long value = 0;
        for (int i = 0; i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9'; i++) {
            value = value * 10 + text.charAt(i) - '0' & 0xFFFF_FFFFL;
        }
        return Long.toString(value);
    }
}
