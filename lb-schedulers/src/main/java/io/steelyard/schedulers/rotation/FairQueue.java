package io.steelyard.schedulers.rotation;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * HAProxy's fast weighted round robin as one thread runs it, O(log n) a pick. Each server has a position; the queue's own position
 * advances by one a pick, and the server whose position is due is picked and moves on by (weight of all) / (its weight), remainders kept.
 *
 * <p>Three queues: <i>fresh</i> holds the servers not yet picked in this round, heaviest first; <i>due</i> those with a position in this round; <i>later</i>
 * those whose next position is beyond it. A server in <i>fresh</i> fills every gap before the next position that is due. When <i>fresh</i> and
 * <i>due</i> are empty the round is over and <i>later</i> becomes <i>fresh</i>. Weights count sixteenfold, as effective weights do there.
 */
final class FairQueue {
    private enum Place {
        OUT,
        FRESH,
        DUE,
        LATER
    }

    private static final int SCALE = 16;

    private final int[] weights;
    private final int range;
    private final long[] positions;
    private final long[] lastPositions;
    private final long[] remainders;
    private final Place[] places;
    private final long[] keys;
    private final long[] stamps;
    private final int[] passed;
    private ServerHeap fresh;
    private final ServerHeap due;
    private ServerHeap later;
    private long stamp;
    private long position;
    private long roundWeight;
    private long nextWeight;

    /** @param weights by server; 0 for one that takes no part */
    FairQueue(int[] weights) {
        int size = weights.length;
        this.weights = weights.clone();
        range = Math.max(256, Arrays.stream(weights).max().orElse(0));
        positions = new long[size];
        lastPositions = new long[size];
        remainders = new long[size];
        places = new Place[size];
        Arrays.fill(places, Place.OUT);
        keys = new long[size];
        stamps = new long[size];
        passed = new int[size];
        fresh = new ServerHeap(keys, stamps);
        due = new ServerHeap(keys, stamps);
        later = new ServerHeap(keys, stamps);
        for (int i = 0; i < size; i++) {
            nextWeight += effective(i);
        }
        position = nextWeight;
        roundWeight = nextWeight;
    }

    /** Every server fresh, in this order. */
    void start(int[] order) {
        fresh.clear();
        due.clear();
        later.clear();
        position = nextWeight;
        roundWeight = nextWeight;
        for (int i : order) {
            put(i, Place.FRESH);
        }
    }

    /** Whether every server has had its picks of this round. */
    boolean isRoundOver() {
        return fresh.isEmpty() && due.isEmpty();
    }

    /** The server the next round begins with; this round must be over, and there must be a server. */
    int firstOfNextRound() {
        return later.first();
    }

    /**
     * Takes the servers out in the order in which the next round begins with them; the round must be over.
     *
     * @return how many there are
     */
    int drainNextRound(int[] into) {
        int count = 0;
        while (!later.isEmpty()) {
            into[count++] = later.removeFirst();
        }
        return count;
    }

    /** The sum of all weights, sixteenfold. */
    long weight() {
        return nextWeight;
    }

    /**
     * The next eligible server, or {@link Picker#NONE}. Those that are due and not eligible lose their turn.
     *
     * @param candidates null where all are eligible
     */
    int pick(@Nullable Candidates candidates, @Nullable Flow flow) {
        if (roundWeight == 0) {
            roundWeight = nextWeight;
            position = nextWeight;
        }
        boolean hasSwitched = false;
        int skipped = 0;
        int picked = Picker.NONE;
        while (picked == Picker.NONE) {
            int server = head();
            if (server == Picker.NONE) {
                if (hasSwitched) {
                    break;
                }
                hasSwitched = true;
                beginRound();
                continue;
            }
            takeTurn(server);
            if (candidates == null || flow == null || candidates.isEligible(server, flow)) {
                picked = server;
            } else {
                passed[skipped++] = server;
            }
        }
        if (picked != Picker.NONE) {
            queue(picked);
        }
        while (skipped > 0) {
            int server = passed[--skipped];
            if (hasSwitched) {
                put(server, Place.FRESH);
            } else {
                queue(server);
            }
        }
        return picked;
    }

    private int head() {
        if (!due.isEmpty() && positions[due.first()] <= position) {
            return due.first();
        }
        if (!fresh.isEmpty()) {
            positions[fresh.first()] = 0;
            remainders[fresh.first()] = 0;
            return fresh.first();
        }
        return due.isEmpty() ? Picker.NONE : due.first();
    }

    private void takeTurn(int server) {
        if (places[server] == Place.FRESH) {
            fresh.removeFirst();
        } else {
            due.removeFirst();
        }
        long weight = effective(server);
        lastPositions[server] = positions[server] == 0 ? position : positions[server];
        positions[server] = lastPositions[server] + nextWeight / weight;
        remainders[server] += nextWeight % weight;
        if (remainders[server] >= weight) {
            remainders[server] -= weight;
            positions[server]++;
        }
        position++;
    }

    private void beginRound() {
        var over = fresh;
        fresh = later;
        later = over;
        for (int i = 0; i < places.length; i++) {
            if (places[i] == Place.LATER) {
                places[i] = Place.FRESH;
            }
        }
        roundWeight = nextWeight;
        position = roundWeight;
    }

    private void queue(int server) {
        if (positions[server] >= 2 * roundWeight || positions[server] >= roundWeight + nextWeight) {
            positions[server] -= roundWeight;
            put(server, Place.LATER);
        } else {
            put(server, Place.DUE);
        }
    }

    private void put(int server, Place place) {
        mark(server, place);
        heapOf(place).add(server);
    }

    private void mark(int server, Place place) {
        places[server] = place;
        keys[server] = place == Place.DUE
                ? range * positions[server] + (SCALE * (long) range + remainders[server] - effective(server)) / SCALE
                : SCALE * (long) range - effective(server);
        stamps[server] = stamp++;
    }

    private ServerHeap heapOf(Place place) {
        return switch (place) {
            case FRESH -> fresh;
            case LATER -> later;
            default -> due;
        };
    }

    private long effective(int server) {
        return (long) SCALE * weights[server];
    }

    /**
     * Puts the queue where it is in an undisturbed round after some picks.
     *
     * @param order how the round began, see {@link #start}
     * @param ranks the picks of such a round, as indices into {@code order}
     * @param picks how many of them were made
     */
    void startWithin(int[] order, int[] ranks, int picks) {
        start(order);
        fresh.clear();
        // Counts are kept in keys and first picks in positions until each server is placed.
        for (int i : order) {
            keys[i] = 0;
        }
        for (int pick = 0; pick < picks; pick++) {
            int server = order[ranks[pick]];
            if (keys[server]++ == 0) {
                positions[server] = roundWeight + pick;
            }
            stamps[server] = pick;
        }
        for (int at = 0; at < order.length; at++) {
            restore(order[at], keys[order[at]], positions[order[at]], order.length + stamps[order[at]], at);
        }
        stamp = order.length + (long) picks;
        position = roundWeight + picks;
    }

    private void restore(int server, long count, long firstPosition, long pickStamp, int freshStamp) {
        if (count == 0) {
            mark(server, Place.FRESH);
            stamps[server] = freshStamp;
        } else {
            long weight = effective(server);
            lastPositions[server] = firstPosition + (count - 1) * nextWeight / weight;
            positions[server] = firstPosition + count * nextWeight / weight;
            remainders[server] = count * nextWeight % weight;
            boolean isLater = positions[server] >= 2 * roundWeight;
            positions[server] -= isLater ? roundWeight : 0;
            mark(server, isLater ? Place.LATER : Place.DUE);
            stamps[server] = pickStamp;
        }
        heapOf(places[server]).add(server);
    }

    /** Takes over what another queue knows of each server, also of those that take no part and may come back; nobody is queued. */
    void remember(FairQueue other, int[] from) {
        for (int i = 0; i < weights.length; i++) {
            if (from[i] >= 0) {
                positions[i] = other.positions[from[i]];
                lastPositions[i] = other.lastPositions[from[i]];
                remainders[i] = other.remainders[from[i]];
            }
        }
    }

    /**
     * Goes on from another queue, whose servers are this one's under other indices and with other weights: those gone leave their place, those
     * new get one as HAProxy gives it to a server that comes up.
     *
     * @param from the other's index of each server, -1 where it has none
     */
    void goOnFrom(FairQueue other, int[] from) {
        position = other.position;
        roundWeight = other.roundWeight;
        nextWeight = 0;
        for (int i = 0; i < weights.length; i++) {
            if (from[i] >= 0 && other.places[from[i]] != Place.OUT && weights[i] > 0) {
                nextWeight += other.effective(from[i]);
            }
        }
        remember(other, from);
        for (int i = 0; i < weights.length; i++) {
            if (from[i] >= 0 && weights[i] > 0 && other.places[from[i]] != Place.OUT) {
                mark(i, other.places[from[i]]);
                stamps[i] = other.stamps[from[i]];
            }
        }
        stamp = other.stamp;
        for (int i = 0; i < weights.length; i++) {
            if (places[i] != Place.OUT && other.weights[from[i]] != weights[i]) {
                reweigh(i, other.effective(from[i]));
            }
        }
        for (int i = 0; i < weights.length; i++) {
            if (places[i] == Place.OUT && weights[i] > 0) {
                nextWeight += effective(i);
                positions[i] = position + Math.max(0, nextWeight + roundWeight - position) / effective(i);
                queueLater(i);
            }
        }
        for (int i = 0; i < weights.length; i++) {
            if (places[i] != Place.OUT) {
                heapOf(places[i]).add(i);
            }
        }
    }

    private void reweigh(int server, long before) {
        nextWeight += effective(server) - before;
        if (places[server] == Place.FRESH) {
            mark(server, Place.FRESH);
            return;
        }
        if (places[server] == Place.LATER) {
            positions[server] += roundWeight;
        }
        long step = nextWeight / effective(server);
        positions[server] = Math.min(positions[server], lastPositions[server] + step);
        remainders[server] = 0;
        if (positions[server] < position + 2) {
            positions[server] = position + step;
        }
        queueLater(server);
    }

    /** As {@link #queue}, but heaps are filled only afterwards. */
    private void queueLater(int server) {
        boolean isLater = positions[server] >= 2 * roundWeight || positions[server] >= roundWeight + nextWeight;
        positions[server] -= isLater ? roundWeight : 0;
        mark(server, isLater ? Place.LATER : Place.DUE);
    }
}
