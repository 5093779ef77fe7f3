package io.steelyard.schedulers.rotation;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * HAProxy's dynamic weighted round robin ({@code balance roundrobin}), one rotation for all threads. Weights 1, 3, 6 give
 * {@code c c b c a c b c c b}; 2, 3 give {@code b b a b a}. A server that is due and not eligible loses its turn. Safe for all threads.
 *
 * <p><b>Implementation note.</b> {@link FairQueue} is the algorithm; it is kept as {@link SmoothRotation} keeps its own: while nothing disturbs
 * it, its picks are read from an array. One round depends only on the weights and on the order in which servers of equal weight begin it, so the
 * array holds <i>ranks</i> in that order, computed once for a set of weights, and {@link #order} the servers. The position counts picks of the
 * round. Where the round leaves the order as it was, which is the rule, the position goes round; else the first pick of a round sets the next
 * order. Any other disturbance works the queue out of the position (first and last pick and number of picks of each
 * server say it all), goes on with the queue under the {@link Claim}, and ends with the round.
 *
 * <p>A thread that cannot get the claim takes the next eligible server in line and notes its turn as taken ({@link TurnsAhead}).
 *
 * <pre>
 * field                 written by                          read by
 * position              every pick (add), the claim's holder every pick
 * order                 the claim's holder, before position  picks that drew a position (add acquires)
 * queue                 the claim's holder                   the claim's holder
 * </pre>
 */
public final class FairRotation {
    private static final long OUT_OF_ROUND = Long.MIN_VALUE / 2;
    private static final int MAX_ROUND = 1 << 20;
    private static final int MAX_DRAWS = 64;

    /** The picks of an undisturbed round by rank, and whether it leaves the order of ranks as it was. */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    private record Round(int[] weights, int[] ranks, boolean isStable) {
        static @Nullable Round of(int[] weights) {
            var queue = new FairQueue(weights);
            if (weights.length == 0 || queue.weight() > MAX_ROUND) {
                return null;
            }
            queue.start(IntStream.range(0, weights.length).toArray());
            var ranks = new int[(int) queue.weight()];
            int length = 0;
            while (!queue.isRoundOver()) {
                ranks[length++] = queue.pick(null, null);
            }
            var next = new int[weights.length];
            queue.drainNextRound(next);
            boolean isStable = IntStream.range(0, next.length).allMatch(rank -> next[rank] == rank);
            return new Round(weights, Arrays.copyOf(ranks, length), isStable);
        }
    }

    private final Candidates candidates;
    private final int[] weights;
    private final int usable;
    private final @Nullable Round round;
    private final Position position;
    private final Claim claim = new Claim();
    private final TurnsAhead ahead;
    private final Position aheadCursor = new Position(0);
    private final int[] order;
    private final FairQueue queue;

    /** @param previous the rotation to go on from, by server id */
    public FairRotation(Candidates candidates, @Nullable FairRotation previous) {
        this.candidates = candidates;
        weights = IntStream.range(0, candidates.size())
                .map(i -> candidates.isUsable(i) ? candidates.weight(i) : 0)
                .toArray();
        order = IntStream.range(0, weights.length)
                .filter(i -> weights[i] > 0)
                .boxed()
                .sorted((one, other) -> weights[other] - weights[one])
                .mapToInt(Integer::intValue)
                .toArray();
        usable = order.length;
        ahead = new TurnsAhead(weights.length);
        queue = new FairQueue(weights);
        var ranked = Arrays.stream(order).map(i -> weights[i]).toArray();
        round = previous != null && previous.round != null && Arrays.equals(previous.round.weights, ranked)
                ? previous.round
                : Round.of(ranked);
        long at = previous == null ? startAnew() : carryFrom(previous);
        position = new Position(at);
    }

    /** The next server in turn, or {@link Picker#NONE}. */
    public int pick(Flow flow) {
        var picks = round;
        for (int draws = 0; draws < MAX_DRAWS && picks != null && position.valueOpaque() >= 0; draws++) {
            long drawn = position.getAndAdd(1);
            if (drawn < 0) {
                break;
            }
            if (drawn >= picks.ranks.length && !picks.isStable) {
                if (!claim.tryTake()) {
                    return nextInLine(flow);
                }
                try {
                    if (position.valueOpaque() >= picks.ranks.length) {
                        return pickHeld(flow, -1);
                    }
                } finally {
                    claim.release();
                }
                continue;
            }
            int index = order[picks.ranks[drawn < picks.ranks.length ? (int) drawn : wrap(drawn, picks)]];
            if (!candidates.isEligible(index, flow)) {
                return pickClaimed(flow, drawn);
            }
            if (ahead.isEmpty() || !ahead.settle(index)) {
                return index;
            }
        }
        return pickClaimed(flow, -1);
    }

    private int wrap(long drawn, Round picks) {
        int length = picks.ranks.length;
        position.compareAndSet(drawn + 1, drawn + 1 - length);
        return (int) (drawn % length);
    }

    private int pickClaimed(Flow flow, long unused) {
        if (!claim.tryTake()) {
            return nextInLine(flow);
        }
        try {
            return pickHeld(flow, unused);
        } finally {
            claim.release();
        }
    }

    private int pickHeld(Flow flow, long unused) {
        for (int settled = 0; ; settled++) {
            leaveRound(settled == 0 ? unused : -1);
            int index = round != null && queue.isRoundOver() ? beginRound(flow) : queue.pick(candidates, flow);
            if (index == Picker.NONE || ahead.isEmpty() || settled == MAX_DRAWS || !ahead.settle(index)) {
                return index;
            }
        }
    }

    /** The first pick of a round: where nothing is in its way, the others are read from the array. */
    private int beginRound(Flow flow) {
        if (usable == 0 || !candidates.isEligible(queue.firstOfNextRound(), flow)) {
            return queue.pick(candidates, flow);
        }
        queue.drainNextRound(order);
        position.setRelease(1);
        return order[0];
    }

    /**
     * Works the queue out of the position.
     *
     * @param unused the position drawn for a server that is not eligible, or -1
     */
    private void leaveRound(long unused) {
        long drawn = position.valueOpaque() < 0 ? -1 : position.getAndSet(OUT_OF_ROUND);
        if (drawn < 0 || round == null) {
            return;
        }
        // The queue itself passes over the server whose turn was drawn, unless others drew after it.
        int length = round.ranks.length;
        boolean isLast = unused >= 0 && (drawn - 1 - unused) % length == 0;
        workOut(queue, round, isLast && drawn == 1 && unused > 0 ? length : isLast ? drawn - 1 : drawn);
    }

    /** The end of a round and the beginning of the next are one place; it counts as the end, except in the first round. */
    private void workOut(FairQueue into, Round picks, long drawn) {
        int length = picks.ranks.length;
        boolean isLater = picks.isStable && drawn > length;
        long within = isLater ? (drawn - 1) % length + 1 : Math.min(drawn, length);
        into.startWithin(order, picks.ranks, (int) within);
    }

    private int nextInLine(Flow flow) {
        int size = weights.length;
        int start = size == 0 ? 0 : Math.floorMod(aheadCursor.getAndAdd(1), size);
        for (int step = 0; step < size; step++) {
            int index = start + step < size ? start + step : start + step - size;
            if (candidates.isEligible(index, flow)) {
                ahead.take(index);
                return index;
            }
        }
        return Picker.NONE;
    }

    private long startAnew() {
        queue.start(order);
        return round == null ? OUT_OF_ROUND : 0;
    }

    /**
     * Goes on from a rotation that may still be in use.
     *
     * @return the position to begin at
     */
    private long carryFrom(FairRotation previous) {
        boolean isHeld = previous.claim.tryTakePatiently();
        try {
            long at = previous.position.valueOpaque();
            var indices = new HashMap<String, Integer>();
            for (int i = 0; i < previous.weights.length; i++) {
                indices.put(previous.candidates.id(i), i);
            }
            var from = new int[weights.length];
            boolean isSame = at >= 0 && usable == previous.usable;
            for (int i = 0; i < weights.length; i++) {
                from[i] = indices.getOrDefault(candidates.id(i), -1);
                isSame &= weights[i] == 0 || (from[i] >= 0 && previous.weights[from[i]] == weights[i]);
            }
            if (isSame) {
                var to = new HashMap<String, Integer>();
                for (int i = 0; i < weights.length; i++) {
                    to.put(candidates.id(i), i);
                }
                for (int rank = 0; rank < usable; rank++) {
                    order[rank] = Objects.requireNonNull(to.get(previous.candidates.id(previous.order[rank])));
                }
                queue.remember(previous.queue, from);
                return at;
            }
            var state = previous.queue;
            if (at >= 0 && previous.round != null) {
                state = new FairQueue(previous.weights);
                state.remember(
                        previous.queue,
                        IntStream.range(0, previous.weights.length).toArray());
                previous.workOut(state, previous.round, at);
            }
            queue.goOnFrom(state, from);
            return OUT_OF_ROUND;
        } finally {
            if (isHeld) {
                previous.claim.release();
            }
        }
    }
}
