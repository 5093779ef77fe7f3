package io.steelyard.http.affinity;

import io.steelyard.api.affinity.CookieAffinity.Value;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.http.octet.Octets;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands for each server of a pool in cookies and routes, and back. Finding allocates nothing. Immutable, safe for all threads. */
final class StickyNames {
    private static final String[] NOBODY = {};

    private record Place(byte[] name, String[] serverIds) {}

    private final Map<String, String> names = new HashMap<>();
    private final @Nullable Place[] places;

    private StickyNames(Map<String, String> namesById) {
        names.putAll(namesById);
        var byName = new LinkedHashMap<String, List<String>>();
        namesById.forEach((id, name) ->
                byName.computeIfAbsent(name, one -> new ArrayList<>()).add(id));
        places = new Place[Integer.highestOneBit(Math.max(byName.size(), 1)) * 4];
        byName.forEach((name, ids) -> {
            var bytes = Octets.bytes(name);
            int at = start(bytes, 0, bytes.length);
            while (places[at] != null) {
                at = at + 1 & places.length - 1;
            }
            places[at] = new Place(bytes, ids.toArray(NOBODY));
        });
    }

    /** The names of a pool's servers, of one kind. Several may have one name. */
    static StickyNames of(ServerPool pool, Value kind) {
        var names = new LinkedHashMap<String, String>();
        for (var server : pool.servers()) {
            var name = name(server, kind);
            if (name != null) {
                names.put(server.id(), name);
            }
        }
        return new StickyNames(names);
    }

    private static @Nullable String name(RealServer server, Value kind) {
        return switch (kind) {
            case Value.Named named -> server.stickyName().orElse(null);
            case Value.AddressDigest digest ->
                server.stickyName().orElseGet(() -> md5(server.address().text()));
            case Value.Keyed keyed -> server.stickyName().orElseGet(() -> keyed(server.address(), keyed.key()));
            case Value.Signed signed -> null;
        };
    }

    /** A server's name; null where it has none. */
    @Nullable
    String name(String serverId) {
        return names.get(serverId);
    }

    /** The ids of the servers of a name, in configuration order; empty where there is none. Not to be changed. */
    String[] find(byte[] text, int from, int to) {
        if (from == to) {
            return NOBODY;
        }
        for (int at = start(text, from, to); places[at] != null; at = at + 1 & places.length - 1) {
            var place = places[at];
            if (Arrays.equals(place.name(), 0, place.name().length, text, from, to)) {
                return place.serverIds();
            }
        }
        return NOBODY;
    }

    private int start(byte[] text, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + text[i];
        }
        return (hash ^ hash >>> 15) & places.length - 1;
    }

    private static String md5(String text) {
        try {
            var digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has MD5", impossible);
        }
    }

    /** HAProxy's dynamic cookie ({@code srv_set_dyncookie}): the key, the address, and the port in four bytes. A server by path has none. */
    private static @Nullable String keyed(ServerAddress address, String key) {
        if (!(address instanceof ServerAddress.Ip ip)) {
            return null;
        }
        var secret = key.getBytes(StandardCharsets.UTF_8);
        var host = ip.address().getAddress();
        var bytes = Arrays.copyOf(secret, secret.length + host.length + 4);
        System.arraycopy(host, 0, bytes, secret.length, host.length);
        bytes[bytes.length - 2] = (byte) (ip.port() >> 8);
        bytes[bytes.length - 1] = (byte) ip.port();
        return HexFormat.of().toHexDigits(XxHash64.of(bytes));
    }
}
