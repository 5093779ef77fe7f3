package io.steelyard.core.session;

import io.steelyard.api.pool.ServerAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the texts mean that options work out for each connection. A text that means nothing leaves the option out, as in nginx
 * (ngx_stream_proxy_module.c), for it may come from the client.
 */
public final class PerConnection {
    private PerConnection() {}

    /** An address, with port 0, or an address and port; null where the text is neither. */
    public static @Nullable InetSocketAddress address(String text) {
        try {
            return new InetSocketAddress(ServerAddress.numericAddress(text), 0);
        } catch (IllegalArgumentException notAlone) {
            try {
                // Of either family, since who writes the text cannot know which it will be.
                int end = text.startsWith("[") ? text.indexOf("]:") : -1;
                if (end > 0 && text.indexOf('.') > 0 && text.lastIndexOf(':', end) < 0) {
                    return address(text.substring(1, end) + text.substring(end + 1));
                }
                return ServerAddress.parse(text) instanceof ServerAddress.Ip ip
                        ? new InetSocketAddress(ip.address(), ip.port())
                        : null;
            } catch (IllegalArgumentException neither) {
                return null;
            }
        }
    }

    /** Bytes a second: digits, then nothing, {@code k} (1024) or {@code m} (1024²); 0 where the text is no such number. */
    static long rate(String text) {
        int digits = text.length();
        int shift = 0;
        if (!text.isEmpty()) {
            shift = switch (text.charAt(digits - 1)) {
                case 'k', 'K' -> 10;
                case 'm', 'M' -> 20;
                default -> 0;
            };
            digits -= shift == 0 ? 0 : 1;
        }
        long number = 0;
        for (int i = 0; i < digits; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || number > (Long.MAX_VALUE >> 20) / 10 - 1) {
                return 0;
            }
            number = number * 10 + digit;
        }
        return number << shift;
    }
}
