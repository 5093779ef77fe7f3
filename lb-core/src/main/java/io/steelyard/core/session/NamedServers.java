package io.steelyard.core.session;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.schedule.Balancer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Servers that a target named by address, and not by the name of a pool. Safe for all threads. */
public final class NamedServers {
    private static final int MOST_REMEMBERED = 4_096;

    /** Filled by the loops. */
    private final Map<String, Balancer> remembered = new ConcurrentHashMap<>();

    /** The server at an address; null where it was not asked for before. */
    public @Nullable Balancer known(String text) {
        return remembered.get(text);
    }

    /** Whether finding the server takes a question to a name server, which must not be asked on a loop. */
    public static boolean needsNameServer(String text) {
        try {
            return ServerAddress.parse(text) instanceof ServerAddress.Name;
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }

    /** Finds the server at an address and remembers it; null where the text is no address or its name is unknown. */
    public @Nullable Balancer resolve(String text) {
        Balancer found;
        try {
            found = switch (ServerAddress.parse(text)) {
                case ServerAddress.Name name ->
                    new SingleServer(text, new ServerAddress.Ip(InetAddress.getByName(name.host()), name.port()));
                case ServerAddress known -> new SingleServer(text, known);
            };
        } catch (IllegalArgumentException | UnknownHostException unknown) {
            return null;
        }
        if (remembered.size() < MOST_REMEMBERED && !needsNameServer(text)) {
            remembered.put(text, found);
        }
        return found;
    }
}
