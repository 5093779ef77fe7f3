package io.steelyard.pool;

import io.steelyard.api.Problem;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns servers with a host name into servers with addresses: one for each address of the name, with the id {@code id@address} and
 * everything else, the name as written included, as before. Asks the system's resolver and so may block for seconds: never on a loop.
 */
public final class HostNames {
    /** A pool without host names, and what could not be resolved. */
    public record Resolution(ServerPool pool, List<Problem> problems) {
        public Resolution {
            problems = List.copyOf(problems);
        }
    }

    /** Finds the addresses of a name. */
    @FunctionalInterface
    public interface Resolver {
        /**
         * All addresses, in the order of preference; at least one.
         *
         * @throws UnknownHostException where there is none
         */
        List<InetAddress> resolve(String host) throws UnknownHostException;
    }

    /** The system's. */
    public static final Resolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

    private HostNames() {}

    /** Whether a server of the pool is named by a host name. */
    public static boolean areIn(ServerPool pool) {
        return pool.servers().stream().anyMatch(server -> server.address() instanceof ServerAddress.Name);
    }

    /** Resolves with the system's resolver. */
    public static Resolution resolve(ServerPool pool) {
        return resolve(pool, SYSTEM);
    }

    /**
     * Resolves the names of a pool. A server whose name has no address is left out, with an error among the problems.
     */
    public static Resolution resolve(ServerPool pool, Resolver resolver) {
        var problems = new ArrayList<Problem>();
        var servers = new ArrayList<RealServer>();
        for (var server : pool.servers()) {
            if (!(server.address() instanceof ServerAddress.Name name)) {
                servers.add(server);
                continue;
            }
            try {
                for (var address :
                        resolver.resolve(name.host()).stream().distinct().toList()) {
                    servers.add(server.toBuilder()
                            .address(new ServerAddress.Ip(address, name.port()))
                            .id(server.id() + "@" + address.getHostAddress())
                            .build());
                }
            } catch (UnknownHostException unknown) {
                problems.add(Problem.error(
                                "pools." + pool.name() + ".servers." + server.id(),
                                "host name '" + name.host() + "' has no address")
                        .remedy("correct the name, or give the server's address"));
            }
        }
        return new Resolution(pool.withServers(servers), problems);
    }
}
