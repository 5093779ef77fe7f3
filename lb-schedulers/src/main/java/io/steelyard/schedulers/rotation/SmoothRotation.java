package io.steelyard.schedulers.rotation;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.HashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * nginx's smooth weighted round robin: at each pick every eligible server's current weight grows by its effective weight, the greatest
 * current weight is picked (the first of equals) and loses the sum. Weights 5, 1, 1 give {@code a a b a c a a}; 1, 3, 6 give
 * {@code c b c a c b c c b c}. A failure lowers a server's effective weight by weight / max_fails, and each pick that considers the server
 * raises it by one again. Safe for all threads; the rotation is one for all of them.
 *
 * <p><b>Implementation note.</b> A pick over n servers costs n steps and changes all of them, which cannot be shared by threads without a
 * lock. But while nothing disturbs it the order of picks is fixed and repeats ({@link SmoothPeriod}), so it is kept in an array and a pick is
 * one atomic addition to {@link #position}. That is <i>in period</i>, {@code position >= 0}.
 *
 * <p>A pick that is disturbed (the flow has tried a server, a server failed, is full, or is not admitted) takes the {@link Claim}, works the
 * current weights out of the position (they are a sum over the order so far), and goes on from there by the plain algorithm. The
 * position is then far below 0, so that every other thread comes the same way. Picks that nothing disturbed are recorded meanwhile; once the last period of them
 * holds each server as often as its weight says, the current weights are what they were a period ago, so the record is the new order, and
 * picks are in period again.
 *
 * <p>A thread that cannot get the claim within a microsecond or so gives its flow to the next eligible server in turn and notes that this
 * server has had a turn ahead ({@link TurnsAhead}). So no pick waits, calls one after another are exact, and calls at the same time are
 * exact in period and a turn or two off outside.
 *
 * <p>Benign races: a thread that drew a position just before the claim was taken may read an entry of a newer order; it is a valid index
 * whose eligibility is checked all the same.
 *
 * <pre>
 * field                              written by                          read by
 * position                           every pick (add), the claim's holder  every pick
 * order, loopStart, end, base        the claim's holder, before position   picks that drew a position (add acquires)
 * current, effective, record counts  the claim's holder                    the claim's holder
 * failures, failed                   whoever reports (add, release)        the claim's holder, after failed
 * </pre>
 */
public final class SmoothRotation {
    private static final long OUT_OF_PERIOD = Long.MIN_VALUE / 2;
    private static final VarHandle FAILURES = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle FAILED;

    static {
        try {
            FAILED = MethodHandles.lookup().findVarHandle(SmoothRotation.class, "failed", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** Which servers a pick is among, where it is not all: those whose cost by weight is least. They may be gone through in another order. */
    @FunctionalInterface
    public interface Tie {
        /** Whether the server's cost, by weight, equals {@code cost} by {@code weight}. */
        boolean holds(int index, Flow flow, long cost, int weight);

        /** The first position from {@code position} on, and before {@code end}, at which it holds; else {@code end}. */
        default int next(int position, int end, Flow flow, long cost, int weight) {
            int at = position;
            while (at < end && !holds(index(at), flow, cost, weight)) {
                at++;
            }
            return at;
        }

        /** Which server is at a position of the order. */
        default int index(int position) {
            return position;
        }
    }

    private static final Tie EVERYONE = (index, flow, cost, weight) -> true;

    private final Candidates candidates;
    private final int[] weights;
    private final int[] drops;
    private final int[] limited;
    private final long sum;

    private final Position position;
    private final Claim claim = new Claim();
    private final TurnsAhead ahead;
    private final Position aheadCursor = new Position(0);

    private final int[] order;
    private int loopStart;
    private int end;
    private final long[] base;

    private final long[] current;
    private final int[] effective;
    private final PeriodRecord record;

    private final int[] failures;

    @SuppressWarnings("unused") // through its VarHandle
    private boolean failed;

    /** @param previous the rotation to go on from, by server id */
    public SmoothRotation(Candidates candidates, @Nullable SmoothRotation previous) {
        int size = candidates.size();
        this.candidates = candidates;
        weights = new int[size];
        drops = new int[size];
        failures = new int[size];
        current = new long[size];
        effective = new int[size];
        ahead = new TurnsAhead(size);
        for (int i = 0; i < size; i++) {
            weights[i] = candidates.isUsable(i) ? candidates.weight(i) : 0;
            int maxFails = candidates.server(i).maxFails();
            drops[i] = maxFails == 0 ? -1 : candidates.weight(i) / maxFails;
            effective[i] = candidates.weight(i);
        }
        limited = IntStream.range(0, size)
                .filter(i -> candidates.isUsable(i) && candidates.server(i).maxConnections() > 0)
                .toArray();
        sum = Arrays.stream(weights).asLongStream().sum();
        boolean isPeriodic = previous == null || carryFrom(previous);
        base = current.clone();
        long period = SmoothPeriod.length(weights);
        var found = isPeriodic ? SmoothPeriod.find(weights, current) : null;
        order = found != null ? found.order() : new int[period > SmoothPeriod.MAX_LENGTH ? 0 : (int) period];
        record = new PeriodRecord(weights, sum, order.length == 0 ? 0 : (int) period);
        loopStart = found == null ? 0 : found.loopStart();
        end = order.length;
        position = new Position(found == null ? OUT_OF_PERIOD : 0);
    }

    /** The next server in turn, or {@link Picker#NONE}. */
    public int pick(Flow flow) {
        while (isUndisturbed(flow)) {
            long drawn = position.getAndAdd(1);
            if (drawn < 0) {
                break;
            }
            int index = order[drawn < end ? (int) drawn : wrap(drawn)];
            if (!candidates.isEligible(index, flow)) {
                return pickClaimed(flow, index);
            }
            if (ahead.isEmpty() || !ahead.settle(index)) {
                return index;
            }
        }
        return pickClaimed(flow, Picker.NONE);
    }

    /**
     * The next server in turn among those that tie, or {@link Picker#NONE}; current weights of the others stay.
     *
     * @param first the first position of the tie's order that may be one of them
     */
    public int pickTied(Flow flow, int first, Tie tie, long cost, int weight) {
        if (!claim.tryTake()) {
            return nextInLine(flow, tie, cost, weight);
        }
        try {
            leavePeriod(Picker.NONE);
            takeFailures();
            return step(flow, first, tie, cost, weight);
        } finally {
            claim.release();
        }
    }

    /** A flow failed on the server: its effective weight falls. */
    public void onFailed(int index) {
        if (drops[index] >= 0 && weights.length > 1) {
            FAILURES.getAndAdd(failures, index, 1);
            FAILED.setRelease(this, true);
        }
    }

    /** Whether picks are taken from the order that repeats. */
    boolean isInPeriod() {
        return position.valueOpaque() >= 0;
    }

    private boolean isUndisturbed(Flow flow) {
        if (flow.hasTriedAny() || (boolean) FAILED.getOpaque(this) || position.valueOpaque() < 0) {
            return false;
        }
        for (int i : limited) {
            if (!candidates.hasRoom(i)) {
                return false;
            }
        }
        return true;
    }

    /** Where in the order a position beyond its end is; takes the rounds that are over off the counter where nobody is in the way. */
    private int wrap(long drawn) {
        int length = end - loopStart;
        position.compareAndSet(drawn + 1, drawn + 1 - length);
        return loopStart + (int) ((drawn - loopStart) % length);
    }

    private int pickClaimed(Flow flow, int unused) {
        if (!claim.tryTake()) {
            return nextInLine(flow, EVERYONE, 0, 0);
        }
        try {
            leavePeriod(unused);
            takeFailures();
            int index = step(flow, 0, EVERYONE, 0, 0);
            while (index != Picker.NONE && !ahead.isEmpty() && ahead.settle(index)) {
                index = step(flow, 0, EVERYONE, 0, 0);
            }
            return index;
        } finally {
            claim.release();
        }
    }

    /** One pass of the algorithm. */
    private int step(Flow flow, int first, Tie tie, long cost, int weight) {
        long total = 0;
        int best = Picker.NONE;
        boolean isRestored = true;
        int end = weights.length;
        for (int at = tie.next(first, end, flow, cost, weight);
                at < end;
                at = tie.next(at + 1, end, flow, cost, weight)) {
            int i = tie.index(at);
            if (!candidates.isEligible(i, flow)) {
                continue;
            }
            int grown = effective[i];
            current[i] += grown;
            total += grown;
            if (grown < weights[i]) {
                effective[i] = grown + 1;
                isRestored = false;
            }
            if (best == Picker.NONE || current[i] > current[best] || (current[i] == current[best] && i < best)) {
                best = i;
            }
        }
        if (best == Picker.NONE) {
            return Picker.NONE;
        }
        current[best] -= total;
        if (!isRestored || total != sum) {
            record.clear();
        } else if (record.add(best)) {
            enterPeriod();
        }
        return best;
    }

    /** The record of the last period is the order from now on. */
    private void enterPeriod() {
        int start = record.copyTo(order);
        loopStart = 0;
        end = record.length();
        for (int i = 0; i < weights.length; i++) {
            base[i] = current[i] - (long) start * weights[i];
        }
        for (int at = 0; at < start; at++) {
            base[order[at]] += sum;
        }
        record.clear();
        position.setRelease(start);
    }

    /**
     * Works out the current weights where the rotation was in period.
     *
     * @param unused a server whose turn was drawn and not used, or {@link Picker#NONE}
     */
    private void leavePeriod(int unused) {
        long drawn = position.valueOpaque() < 0 ? -1 : position.getAndSet(OUT_OF_PERIOD);
        if (drawn >= 0) {
            currentAt(drawn, current);
            for (int i = 0; i < weights.length; i++) {
                effective[i] = weights[i] > 0 ? weights[i] : effective[i];
            }
            record.clear();
        }
        if (unused != Picker.NONE) {
            for (int i = 0; i < weights.length; i++) {
                current[i] -= weights[i];
            }
            current[unused] += sum;
        }
    }

    private void currentAt(long drawn, long[] into) {
        int at = drawn <= end ? (int) drawn : loopStart + (int) ((drawn - loopStart) % (end - loopStart));
        for (int i = 0; i < weights.length; i++) {
            into[i] = base[i] + (long) at * weights[i];
        }
        for (int i = 0; i < at; i++) {
            into[order[i]] -= sum;
        }
    }

    private void takeFailures() {
        if ((boolean) FAILED.getAndSet(this, false)) {
            for (int i = 0; i < failures.length; i++) {
                int count = (int) FAILURES.getAndSet(failures, i, 0);
                effective[i] = (int) Math.max(0, effective[i] - (long) drops[i] * count);
            }
            record.clear();
        }
    }

    /** What a thread does that cannot have the claim: the next eligible server from a cursor, its turn taken ahead. */
    private int nextInLine(Flow flow, Tie tie, long cost, int weight) {
        int size = weights.length;
        int start = size == 0 ? 0 : Math.floorMod(aheadCursor.getAndAdd(1), size);
        int index = nextEligible(start, size, flow, tie, cost, weight);
        if (index == Picker.NONE) {
            index = nextEligible(0, start, flow, tie, cost, weight);
        }
        if (index != Picker.NONE && tie == EVERYONE) {
            ahead.take(index);
        }
        return index;
    }

    private int nextEligible(int from, int to, Flow flow, Tie tie, long cost, int weight) {
        for (int at = tie.next(from, to, flow, cost, weight); at < to; at = tie.next(at + 1, to, flow, cost, weight)) {
            if (candidates.isEligible(tie.index(at), flow)) {
                return tie.index(at);
            }
        }
        return Picker.NONE;
    }

    /**
     * Copies the state of a rotation that may still be in use.
     *
     * @return whether this one can start in period: nothing disturbed the other, and no server is new, which passive health may yet refuse
     */
    private boolean carryFrom(SmoothRotation previous) {
        boolean isHeld = previous.claim.tryTakePatiently();
        try {
            long at = previous.position.valueOpaque();
            boolean isPeriodic = at >= 0;
            var state = previous.current.clone();
            if (isPeriodic) {
                previous.currentAt(at, state);
            }
            var indices = new HashMap<String, Integer>();
            for (int i = 0; i < previous.weights.length; i++) {
                indices.put(previous.candidates.id(i), i);
            }
            for (int i = 0; i < weights.length; i++) {
                var from = indices.get(candidates.id(i));
                if (from != null) {
                    carry(previous, from, i, state[from], at >= 0);
                }
                isPeriodic &= weights[i] == 0 || (from != null && previous.weights[from] > 0);
            }
            return isPeriodic && !(boolean) FAILED.getOpaque(this);
        } finally {
            if (isHeld) {
                previous.claim.release();
            }
        }
    }

    private void carry(SmoothRotation previous, int from, int to, long state, boolean wasInPeriod) {
        int before = previous.candidates.weight(from);
        int now = candidates.weight(to);
        // A weight that changed, as in slow start, changes the scale of what its server has saved up.
        current[to] = before == now || before == 0 ? state : state * now / before;
        boolean wasWhole = (wasInPeriod && previous.weights[from] > 0) || previous.effective[from] >= before;
        if (!wasWhole) {
            effective[to] = Math.min(now, previous.effective[from]);
        }
        failures[to] = (int) FAILURES.getOpaque(previous.failures, from);
        if (failures[to] > 0) {
            failed = true;
        }
    }
}
