package io.steelyard.pool;

import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.NameSlot;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.pool.HostNames.Found;
import java.net.Inet4Address;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which server has which address of its name's answer ({@link NameSlot}), as HAProxy gives them out: a server keeps its address while that is
 * in the answer, and otherwise takes the first that no other server of its pool and name has; addresses of preferred networks go before, and
 * those of the preferred kind before the others. Safe for all threads.
 */
public final class NameSlots {
    /** By the pool's name, then by the server's id. */
    private final Map<String, Map<String, Found>> held = new ConcurrentHashMap<>();

    /** Begins to give addresses to the servers of a pool. */
    Taking begin(ServerPool pool) {
        return new Taking(pool);
    }

    /** Addresses for the servers of one pool, one server after another. One thread. */
    final class Taking {
        private final Map<String, Found> before;
        private final Map<String, Found> now = new HashMap<>();
        private final ServerPool pool;

        /** What has an owner: by host name. */
        private final Map<String, Set<Found>> taken = new HashMap<>();

        private Taking(ServerPool pool) {
            this.pool = pool;
            before = held.getOrDefault(pool.name(), Map.of());
        }

        /** Every server had its turn. */
        void end() {
            held.put(pool.name(), now);
        }

        /** The server at an address of the answer; without one as it is. */
        RealServer take(RealServer server, List<Found> answer) {
            var slot = server.nameLookup().flatMap(NameLookup::slot).orElse(NameSlot.DEFAULT);
            var host = ((ServerAddress.Name) server.address()).host();
            boolean isService = server.nameLookup().flatMap(NameLookup::service).isPresent();
            var kept = before.get(server.id());
            var free = answer.stream()
                    .filter(found -> slot.sharesAddresses() || !isTaken(server, host, place(found, isService)))
                    .max(Comparator.comparingInt(
                            found -> score(slot, found, place(found, isService).equals(kept))));
            if (free.isEmpty()) {
                return server;
            }
            var found = free.get();
            now.put(server.id(), place(found, isService));
            taken.computeIfAbsent(host, name -> new HashSet<>()).add(place(found, isService));
            return server.toBuilder()
                    .address(new ServerAddress.Ip(found.address(), found.port()))
                    .weight(isService && !slot.ignoresWeights() ? (found.weight() + 255) / 256 : server.weight())
                    .build();
        }

        /** Whether another server has it: one that had its turn, or one that had it before and has its turn later. */
        private boolean isTaken(RealServer server, String host, Found place) {
            return taken.getOrDefault(host, Set.of()).contains(place)
                    || pool.servers().stream()
                            .anyMatch(other -> !other.id().equals(server.id())
                                    && !now.containsKey(other.id())
                                    && other.lacksAddress()
                                    && other.address() instanceof ServerAddress.Name name
                                    && name.host().equals(host)
                                    && place.equals(before.get(other.id())));
        }
    }

    /** What is had once: an address, of a service with its port. */
    private static Found place(Found found, boolean isService) {
        return new Found(found.address(), isService ? found.port() : 0, 0, 0);
    }

    /** The greatest is chosen, the first of several. */
    private static int score(NameSlot slot, Found found, boolean isKept) {
        boolean isOfKind = found.address() instanceof Inet4Address == slot.prefersIpv4();
        boolean isPreferred = slot.preferred().stream().anyMatch(network -> network.contains(found.address()));
        return (isOfKind ? 4 : 0) + (isPreferred ? 2 : 0) + (isKept ? 1 : 0);
    }
}
