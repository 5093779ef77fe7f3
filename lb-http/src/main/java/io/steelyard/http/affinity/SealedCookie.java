package io.steelyard.http.affinity;

import io.steelyard.api.affinity.CookieAffinity.Value;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Cookies that tell a server's identity and until when they hold to whoever has the key, and to nobody else anything.
 *
 * <pre>
 *   0          8            13                 29
 *   | identity | holds until | seal            |      base64url, 39 characters
 * </pre>
 *
 * The identity is the beginning of HMAC-SHA256 of the pool's name and the server's id; the seal that of the cookie's name and all before it. So a
 * cookie of one pool, or of another name, is none of another. Immutable, safe for all threads.
 */
final class SealedCookie {
    private static final int IDENTITY_BYTES = 8;
    private static final int DATE_BYTES = 5;
    private static final int SEALED_BYTES = IDENTITY_BYTES + DATE_BYTES;
    private static final int BYTES = SEALED_BYTES + 16;
    private static final int TEXT_LENGTH = 39;

    /** A server that a cookie names, and until when in seconds since 1970. */
    record Opened(String serverId, long untilSeconds) {}

    private record Key(Mac mac, byte[][] identities) {}

    private final byte[] name;
    private final List<String> serverIds;
    private final List<Key> keys = new ArrayList<>();
    private final long lifetimeSeconds;

    SealedCookie(Value.Signed value, String cookieName, String pool, List<String> serverIds) {
        name = cookieName.getBytes(StandardCharsets.UTF_8);
        this.serverIds = List.copyOf(serverIds);
        lifetimeSeconds = value.lifetime().toSeconds();
        for (var secret : value.keys()) {
            var mac = mac(secret);
            var identities = new byte[serverIds.size()][];
            for (int i = 0; i < identities.length; i++) {
                var text = pool + "\n" + serverIds.get(i);
                identities[i] =
                        Arrays.copyOf(digest(mac, text.getBytes(StandardCharsets.UTF_8), new byte[0]), IDENTITY_BYTES);
            }
            keys.add(new Key(mac, identities));
        }
    }

    /** A new cookie for a server of the pool, by the first key. */
    String seal(String serverId, long nowSeconds) {
        var key = keys.getFirst();
        var bytes = ByteBuffer.allocate(BYTES);
        long until = nowSeconds + lifetimeSeconds;
        bytes.put(key.identities()[serverIds.indexOf(serverId)])
                .put((byte) (until >> 32))
                .putInt((int) until);
        var sealed = Arrays.copyOf(bytes.array(), SEALED_BYTES);
        bytes.put(digest(key.mac(), name, sealed), 0, BYTES - SEALED_BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** The server that a cookie names; null where it is none of ours, or holds no longer, or its server is gone. */
    @Nullable
    Opened open(byte[] text, int from, int to, long nowSeconds) {
        if (to - from != TEXT_LENGTH) {
            return null;
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(Arrays.copyOfRange(text, from, to));
        } catch (IllegalArgumentException noBase64) {
            return null;
        }
        var sealed = Arrays.copyOf(bytes, SEALED_BYTES);
        var seal = Arrays.copyOfRange(bytes, SEALED_BYTES, BYTES);
        var identity = Arrays.copyOf(bytes, IDENTITY_BYTES);
        var date = ByteBuffer.wrap(bytes, IDENTITY_BYTES, DATE_BYTES);
        long until = (date.get() & 0xFFL) << 32 | date.getInt() & 0xFFFF_FFFFL;
        for (var key : keys) {
            var expected = Arrays.copyOf(digest(key.mac(), name, sealed), BYTES - SEALED_BYTES);
            if (MessageDigest.isEqual(expected, seal)) {
                return until > nowSeconds ? named(key, identity, until) : null;
            }
        }
        return null;
    }

    /** Whether half of its lifetime has passed, so that the client is given a new one. */
    boolean isDue(Opened opened, long nowSeconds) {
        return opened.untilSeconds() - nowSeconds <= lifetimeSeconds / 2;
    }

    private @Nullable Opened named(Key key, byte[] identity, long until) {
        for (int i = 0; i < key.identities().length; i++) {
            if (Arrays.equals(key.identities()[i], identity)) {
                return new Opened(serverIds.get(i), until);
            }
        }
        return null;
    }

    private static Mac mac(String secret) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has HmacSHA256", impossible);
        }
    }

    /** By a copy, for the one kept is everybody's and is never used itself. */
    private static byte[] digest(Mac prototype, byte[] first, byte[] second) {
        try {
            var mac = (Mac) prototype.clone();
            mac.update(first);
            mac.update((byte) '\n');
            return mac.doFinal(second);
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException("the JDK's HMAC can be cloned", impossible);
        }
    }
}
