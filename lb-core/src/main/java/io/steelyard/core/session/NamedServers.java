package io.steelyard.core.session;

import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.core.name.NameServers;
import io.steelyard.pool.HostNames.Found;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Servers that a target named by address, and not by the name of a pool. Safe for all threads. */
public final class NamedServers {
    private static final int MOST_REMEMBERED = 4_096;

    /** Filled by the loops. */
    private final Map<String, Balancer> remembered = new ConcurrentHashMap<>();

    /** Filled by whoever asks; what is over is put out by the next who finds the table full. */
    private final Map<String, Kept> answers = new ConcurrentHashMap<>();

    private final NameServers nameServers = new NameServers();

    /** Whose turn it is among the addresses of names. Any thread adds. */
    private final AtomicInteger turn = new AtomicInteger();

    private final Optional<NameLookup> lookup;

    /** An answer of name servers and when it holds no more, by {@link System#nanoTime}. */
    private record Kept(List<Found> servers, long untilNs) {}

    /** @param lookup who is asked for host names; empty for the system's resolver */
    public NamedServers(Optional<NameLookup> lookup) {
        this.lookup = lookup;
    }

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
                case ServerAddress.Name name -> new SingleServer(text, address(name));
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

    /** The addresses of a name take turns where name servers of one's own choice are asked, as with nginx. */
    private ServerAddress address(ServerAddress.Name name) throws UnknownHostException {
        if (lookup.isEmpty()) {
            return new ServerAddress.Ip(InetAddress.getByName(name.host()), name.port());
        }
        var key = name.text();
        long nowNs = System.nanoTime();
        var kept = answers.get(key);
        if (kept == null || nowNs - kept.untilNs() >= 0) {
            kept = asked(name, lookup.get(), kept, nowNs);
        }
        var servers = kept.servers();
        var found = servers.get(Math.floorMod(turn.getAndIncrement(), servers.size()));
        return new ServerAddress.Ip(found.address(), found.port());
    }

    /** @param before what was known; it is used on where nobody knows better */
    private Kept asked(ServerAddress.Name name, NameLookup whom, @Nullable Kept before, long nowNs)
            throws UnknownHostException {
        try {
            var answer = nameServers.find(name.host(), name.port(), whom);
            var kept = new Kept(answer.servers(), nowNs + answer.validFor().toNanos());
            if (answers.size() >= MOST_REMEMBERED) {
                answers.values().removeIf(old -> nowNs - old.untilNs() >= 0);
            }
            if (answers.size() < MOST_REMEMBERED) {
                answers.put(name.text(), kept);
            }
            return kept;
        } catch (UnknownHostException unknown) {
            if (before == null) {
                throw unknown;
            }
            return before;
        }
    }
}
