package io.steelyard.pool;

import io.steelyard.api.NameServerStatus;
import io.steelyard.api.Problem;
import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Turns servers with a host name into servers with addresses: one for each address of the name, with the id {@code id@address} and
 * everything else, the name as written included, as before. Those found by a service have its port, also in their ids, its weight and its
 * tier ({@link NameLookup#service}). A server that is a place for one address stays one ({@link NameSlots}). Asks name servers and so may block for seconds: never on a loop.
 */
public final class HostNames {
    /**
     * A pool without host names, and what could not be resolved.
     *
     * @param validFor how long the answers of name servers that say so hold, the least of all; absent where none does
     */
    public record Resolution(ServerPool pool, List<Problem> problems, Optional<Duration> validFor) {
        public Resolution {
            problems = List.copyOf(problems);
        }
    }

    /**
     * A server that was found.
     *
     * @param port 1 to 65535
     * @param weight 0 for that of the server as configured
     * @param tier is added to that of the server as configured, whose tier is at most 255 all the same
     */
    public record Found(InetAddress address, int port, int weight, int tier) {}

    /** The servers of a name, and how long they hold. There is at least one but for {@link io.steelyard.api.pool.NameSlot}s. */
    public record Answer(List<Found> servers, Duration validFor) {
        public Answer {
            servers = List.copyOf(servers);
        }
    }

    /** Why there is no answer that says where a server is. */
    public enum Failure {
        /** There is no such name. */
        UNKNOWN,
        /** Nobody answers. */
        SILENT,
        /** The question is refused. */
        REFUSED,
        /** There is no address, or another failure. */
        FAILED
    }

    /** A name without an address, and why. */
    public static final class NoAnswerException extends UnknownHostException {
        private static final long serialVersionUID = 1;

        private final Failure failure;

        public NoAnswerException(Failure failure, String message) {
            super(message);
            this.failure = failure;
        }

        public Failure failure() {
            return failure;
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

        /**
         * The servers that other name servers know.
         *
         * @param port theirs, where it is not that of a service
         * @throws UnknownHostException where there is none, and always where no other name servers can be asked
         */
        default Answer find(String host, int port, NameLookup lookup) throws UnknownHostException {
            throw new UnknownHostException(host);
        }

        /** What became of questions to other name servers; empty where none were asked for. */
        default List<NameServerStatus> status() {
            return List.of();
        }
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
     * Resolves the names of a pool. A server whose name has no address is left out, with an error among the problems; with a warning where
     * it is looked up at name servers of its own, since these may know it later.
     */
    public static Resolution resolve(ServerPool pool, Resolver resolver) {
        return resolve(pool, resolver, new NameSlots());
    }

    /**
     * The same.
     *
     * @param slots who has which address so far
     */
    public static Resolution resolve(ServerPool pool, Resolver resolver, NameSlots slots) {
        var problems = new ArrayList<Problem>();
        var servers = new ArrayList<RealServer>();
        Duration validFor = null;
        var taken = slots.begin(pool);
        for (var server : pool.servers()) {
            if (!(server.address() instanceof ServerAddress.Name name)) {
                servers.add(server);
                continue;
            }
            var path = "pools." + pool.name() + ".servers." + server.id();
            try {
                if (server.nameLookup().isPresent()) {
                    var answer = resolver.find(
                            name.host(), name.port(), server.nameLookup().get());
                    if (server.lacksAddress()) {
                        servers.add(taken.take(server, answer.servers()));
                    } else {
                        add(server, answer.servers(), servers);
                    }
                    validFor = validFor == null || answer.validFor().compareTo(validFor) < 0
                            ? answer.validFor()
                            : validFor;
                } else {
                    add(
                            server,
                            resolver.resolve(name.host()).stream()
                                    .map(address -> new Found(address, name.port(), 0, 0))
                                    .toList(),
                            servers);
                }
            } catch (UnknownHostException unknown) {
                problems.add(
                        server.nameLookup().isPresent() && !server.lacksAddress()
                                ? Problem.warning(path, "host name '" + name.host() + "' has no address yet")
                                : Problem.error(path, "host name '" + name.host() + "' has no address")
                                        .remedy("correct the name, or give the server's address"));
            }
        }
        taken.end();
        return new Resolution(pool.withServers(servers), problems, Optional.ofNullable(validFor));
    }

    private static void add(RealServer server, List<Found> found, List<RealServer> servers) {
        boolean isService = server.nameLookup().flatMap(NameLookup::service).isPresent();
        for (var one : found.stream().distinct().toList()) {
            if (one.tier() > 0 && server.tier() > 0) {
                // nginx: of a backup's service the first priority alone serves.
                continue;
            }
            var address = new ServerAddress.Ip(one.address(), one.port());
            servers.add(server.toBuilder()
                    .address(address)
                    .id(server.id() + "@"
                            + (isService ? address.text() : one.address().getHostAddress()))
                    .weight(one.weight() == 0 || server.weight() != 1 ? server.weight() : one.weight())
                    .tier(server.tier() + one.tier())
                    .build());
        }
    }
}
