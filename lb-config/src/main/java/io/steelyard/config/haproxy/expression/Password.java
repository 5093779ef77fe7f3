package io.steelyard.config.haproxy.expression;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.apache.commons.codec.digest.Crypt;

/** A password that is known in clear, or by what crypt(3) makes of it. */
public sealed interface Password {
    /** Whether this is it. @param given each character one byte */
    boolean is(String given);

    /** In clear ({@code insecure-password}). */
    record Clear(String text) implements Password {
        @Override
        public boolean is(String given) {
            return equal(text, given);
        }

        @Override
        public String toString() {
            return "a password";
        }
    }

    /**
     * Hashed ({@code password}), with the way and the salt before the hash: MD5 ({@code $1$}), SHA-256 ({@code $5$}), SHA-512 ({@code $6$}) or
     * the old DES. A look at one takes milliseconds of its loop, as it does in HAProxy.
     */
    record Hashed(String hash) implements Password {
        /** @throws IllegalArgumentException for another way */
        public Hashed {
            made(hash, "");
        }

        @Override
        public boolean is(String given) {
            return equal(hash, made(hash, given));
        }

        @Override
        public String toString() {
            return "a hashed password";
        }

        private static String made(String hash, String given) {
            return Crypt.crypt(given.getBytes(StandardCharsets.ISO_8859_1), hash);
        }
    }

    private static boolean equal(String one, String other) {
        return MessageDigest.isEqual(
                one.getBytes(StandardCharsets.ISO_8859_1), other.getBytes(StandardCharsets.ISO_8859_1));
    }
}
