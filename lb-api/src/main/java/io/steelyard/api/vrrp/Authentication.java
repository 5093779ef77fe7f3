package io.steelyard.api.vrrp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The authentication of RFC 2338 that VRRPv2 packets of keepalived and of routers may carry; RFC 3768 removed it, and version 3 has none.
 * Neither protects much: {@link HmacAuthentication} does.
 */
public sealed interface Authentication {
    /** None: type 0. */
    record None() implements Authentication {}

    /**
     * A password that everybody on the network can read: type 1.
     *
     * @param text of which the first eight bytes count
     */
    record Password(String text) implements Authentication {
        public Password {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("the password is empty");
            }
        }

        /** The eight bytes as they are sent, filled up with zeros. A new array each time. */
        public byte[] bytes() {
            return Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), 8);
        }

        /** Says nothing of the password. */
        @Override
        public String toString() {
            return "Password[]";
        }
    }

    /**
     * An IP authentication header with HMAC-MD5-96 and a counter in front of the message: type 2, IPv4 only (RFC 2402, RFC 2403).
     *
     * @param key of which the first eight bytes count, as with keepalived
     */
    record Header(String key) implements Authentication {
        public Header {
            if (key.isEmpty()) {
                throw new IllegalArgumentException("the key is empty");
            }
        }

        /** The key as it is used: eight bytes, filled up with zeros. A new array each time. */
        public byte[] bytes() {
            return Arrays.copyOf(key.getBytes(StandardCharsets.UTF_8), 8);
        }

        /** Says nothing of the key. */
        @Override
        public String toString() {
            return "Header[]";
        }
    }
}
