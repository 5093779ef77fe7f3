package io.steelyard.pool;

import io.steelyard.api.Event;
import io.steelyard.api.Personality;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.Affinity;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.PassiveHealth;
import io.steelyard.api.pool.SchedulerSpec;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.pool.Tier.Seat;
import io.steelyard.pool.key.HashKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the {@link PoolSnapshot} for a pool and the states of its servers. Tiers that come out as they were are taken over with their picker.
 * Control thread.
 */
final class SnapshotCompiler {
    /** An algorithm in use. */
    private record Algorithm(SchedulerSpec spec, SchedulerProvider provider, Scheduler scheduler) {}

    private final Plugins plugins;
    private final long seed;
    private final LongAdder active;
    private final IntSupplier waiting;
    private final PassiveGate.Listener ejections;
    private final Consumer<Event> events;
    private final AtomicBoolean ejecting = new AtomicBoolean();
    private @Nullable Algorithm algorithm;
    private @Nullable AffinityTable table;
    private Optional<Affinity> tableRule = Optional.empty();

    SnapshotCompiler(
            Plugins plugins,
            long seed,
            LongAdder active,
            IntSupplier waiting,
            PassiveGate.Listener ejections,
            Consumer<Event> events) {
        this.plugins = plugins;
        this.seed = seed;
        this.active = active;
        this.waiting = waiting;
        this.ejections = ejections;
        this.events = events;
    }

    boolean followsWeightChanges(ServerPool pool) {
        return provider(pool).followsWeightChanges();
    }

    /** The snapshot for these members, which are in configuration order. */
    PoolSnapshot compile(ServerPool pool, Collection<Member> members, @Nullable PoolSnapshot previous, long nowNs) {
        var before = algorithm;
        var now = algorithm(pool);
        var reusable = before == now ? previous : null;
        var tiers = new ArrayList<Tier>();
        byTier(pool, members, nowNs).forEach((number, seats) -> tiers.add(tier(pool, number, seats, now, reusable)));
        boolean usesHashKey = now.provider().usesHashKey();
        var hashKey = pool.hashKey().filter(key -> usesHashKey && HashKey.supports(key));
        return new PoolSnapshot(pool, tiers, affinity(pool.affinity(), nowNs), hashKey.orElse(null));
    }

    private Algorithm algorithm(ServerPool pool) {
        var known = algorithm;
        var spec = pool.scheduler();
        if (known != null && known.spec().equals(spec)) {
            return known;
        }
        var provider = provider(pool);
        var made = new Algorithm(spec, provider, provider.create(Options.of(provider.options(), spec.options())));
        algorithm = made;
        return made;
    }

    private SchedulerProvider provider(ServerPool pool) {
        var name = pool.scheduler().name();
        return plugins.scheduler(name)
                .orElseThrow(() -> new IllegalStateException("scheduler '" + name + "' was not validated"));
    }

    // ---- tiers

    private TreeMap<Integer, List<Seat>> byTier(ServerPool pool, Collection<Member> members, long nowNs) {
        var membersByTier = new TreeMap<Integer, List<Member>>();
        for (var member : members) {
            membersByTier
                    .computeIfAbsent(member.server.tier(), number -> new ArrayList<>())
                    .add(member);
        }
        boolean isOneBackupEnough = pool.personality() == Personality.HAPROXY && !pool.allBackups();
        boolean hasBackup = false;
        var seatsByTier = new TreeMap<Integer, List<Seat>>();
        for (var entry : membersByTier.entrySet()) {
            boolean isSlow = entry.getValue().stream().anyMatch(member -> member.isInSlowStart);
            int factor = isSlow
                    ? SlowStart.factor(entry.getValue().stream()
                            .mapToLong(member -> member.server.weight())
                            .sum())
                    : 1;
            var seats = new ArrayList<Seat>();
            for (var member : entry.getValue()) {
                var server = member.server;
                boolean isMandatory = pool.healthChecksOf(server).stream().anyMatch(HealthCheckSpec::mandatory);
                boolean isThere = member.isHealthy(isMandatory) && !server.lacksAddress();
                boolean isServing = isThere && !member.isStopping && member.adminState == AdminState.ENABLED;
                boolean isUsable = isServing && server.weight() > 0 && !(hasBackup && isOneBackupEnough);
                hasBackup |= isUsable && entry.getKey() > 0;
                seats.add(new Seat(
                        member,
                        server,
                        SlowStart.weight(server.weight(), SlowStart.share(member, nowNs), factor),
                        isUsable,
                        isThere && member.adminState != AdminState.DISABLED,
                        gate(pool, member)));
            }
            seatsByTier.put(entry.getKey(), seats);
        }
        return seatsByTier;
    }

    private @Nullable PassiveGate gate(ServerPool pool, Member member) {
        var server = member.server;
        if (pool.servers().size() == 1) {
            return null;
        }
        return switch (pool.passiveHealth()) {
            case PassiveHealth.Off off -> null;
            case PassiveHealth.MaxFails rule ->
                server.maxFails() == 0
                        ? null
                        : (member.maxFailsGate = MaxFailsGate.of(
                                server.id(), server.maxFails(), server.failTimeout(), ejections, member.maxFailsGate));
            case PassiveHealth.SlidingWindow rule ->
                (member.slidingWindowGate =
                        SlidingWindowGate.of(server.id(), rule, ejections, ejecting, member.slidingWindowGate));
        };
    }

    private Tier tier(ServerPool pool, int number, List<Seat> seats, Algorithm now, @Nullable PoolSnapshot reusable) {
        boolean hasResumeMarks = pool.personality() == Personality.LVS;
        int full = pool.personality() == Personality.HAPROXY ? pool.fullConnections() : 0;
        var before = reusable == null ? null : reusable.tier(number);
        if (before != null
                && before.seats.equals(seats)
                && before.hasResumeMarks == hasResumeMarks
                && before.candidates.fullConnections() == full) {
            return before;
        }
        var builder = Candidates.builder()
                .poolActive(active::intValue)
                .poolWaiting(waiting)
                .fullConnections(full);
        for (var seat : seats) {
            builder.add(seat.server(), seat.weight(), seat.isUsable(), seat.member().load, seat.gate());
        }
        var candidates = builder.build();
        var picker = build(now, candidates, before == null ? null : before.picker);
        return new Tier(number, seats, candidates, picker, hasResumeMarks, what -> trouble(pool, what));
    }

    /** A scheduler that cannot build gives a picker that throws, which the tier then does without. */
    private static Picker build(Algorithm algorithm, Candidates candidates, @Nullable Picker previous) {
        try {
            return algorithm.scheduler().build(candidates, previous);
        } catch (RuntimeException | Error thrown) {
            return flow -> {
                throw new IllegalStateException("could not be built: " + thrown, thrown);
            };
        }
    }

    private void trouble(ServerPool pool, String what) {
        events.accept(new Event.Trouble("scheduler " + pool.scheduler().name() + " of pool " + pool.name() + " " + what
                + "; servers are picked at random until the pool changes"));
    }

    // ---- affinity

    private @Nullable AffinityRule affinity(Optional<Affinity> affinity, long nowNs) {
        if (affinity.isEmpty()) {
            table = null;
            tableRule = affinity;
            return null;
        }
        var rule = affinity.get();
        var known = table;
        boolean hasSameKeys = tableRule
                .filter(before -> before.ipv4Prefix() == rule.ipv4Prefix() && before.ipv6Prefix() == rule.ipv6Prefix())
                .isPresent();
        if (known == null || !hasSameKeys || known.capacity() != rule.capacity()) {
            var fresh = new AffinityTable(rule.capacity(), seed);
            if (known != null && hasSameKeys) {
                known.copyTo(fresh, nowNs, rule.timeout().toNanos());
            }
            known = fresh;
            table = fresh;
        }
        tableRule = affinity;
        return new AffinityRule(rule, known);
    }
}
