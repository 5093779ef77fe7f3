package io.steelyard.pool.limit;

import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.pool.variable.CompiledTemplate;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.pool.variable.VariableTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The connection limits of a configuration, by nginx's rule ({@code ngx_stream_limit_conn_module.c}): each limit of a virtual server is
 * asked in order; the first that is reached ends it, and what the earlier ones counted is given back. Safe for all threads.
 */
public final class LimitZones {
    private record Zone(ConnectionLimit.Zone specification, CompiledTemplate key, KeyCounts counts) {}

    private final Map<String, Zone> zones = new HashMap<>();

    private LimitZones() {}

    /** Zones without a connection. */
    public static LimitZones of(List<ConnectionLimit.Zone> specifications, VariableTable variables) {
        return new LimitZones().successor(specifications, variables);
    }

    /** The zones of a changed configuration; those with the same name, key and capacity go on counting. */
    public LimitZones successor(List<ConnectionLimit.Zone> specifications, VariableTable variables) {
        var next = new LimitZones();
        for (var specification : specifications) {
            var old = zones.get(specification.name());
            var counts = old != null && old.specification().equals(specification)
                    ? old.counts()
                    : new KeyCounts(specification.capacity());
            next.zones.put(
                    specification.name(), new Zone(specification, variables.compile(specification.key()), counts));
        }
        return next;
    }

    /**
     * Asks all limits for one connection.
     *
     * @throws IllegalArgumentException where a limit names an unknown zone
     */
    public Permit acquire(List<ConnectionLimit> limits, Evaluation evaluation) {
        var held = new ArrayList<Permit.Held>(limits.size());
        for (var limit : limits) {
            var zone = zones.get(limit.zone());
            if (zone == null) {
                throw new IllegalArgumentException("unknown limit zone '" + limit.zone() + "'");
            }
            var key = evaluation.bytes(zone.key());
            if (key.length == 0 || key.length > KeyCounts.MAX_KEY_BYTES) {
                continue;
            }
            var counted = zone.counts().add(key, limit.most());
            if (counted.isPresent()) {
                held.add(new Permit.Held(zone.counts(), counted.get()));
                continue;
            }
            if (limit.isDryRun()) {
                return new Permit(held, true, Optional.of(limit));
            }
            new Permit(held, false, Optional.empty()).close();
            return new Permit(List.of(), false, Optional.of(limit));
        }
        return new Permit(held, true, Optional.empty());
    }
}
