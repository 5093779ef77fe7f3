package io.steelyard.config.haproxy.expression;

/** IPv6 addresses as text, the longest run of zeros as {@code ::} (RFC 5952). */
final class Ipv6Text {
    private Ipv6Text() {}

    static String of(byte[] address) {
        var groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (address[2 * i] & 0xFF) << 8 | address[2 * i + 1] & 0xFF;
        }
        int bestStart = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > bestLength) {
                bestStart = i;
                bestLength = end - i;
            }
        }
        var text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == bestStart) {
                text.append("::");
                i += bestLength - 1;
            } else {
                boolean isAfterGap = bestStart >= 0 && i == bestStart + bestLength;
                text.append(i == 0 || isAfterGap ? "" : ":").append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
