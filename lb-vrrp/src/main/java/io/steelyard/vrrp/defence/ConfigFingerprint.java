package io.steelyard.vrrp.defence;

import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.Authentication;
import io.steelyard.api.vrrp.ChecksumReading;
import io.steelyard.api.vrrp.HmacAuthentication;
import io.steelyard.api.vrrp.VirtualRouter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What must be alike on all routers of one id, field by field, so that a difference can be named before a failover needs it. Secrets are there as
 * digests that take the router id in. Immutable.
 *
 * @param virtualRouterId 1 to 255
 * @param version 2 or 3
 * @param intervalMs in version 2 a difference makes two active routers
 * @param addresses as sorted text
 * @param transport multicast with its group, or unicast
 * @param authentication kind and digest
 * @param checksum which reading
 */
public record ConfigFingerprint(
        int virtualRouterId,
        int version,
        long intervalMs,
        String addresses,
        String transport,
        String authentication,
        String checksum) {
    public static ConfigFingerprint of(VirtualRouter router) {
        return new ConfigFingerprint(
                router.virtualRouterId(),
                router.version().ordinal() + 2,
                router.advertInterval().toMillis(),
                router.addresses().stream()
                        .map(address -> address.address().getHostAddress())
                        .sorted()
                        .collect(Collectors.joining(" ")),
                transport(router),
                authentication(router),
                checksum(router));
    }

    /** Who takes peers' checksums as they come has no other configuration for it. */
    private static String checksum(VirtualRouter router) {
        return router.checksum() == ChecksumReading.RFC_5798_ANY_UNICAST
                ? ChecksumReading.RFC_5798.name()
                : router.checksum().name();
    }

    private static String transport(VirtualRouter router) {
        return switch (router.transport()) {
            case AdvertTransport.Unicast unicast -> "unicast";
            case AdvertTransport.Multicast multicast ->
                "multicast"
                        + multicast
                                .group()
                                .map(group -> " " + group.getHostAddress())
                                .orElse("");
        };
    }

    private static String authentication(VirtualRouter router) {
        int id = router.virtualRouterId();
        var own = switch (router.authentication()) {
            case Authentication.None none -> "none";
            case Authentication.Password password -> "password " + digest(id, password.bytes());
            case Authentication.Header header -> "header " + digest(id, header.bytes());
        };
        return own
                + router.hmac()
                        .map(hmac -> " hmac " + hmac.antiReplay() + " "
                                + hmac.keys().stream()
                                        .sorted((one, other) -> Integer.compare(one.id(), other.id()))
                                        .map(key -> key(id, key))
                                        .collect(Collectors.joining(" ")))
                        .orElse("");
    }

    private static String key(int id, HmacAuthentication.Key key) {
        return key.id() + ":" + digest(id, key.bytes());
    }

    private static String digest(int id, byte[] secret) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(("steelyard router " + id + " ").getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest.digest(secret), 0, 8);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java platform has no SHA-256", missing);
        }
    }

    /** What is different, each as {@code field: ours, theirs}; secrets are not shown. */
    public List<String> differences(ConfigFingerprint theirs) {
        var found = new ArrayList<String>();
        compare("virtualRouterId", virtualRouterId, theirs.virtualRouterId, found);
        compare("version", version, theirs.version, found);
        compare("intervalMs", intervalMs, theirs.intervalMs, found);
        compare("addresses", addresses, theirs.addresses, found);
        compare("transport", transport, theirs.transport, found);
        compare("checksum", checksum, theirs.checksum, found);
        if (!authentication.equals(theirs.authentication)) {
            found.add("authentication: not the same");
        }
        return found;
    }

    private static void compare(String field, Object ours, Object theirs, List<String> found) {
        if (!ours.equals(theirs)) {
            found.add(field + ": " + ours + ", " + theirs);
        }
    }
}
