package io.steelyard.config.nginx;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names of variables that readers make: of what they hold, so that files that run together share those that are alike and no others. Pure. */
final class MadeName {
    private static final int DIGEST_BYTES = 8;

    private MadeName() {}

    static String of(String prefix, String content) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return prefix + HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
