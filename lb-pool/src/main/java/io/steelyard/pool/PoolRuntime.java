package io.steelyard.pool;

import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Event;
import io.steelyard.api.Problem;
import io.steelyard.api.Status.PoolStatus;
import io.steelyard.api.Status.ServerStatus;
import io.steelyard.api.health.CheckFinding;
import io.steelyard.api.health.ServerAdvice;
import io.steelyard.api.health.ServerSituation;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.Observation;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease;
import io.steelyard.api.schedule.TrafficCounts;
import io.steelyard.pool.Tier.Taking;
import io.steelyard.pool.retry.RetryAccount;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A pool at work, without sockets: gives servers to flows ({@link Balancer}), and changes when its configuration, an operator, a health check
 * or time want it to.
 *
 * <p>Threads: the methods of {@link Balancer} and of its leases are safe for all. Those of this class's own ({@link #apply},
 * {@link #adminState}, {@link #health}, {@link #tick}, {@link #status}…) belong to one control thread. Each of their changes makes a new
 * snapshot, published by one release store.
 *
 * <p>Deadlines: call {@link #tick} at the time it returned, and again after any other control method.
 */
public final class PoolRuntime implements Balancer {
    private static final long[] NONE_TRIED = {};

    private static final Logger LOG = System.getLogger(PoolRuntime.class.getName());

    /** How often a pool looks for what data threads leave to it, where it has a queue or passive health. */
    private static final long UPKEEP_NS = Duration.ofSeconds(1).toNanos();

    private final Plugins plugins;
    private final LongSupplier nanoClock;
    private final Consumer<Event> events;

    /** Stored by the control thread with release, loaded by data threads with acquire: publishes everything the snapshot refers to. */
    private final AtomicReference<PoolSnapshot> current = new AtomicReference<>();

    /** Open flows of the pool; added to by data threads, summed by pickers for which a value a moment old is as good. */
    private final LongAdder active = new LongAdder();

    private final WaitQueue queue = new WaitQueue();
    private final TrafficCounts traffic = new TrafficCounts();
    /** Replaced by the control thread where the budget changes, read by data threads: volatile, for it has state of its own to publish. */
    private volatile @Nullable RetryAccount retries;

    private volatile Consumer<String> onDrained = serverId -> {};

    /** Set by the control thread before the first flow, read by data threads. */
    private volatile ErrorListener onErrors = (serverId, reaction, reason) -> {};

    // Control thread only, except for what the members say of themselves.
    private EndingListener onEnding = (serverId, why) -> {};
    private final SnapshotCompiler compiler;
    private final Roster roster = new Roster();

    private PoolRuntime(ServerPool pool, Plugins plugins, LongSupplier nanoClock, long seed, Consumer<Event> events) {
        this.plugins = plugins;
        this.nanoClock = nanoClock;
        this.events = events;
        compiler = new SnapshotCompiler(plugins, seed, active, queue::size, this::ejected, this::publish);
        takeOver(pool, false, nanoClock.getAsLong());
    }

    /**
     * Starts a pool. Host names among its servers are not resolved here; see {@link HostNames}.
     *
     * @param nanoClock a monotonic clock, such as {@code System::nanoTime}; read on all threads
     * @param seed what the affinity table's hash starts from
     * @param events told of changes: of health on the control thread, of passive health on the data thread that causes it, so it must be
     *     safe for all threads, and must not block
     * @throws ConfigurationException where {@link PoolValidation} finds an error
     */
    public static PoolRuntime create(
            ServerPool pool, Plugins plugins, LongSupplier nanoClock, long seed, Consumer<Event> events) {
        refuseErrors(pool, plugins);
        return new PoolRuntime(pool, plugins, nanoClock, seed, events);
    }

    // ---- data threads

    @Override
    public ServerPool pool() {
        return snapshot().pool;
    }

    @Override
    public boolean isServing() {
        var here = snapshot();
        long nowNs = nowNs();
        return here.firstWithRoom(NONE_TRIED, 0, nowNs) >= 0 || here.isAnyFull(NONE_TRIED, 0, nowNs);
    }

    @Override
    public int usableServers() {
        for (var tier : snapshot().tiers) {
            if (tier.candidates.usableCount() > 0) {
                return tier.candidates.usableCount();
            }
        }
        return 0;
    }

    @Override
    public boolean isUsable(String serverId) {
        for (var tier : snapshot().tiers) {
            int index = tier.candidates.indexOf(serverId);
            if (index >= 0) {
                return tier.candidates.isUsable(index);
            }
        }
        return false;
    }

    @Override
    public int activeFlows() {
        int active = 0;
        for (var tier : snapshot().tiers) {
            for (int i = 0; i < tier.candidates.size(); i++) {
                active += tier.candidates.active(i);
            }
        }
        return active;
    }

    @Override
    public int activeFlows(String serverId) {
        for (var tier : snapshot().tiers) {
            int index = tier.candidates.indexOf(serverId);
            if (index >= 0) {
                return tier.candidates.active(index);
            }
        }
        return 0;
    }

    @Override
    public int waitingFlows() {
        return queue.size();
    }

    @Override
    public Lease newLease() {
        return new PoolLease(this);
    }

    @Override
    public Outcome pick(Flow flow, Lease lease) {
        return own(lease).pick(flow);
    }

    @Override
    public boolean mayTryAgain() {
        var account = retries;
        return account == null || account.tryAgain(nowNs());
    }

    /** A flow came. */
    void count(long nowNs) {
        var account = retries;
        if (account != null) {
            account.request(nowNs);
        }
    }

    @Override
    public boolean await(Lease lease, Waiter onRoom) {
        var place = own(lease).place(onRoom);
        if (!queue.enter(place, pool().queue().capacity())) {
            return false;
        }
        // Room that was freed between the pick and the entry was announced to nobody.
        var here = place.snapshot == null ? snapshot() : place.snapshot;
        var waitsFor = place.waitsFor;
        int position = waitsFor == null
                ? here.firstWithRoom(place.tried, place.firstTier, nowNs())
                : here.positionOf(waitsFor.number);
        if (position >= 0 && here.hasRoomForWaiting(position)) {
            wakeFor(here.member(position));
        }
        return true;
    }

    @Override
    public boolean cancel(Waiter waiter) {
        return queue.cancel(waiter);
    }

    /** How many flows wait for room. Safe for all threads. */
    public int queued() {
        return queue.size();
    }

    PoolSnapshot snapshot() {
        return current.getAcquire();
    }

    long nowNs() {
        return nanoClock.getAsLong();
    }

    Taking take(Tier tier, int index, boolean ignoresLimit, long nowNs) {
        var taking = tier.take(index, ignoresLimit, nowNs);
        switch (taking) {
            case TAKEN -> active.increment();
            case NOT_ADMITTED -> noticeRoom(tier.members[index]);
            case FULL -> {}
        }
        return taking;
    }

    void giveBack(Tier tier, int index) {
        int left = tier.giveBack(index);
        active.decrement();
        var member = tier.members[index];
        if (left == 0 && member.isRemoved()) {
            reportDrained(member);
        }
        noticeRoom(member);
    }

    /** A flow failed on a server that is observed. */
    void erred(Member member, String serverId, Observation rule, String how) {
        int errors = member.erred(rule.errorLimit());
        if (errors > 0) {
            onErrors.onErrors(
                    serverId, rule.reaction(), "Detected " + errors + " consecutive errors, last one was: " + how);
        }
    }

    private void noticeRoom(Member member) {
        if (queue.size() != 0) {
            wakeFor(member);
        }
    }

    /** Wakes the first flow that a server's room is of use to. */
    private boolean wakeFor(Member member) {
        try {
            long nowNs = nowNs();
            return queue.wakeFirst(place -> {
                var here = place.snapshot == null ? snapshot() : place.snapshot;
                int position = here.positionOf(member.number);
                return position >= 0 && here.hasRoomForWaiting(position) && isOfUse(place, here, position, nowNs);
            });
        } catch (RuntimeException | Error thrown) {
            publish(new Event.Trouble("a flow waiting for pool " + pool().name() + " threw " + thrown));
            return true;
        }
    }

    /** Whether a place's flow can be given a server but for its limit. Who waits for a server that went down takes any. */
    private static boolean isOfUse(WaitQueue.Place place, PoolSnapshot here, int position, long nowNs) {
        var waitsFor = place.waitsFor;
        if (waitsFor != null) {
            int wanted = here.positionOf(waitsFor.number);
            if (wanted == position || wanted >= 0 && here.isReachable(wanted, nowNs)) {
                return wanted == position;
            }
        }
        return here.couldServe(position, place.tried, place.firstTier, nowNs);
    }

    private PoolLease own(Lease lease) {
        if (lease instanceof PoolLease mine && mine.belongsTo(this)) {
            return mine;
        }
        throw new IllegalArgumentException("the lease is not one of this pool's newLease()");
    }

    private void ejected(String serverId, boolean isEjected, String reason) {
        publish(new Event.ServerEjected(pool().name(), serverId, isEjected, reason));
    }

    private void reportDrained(Member member) {
        if (member.claimDrained()) {
            try {
                onDrained.accept(member.server.id());
            } catch (RuntimeException | Error thrown) {
                LOG.log(Level.WARNING, "a listener for drained servers threw", thrown);
            }
        }
    }

    private void publish(Event event) {
        try {
            events.accept(event);
        } catch (RuntimeException | Error thrown) {
            LOG.log(Level.WARNING, "a listener threw on: " + event, thrown);
        }
    }

    // ---- control thread

    /**
     * Makes {@code changed} what runs. Servers that stay, by id, keep their counters, health, passive health, affinity and places in the
     * scheduler's rotation; a server whose address changed keeps all but its health. Removed servers take no new flow; those they have go
     * on, see {@link #onDrained}.
     *
     * @throws ConfigurationException where {@link PoolValidation} finds an error; nothing changes then
     */
    public void apply(ServerPool changed) {
        refuseErrors(changed, plugins);
        takeOver(changed, true, nowNs());
    }

    /**
     * Sets what an operator wants of a server. It holds until the configuration of the server says something else than before.
     *
     * @throws IllegalArgumentException where there is no such server
     */
    public void adminState(String serverId, AdminState state) {
        var member = member(serverId);
        if (member.adminState != state) {
            var before = member.adminState;
            member.adminState = state;
            publishSnapshot(pool(), nowNs());
            boolean isUp = member.health != HealthState.DOWN;
            if (state == AdminState.DISABLED) {
                endFlowsOf(member);
            } else if (before == AdminState.DISABLED && isUp) {
                endBackupFlowsFor(member);
            }
        }
    }

    /** Does what a server asked for. An unknown one is ignored. */
    public void advise(String serverId, ServerAdvice advice) {
        var member = roster.find(serverId);
        if (member == null) {
            return;
        }
        var percent = advice.weightPercent();
        boolean canWeigh = compiler.followsWeightChanges(pool()) || percent.orElse(0) == 0 || percent.orElse(0) == 100;
        if (member.advise(canWeigh ? percent : OptionalInt.empty(), advice.maxConnections())) {
            publishSnapshot(pool(), nowNs());
        }
        advice.adminState().ifPresent(state -> adminState(serverId, state));
    }

    /** Notes what a server's first check found last. An unknown server is ignored. */
    void found(String serverId, Optional<CheckFinding> finding) {
        var member = roster.find(serverId);
        if (member != null) {
            member.finding = finding;
        }
    }

    /**
     * A server that is up wants no new clients, or wants them again. Those that a cookie or an affinity brings back it goes on getting. An
     * unknown server is ignored.
     *
     * @param reason one phrase for people
     */
    void stopping(String serverId, boolean isStopping, String reason) {
        var member = roster.find(serverId);
        if (member == null || member.isStopping == isStopping) {
            return;
        }
        member.isStopping = isStopping;
        if (isStopping || member.health == HealthState.UP) {
            publish(new Event.ServerStopping(pool().name(), serverId, isStopping, reason));
        }
        publishSnapshot(pool(), nowNs());
    }

    /** How a server stands, but for what its checks know themselves. */
    ServerSituation situation(String serverId) {
        var member = roster.find(serverId);
        if (member == null) {
            return ServerSituation.UNKNOWN;
        }
        int place = 1;
        int poolWeight = 0;
        int poolActive = 0;
        boolean isBefore = true;
        for (var other : roster.all()) {
            isBefore &= other != member;
            place += isBefore ? 1 : 0;
            boolean isServing = other.health != HealthState.DOWN
                    && !other.isStopping
                    && other.adminState == AdminState.ENABLED
                    && other.server.tier() == 0;
            poolWeight += isServing ? other.server.weight() : 0;
            poolActive += other.load.active();
        }
        return new ServerSituation(
                pool().name(),
                place,
                member.health,
                0,
                1,
                1,
                member.isStopping,
                member.server.weight(),
                poolWeight,
                member.load.active(),
                poolActive,
                member.load.queued());
    }

    /** Tells of a probe. An unknown server is ignored. */
    void probed(Event.ServerProbed event) {
        if (roster.find(event.server()) != null) {
            publish(event);
        }
    }

    /** A probe of a server passed: failures of real traffic before it do not count. */
    public void probePassed(String serverId) {
        var member = roster.find(serverId);
        if (member != null) {
            member.wentWell();
        }
    }

    /**
     * Sets what health checks say of a server. An unknown server is ignored: its last result may come after its removal.
     *
     * @param reason one phrase for people
     */
    public void health(String serverId, HealthState state, String reason) {
        var member = roster.find(serverId);
        if (member == null) {
            return;
        }
        member.reason = reason;
        var before = member.health;
        if (before == state) {
            return;
        }
        long nowNs = nowNs();
        boolean wasHealthy = member.isHealthy(hasMandatoryCheck(pool(), member.server));
        member.health = state;
        if (state == HealthState.DOWN) {
            member.isInSlowStart = false;
        } else if (before == HealthState.DOWN || (!wasHealthy && member.isBornAtRunTime)) {
            beginSlowStart(pool(), member, nowNs);
        }
        publish(new Event.ServerHealthChanged(pool().name(), serverId, before, state, reason));
        publishSnapshot(pool(), nowNs);
        if (state == HealthState.DOWN) {
            endFlowsOf(member);
        } else if (before == HealthState.DOWN && member.adminState != AdminState.DISABLED) {
            endBackupFlowsFor(member);
        }
    }

    private void endFlowsOf(Member member) {
        if (member.server.endsFlowsWhenDown()) {
            onEnding.end(member.server.id(), Forwarder.Ending.SERVER_DOWN);
        }
    }

    private void endBackupFlowsFor(Member member) {
        var server = member.server;
        if (server.endsBackupFlowsWhenUp() && server.tier() == 0 && server.weight() > 0) {
            roster.all().stream()
                    .filter(other -> other.server.tier() > 0)
                    .forEach(backup -> onEnding.end(backup.server.id(), Forwarder.Ending.BACKUP_NOT_NEEDED));
        }
    }

    /**
     * Does what is due: the next steps of slow start, the ends of passive ejections, and the waking of flows that a racing thread left
     * behind.
     *
     * @param nowNs of the pool's clock
     * @return when to call it again at the latest; {@link Long#MAX_VALUE} where nothing is to come
     */
    public long tick(long nowNs) {
        long nextNs = Long.MAX_VALUE;
        boolean isStepDue = false;
        for (var member : roster.all()) {
            var gate = member.slidingWindowGate;
            if (gate != null) {
                nextNs = Math.min(nextNs, gate.announceEnd(nowNs));
            }
            if (member.isInSlowStart) {
                isStepDue = true;
                if (SlowStart.isOver(member, nowNs)) {
                    member.isInSlowStart = false;
                } else {
                    nextNs = Math.min(nextNs, SlowStart.stepNs(member.server.slowStart()));
                }
            }
        }
        if (isStepDue) {
            publishSnapshot(pool(), nowNs);
        }
        wakeForRoom();
        roster.forgetDrained(this::reportDrained, member -> queue.forget(member.load));
        boolean needsUpkeep = pool().queue().capacity() > 0 || snapshot().hasPassiveHealth() || roster.hasRemoved();
        nextNs = needsUpkeep ? Math.min(nextNs, UPKEEP_NS) : nextNs;
        return nextNs == Long.MAX_VALUE ? Long.MAX_VALUE : nowNs + nextNs;
    }

    /** How its flows come, for statistics; what passes is counted by server. */
    TrafficCounts traffic() {
        return traffic;
    }

    /** A picture of the pool now. */
    public PoolStatus status() {
        long nowNs = nowNs();
        var pool = pool();
        var servers = roster.all().stream().map(member -> status(member, nowNs)).toList();
        var account = retries;
        return new PoolStatus(
                pool.name(),
                pool.scheduler().name(),
                queue.size(),
                account == null ? 0 : account.granted(),
                account == null ? 0 : account.refused(),
                servers,
                queue.mostWaiting(),
                traffic.read(nowNs));
    }

    /** Open flows of a server, also of one that is no longer configured; 0 for an unknown one. */
    public int activeFlowsOf(String serverId) {
        return roster.activeFlowsOf(serverId);
    }

    /** The ids of servers that are no longer configured and still have flows. */
    public List<String> draining() {
        return roster.draining();
    }

    /**
     * Calls {@code listener} with the id of each removed server when its last flow has ended: once, on the thread that ends it, or within
     * {@link #apply} where it has none. Replaces the listener before. It must not block.
     */
    public void onDrained(Consumer<String> listener) {
        onDrained = listener;
    }

    /** Calls {@code listener} with each server whose flows are to be ended, on the control thread. Replaces the listener before. */
    public void onEnding(EndingListener listener) {
        onEnding = listener;
    }

    /** Calls {@code listener} where real traffic failed on a server as often as its observation allows. Replaces the listener before. */
    public void onErrors(ErrorListener listener) {
        onErrors = listener;
    }

    /** Told of servers whose flows are to be ended. */
    @FunctionalInterface
    public interface EndingListener {
        void end(String serverId, Forwarder.Ending why);
    }

    /** Told of failures of real traffic, on the data thread that sees the last of them; must not block. */
    @FunctionalInterface
    public interface ErrorListener {
        void onErrors(String serverId, Observation.Reaction reaction, String reason);
    }

    private void takeOver(ServerPool pool, boolean isAtRunTime, long nowNs) {
        var account = retries;
        var budget = pool.retryBudget();
        if (account == null || !Optional.of(account.budget()).equals(budget)) {
            retries = budget.map(RetryAccount::new).orElse(null);
        }
        var change = roster.change(pool, isAtRunTime);
        change.lost().forEach(this::endFlowsOf);
        if (isAtRunTime) {
            change.arrived().stream()
                    .filter(member -> member.isHealthy(hasMandatoryCheck(pool, member.server)))
                    .forEach(member -> beginSlowStart(pool, member, nowNs));
        }
        publishSnapshot(pool, nowNs);
        change.gone().forEach(this::reportDrained);
    }

    private void beginSlowStart(ServerPool pool, Member member, long nowNs) {
        if (!member.server.slowStart().isZero() && compiler.followsWeightChanges(pool)) {
            member.isInSlowStart = true;
            member.slowStartNs = nowNs;
        }
    }

    private void publishSnapshot(ServerPool pool, long nowNs) {
        var next = compiler.compile(pool, List.copyOf(roster.all()), current.getPlain(), nowNs);
        current.setRelease(next);
        wakeForRoom();
    }

    /** Wakes as many waiting flows as the servers now have room for: a server came up, a limit grew, an ejection ended. */
    private void wakeForRoom() {
        var here = snapshot();
        for (int position = 0; position < here.size() && queue.size() != 0; position++) {
            var member = here.member(position);
            for (int room = here.room(position); room > 0 && wakeFor(member); room--) {
                // Each turn wakes one.
            }
        }
    }

    private ServerStatus status(Member member, long nowNs) {
        var server = member.server;
        return new ServerStatus(
                server.id(),
                server.lacksAddress() ? "-" : server.address().text(),
                SlowStart.weight(server.weight(), SlowStart.share(member, nowNs), 1),
                server.tier(),
                server.lacksAddress() ? AdminState.DISABLED : member.adminState,
                member.health,
                server.lacksAddress() ? "its name has no address" : member.reason,
                member.load.active(),
                member.load.served(),
                member.load.failures(),
                member.load.queued(),
                member.load.traffic().read(nowNs),
                server.maxConnections(),
                member.isStopping,
                member.finding);
    }

    /** @throws IllegalArgumentException where there is no such server */
    void requireServer(String serverId) {
        member(serverId);
    }

    private Member member(String serverId) {
        var member = roster.find(serverId);
        if (member == null) {
            throw new IllegalArgumentException("pool " + pool().name() + " has no server '" + serverId + "'; it has "
                    + String.join(", ", roster.ids()));
        }
        return member;
    }

    private static boolean hasMandatoryCheck(ServerPool pool, RealServer server) {
        return pool.healthChecksOf(server).stream().anyMatch(HealthCheckSpec::mandatory);
    }

    private static void refuseErrors(ServerPool pool, Plugins plugins) {
        var problems = PoolValidation.check(pool, plugins);
        if (problems.stream().anyMatch(Problem::isError)) {
            throw new ConfigurationException(problems);
        }
    }
}
