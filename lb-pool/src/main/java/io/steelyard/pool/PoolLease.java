package io.steelyard.pool;

import io.steelyard.api.pool.Observation;
import io.steelyard.api.pool.Observation.Layer;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.schedule.Balancer.Outcome;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.TrafficCounts;
import io.steelyard.api.text.Template;
import io.steelyard.pool.Tier.Report;
import io.steelyard.pool.Tier.Taking;
import io.steelyard.pool.key.HashKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A flow's hold on a server, and the memory of what it tried. Picks for its flow: affinity, then tier by tier the scheduler, each time with a
 * place taken under the server's limit.
 *
 * <pre>
 *   FREE ──pick──► HELD ──completed, cancelled──► FREE
 *                   │ ▲
 *            failed ▼ │ pick
 *                  FAILED ──reset──► FREE
 * </pre>
 *
 * One thread at a time; everything it shares is in the snapshot's members.
 */
final class PoolLease implements Lease {
    private enum State {
        FREE,
        HELD,
        FAILED
    }

    /** Picks begun anew where a server that was seen to have room was taken by another thread. */
    private static final int MOST_ROUNDS = 8;

    private final PoolRuntime pool;
    private State state = State.FREE;
    private @Nullable PoolSnapshot snapshot;
    private int tier;
    private int index = Picker.NONE;
    private int attempts;
    private long pickedNs;
    private boolean hasFirstByte;
    private boolean isAnswered;

    /** One bit for each position of the snapshot. */
    private long[] tried = new long[1];

    private int firstTier;

    /** Whether the client is bound to the server held, so that the end of the flow renews its entry. */
    private boolean isBound;

    private long keyHigh;
    private long keyLow;

    /** The server that the flow waits for; null for any. */
    private @Nullable Member waitsFor;

    /** Whether a server counts as tried that was not. */
    private boolean avoidsAny;

    private int priorityClass;
    /** Where it waited last; null where it did not since it was reset. */
    private WaitQueue.@Nullable Place place;

    private long dueNs;

    private @Nullable Template template;
    private @Nullable HashKey hashKey;

    PoolLease(PoolRuntime pool) {
        this.pool = pool;
    }

    boolean belongsTo(PoolRuntime other) {
        return pool == other;
    }

    // ---- picking

    Outcome pick(Flow flow) {
        var outcome = pickAny(flow);
        if (outcome == Outcome.PICKED && attempts == 1 && flow.avoided() == null) {
            pool.count(pickedNs);
        }
        return outcome;
    }

    private Outcome pickAny(Flow flow) {
        if (state == State.HELD) {
            throw new IllegalStateException(
                    "the lease still holds server " + server().id() + "; complete, fail, cancel or reset it first");
        }
        long nowNs = pool.nowNs();
        if (state == State.FREE) {
            begin();
        }
        var here = held();
        avoid(flow.avoided(), here);
        flow.nowNs(nowNs);
        fillKey(flow, here);
        isBound = false;
        waitsFor = null;
        priorityClass = flow.priorityClass();
        dueNs = nowNs + flow.priorityOffsetMs() * 1_000_000L;
        for (var id : flow.wanted()) {
            var outcome = pickWanted(flow, here, here.positionOf(id), nowNs);
            if (outcome != null) {
                return outcome;
            }
        }
        var affinity = here.affinity;
        if (affinity == null || !flow.hasClientAddress()) {
            return pickFromTiers(flow, here, nowNs);
        }
        keyHigh = affinity.keyHigh(flow);
        keyLow = affinity.keyLow(flow);
        return pickWithAffinity(flow, here, affinity, nowNs);
    }

    private void avoid(@Nullable String id, PoolSnapshot here) {
        int position = id == null ? -1 : here.positionOf(id);
        if (position >= 0) {
            tried[position >>> 6] |= 1L << position;
            avoidsAny = true;
        }
    }

    /** Takes a server that the flow wants; null where the flow is to look further. */
    private @Nullable Outcome pickWanted(Flow flow, PoolSnapshot here, int position, long nowNs) {
        if (position < 0) {
            return null;
        }
        boolean isAllowed =
                flow.insists() || !PoolSnapshot.isTried(tried, position) && here.isReachable(position, nowNs);
        if (!isAllowed) {
            return null;
        }
        var taking = pool.take(here.tiers[here.tierOf(position)], here.indexInTier(position), false, nowNs);
        if (taking == Taking.TAKEN) {
            return hold(here, position, nowNs);
        }
        var member = here.member(position);
        int mostQueued = member.server.maxQueued();
        boolean waits = taking == Taking.FULL
                && here.waitsForWanted
                && pool.pool().queue().capacity() > 0
                && (mostQueued == 0 || member.load.queued() < mostQueued);
        if (!waits) {
            return null;
        }
        waitsFor = member;
        return Outcome.ALL_FULL;
    }

    private void begin() {
        var newest = pool.snapshot();
        if (newest != snapshot) {
            snapshot = newest;
            int words = (newest.size() + 63) >>> 6;
            if (words > tried.length) {
                tried = new long[words];
            }
        }
        Arrays.fill(tried, 0);
        firstTier = 0;
        attempts = 0;
        avoidsAny = false;
    }

    private Outcome pickWithAffinity(Flow flow, PoolSnapshot here, AffinityRule affinity, long nowNs) {
        var table = affinity.table;
        int known = table.find(keyHigh, keyLow, nowNs, affinity.timeoutNs);
        int unusable = AffinityTable.NONE;
        boolean isOnlyFull = false;
        if (known != AffinityTable.NONE) {
            int position = here.positionOf(known);
            switch (takeBound(here, position, nowNs)) {
                case TAKEN -> {
                    isBound = true;
                    return hold(here, position, nowNs);
                }
                case FULL -> isOnlyFull = true;
                case NOT_ADMITTED -> unusable = known;
            }
        }
        var outcome = pickFromTiers(flow, here, nowNs);
        if (outcome != Outcome.PICKED || isOnlyFull) {
            return outcome;
        }
        int mine = here.tiers[tier].members[index].number;
        int bound = table.claim(keyHigh, keyLow, mine, unusable, nowNs, affinity.timeoutNs);
        isBound = true;
        if (bound != mine) {
            moveTo(here, here.positionOf(bound), nowNs);
        }
        return outcome;
    }

    /** Another flow of the same client was bound to another server at the same moment: joins it there where that is possible. */
    private void moveTo(PoolSnapshot here, int position, long nowNs) {
        if (takeBound(here, position, nowNs) == Taking.TAKEN) {
            pool.giveBack(here.tiers[tier], index);
            attempts--;
            hold(here, position, nowNs);
        } else {
            isBound = false;
        }
    }

    private Taking takeBound(PoolSnapshot here, int position, long nowNs) {
        if (position < 0 || PoolSnapshot.isTried(tried, position)) {
            return Taking.NOT_ADMITTED;
        }
        var itsTier = here.tiers[here.tierOf(position)];
        int at = here.indexInTier(position);
        if (!itsTier.isReachable(at) || !itsTier.candidates.isAdmitted(at, nowNs)) {
            return Taking.NOT_ADMITTED;
        }
        return pool.take(itsTier, at, here.affinityIgnoresLimits, nowNs);
    }

    private Outcome pickFromTiers(Flow flow, PoolSnapshot here, long nowNs) {
        boolean lostRace = false;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            lostRace = false;
            for (int t = firstTier; t < here.tiers.length && here.isTierOpen(t, nowNs); t++) {
                if (here.staysInTier) {
                    firstTier = t;
                }
                var candidates = here.tiers[t];
                markTried(flow, here, t);
                for (int at = candidates.pick(flow); at != Picker.NONE; at = candidates.pick(flow)) {
                    if (pool.take(candidates, at, false, nowNs) == Taking.TAKEN) {
                        return hold(here, here.position(t, at), nowNs);
                    }
                    lostRace = true;
                    flow.markTried(at);
                }
            }
            if (here.firstWithRoom(tried, firstTier, nowNs) < 0) {
                return here.isAnyFull(tried, firstTier, nowNs) || lostRace ? Outcome.ALL_FULL : Outcome.NONE_AVAILABLE;
            }
        }
        // There is room, but the scheduler wants none of it, or others were faster each time.
        return lostRace ? Outcome.ALL_FULL : Outcome.NONE_AVAILABLE;
    }

    private Outcome hold(PoolSnapshot here, int position, long nowNs) {
        state = State.HELD;
        tier = here.tierOf(position);
        index = here.indexInTier(position);
        pickedNs = nowNs;
        hasFirstByte = false;
        isAnswered = false;
        attempts++;
        here.tiers[tier].members[index].load.countServed();
        return Outcome.PICKED;
    }

    private void markTried(Flow flow, PoolSnapshot here, int ofTier) {
        flow.clearTried();
        if (attempts == 0 && !avoidsAny) {
            return;
        }
        int size = here.tiers[ofTier].size();
        for (int at = 0; at < size; at++) {
            if (PoolSnapshot.isTried(tried, here.position(ofTier, at))) {
                flow.markTried(at);
            }
        }
    }

    private void fillKey(Flow flow, PoolSnapshot here) {
        var wanted = here.hashKey;
        if (wanted == null || flow.hasKey()) {
            return;
        }
        var compiled = hashKey;
        if (compiled == null || !wanted.equals(template)) {
            compiled = HashKey.compile(wanted);
            hashKey = compiled;
            template = wanted;
        }
        compiled.fill(flow);
    }

    /** A place in the queue, for the flow whose pick found everything full. */
    WaitQueue.Place place(io.steelyard.api.schedule.Balancer.Waiter waiter) {
        var made = new WaitQueue.Place(
                waiter,
                state == State.FAILED ? snapshot : null,
                state == State.FAILED ? tried.clone() : new long[1],
                state == State.FAILED ? firstTier : 0,
                waitsFor,
                priorityClass,
                dueNs);
        place = made;
        return made;
    }

    @Override
    public int queuePosition() {
        var last = place;
        return last == null ? 0 : last.position();
    }

    @Override
    public boolean waitedForServer() {
        var last = place;
        return last != null && last.waitsFor != null;
    }

    // ---- reports

    @Override
    public boolean isHeld() {
        return state == State.HELD;
    }

    @Override
    public RealServer server() {
        if (index == Picker.NONE) {
            throw new IllegalStateException("the lease never held a server");
        }
        return held().tiers[tier].candidates.server(index);
    }

    @Override
    public int attempts() {
        return attempts;
    }

    @Override
    public TrafficCounts traffic() {
        return index == Picker.NONE
                ? new TrafficCounts()
                : held().tiers[tier].members[index].load.traffic();
    }

    @Override
    public void connected() {
        var here = heldTier();
        long nowNs = pool.nowNs();
        succeeded(here, nowNs);
        var load = here.members[index].load;
        load.traffic().flowBegan(load.active(), nowNs);
        pool.traffic().flowBegan(0, nowNs);
        here.report(index, Report.CONNECTED, nowNs - pickedNs);
        var rule = here.observations[index];
        if (rule != null && rule.layer() == Layer.CONNECTION) {
            here.members[index].wentWell();
        }
    }

    @Override
    public void answered(int status) {
        var here = heldTier();
        isAnswered = true;
        var rule = here.observations[index];
        if (rule == null || rule.layer() != Layer.ANSWER) {
            return;
        }
        // Clients cause 501 and 505 themselves.
        if (status >= 100 && status < 500 || status == 501 || status == 505) {
            here.members[index].wentWell();
        } else {
            erred(here, rule, "Wrong http response");
        }
    }

    @Override
    public void failedOnce(Failure failure) {
        observe(heldTier(), failure);
    }

    private void observe(Tier here, Failure failure) {
        var rule = here.observations[index];
        if (rule == null || isAnswered) {
            return;
        }
        switch (failure) {
            case CONNECT_TIMEOUT, CONNECT_ERROR -> erred(here, rule, "L4 unsuccessful connection");
            case READ_TIMEOUT -> erredInAnswer(here, rule, "Read timeout (http)");
            case BROKEN -> erredInAnswer(here, rule, "Close from server (http)");
            case BAD_RESPONSE -> erredInAnswer(here, rule, "Invalid http response");
        }
    }

    private void erredInAnswer(Tier here, Observation rule, String how) {
        if (rule.layer() == Layer.ANSWER) {
            erred(here, rule, how);
        }
    }

    private void erred(Tier here, Observation rule, String how) {
        pool.erred(here.members[index], here.candidates.id(index), rule, how);
    }

    @Override
    public void firstByte() {
        var here = heldTier();
        if (!hasFirstByte) {
            hasFirstByte = true;
            here.report(index, Report.FIRST_BYTE, pool.nowNs() - pickedNs);
        }
    }

    @Override
    public void completed() {
        var here = heldTier();
        long nowNs = pool.nowNs();
        succeeded(here, nowNs);
        here.report(index, Report.COMPLETED, nowNs - pickedNs);
        renewAffinity(nowNs);
        end(here, State.FREE);
    }

    @Override
    public void declined() {
        var here = heldTier();
        long nowNs = pool.nowNs();
        succeeded(here, nowNs);
        here.report(index, Report.COMPLETED, nowNs - pickedNs);
        endForGood(here);
    }

    @Override
    public void failed(Failure failure) {
        var here = heldTier();
        long nowNs = pool.nowNs();
        here.members[index].load.countFailure();
        observe(here, failure);
        var gate = here.gates[index];
        if (gate != null) {
            gate.onFailure(nowNs, here.gates);
        }
        here.report(index, Report.FAILED, nowNs - pickedNs);
        endForGood(here);
    }

    /** The flow goes to another server. */
    private void endForGood(Tier here) {
        int position = held().position(tier, index);
        tried[position >>> 6] |= 1L << position;
        end(here, State.FAILED);
    }

    @Override
    public void withdrawn() {
        attempts--;
        end(heldTier(), attempts == 0 ? State.FREE : State.FAILED);
    }

    @Override
    public void cancelled() {
        var here = heldTier();
        renewAffinity(pool.nowNs());
        end(here, State.FREE);
    }

    @Override
    public void reset() {
        place = null;
        if (state == State.HELD) {
            cancelled();
        }
        state = State.FREE;
    }

    private void succeeded(Tier here, long nowNs) {
        var gate = here.gates[index];
        if (gate != null) {
            gate.onSuccess(nowNs);
        }
    }

    private void renewAffinity(long nowNs) {
        var affinity = held().affinity;
        if (isBound && affinity != null) {
            int number = heldTier().members[index].number;
            affinity.table.claim(keyHigh, keyLow, number, AffinityTable.NONE, nowNs, affinity.timeoutNs);
        }
    }

    private void end(Tier here, State next) {
        state = next;
        pool.giveBack(here, index);
    }

    private Tier heldTier() {
        if (state != State.HELD) {
            throw new IllegalStateException("the lease holds no server");
        }
        return held().tiers[tier];
    }

    private PoolSnapshot held() {
        var here = snapshot;
        if (here == null) {
            throw new IllegalStateException("the lease never held a server");
        }
        return here;
    }
}
