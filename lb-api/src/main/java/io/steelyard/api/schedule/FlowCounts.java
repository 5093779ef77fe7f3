package io.steelyard.api.schedule;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The flow counts of many servers side by side, so that a scheduler that compares thousands of servers reads one small array. Each server has
 * a place of its own: open flows in the upper half of a word, flows that are over but tracked in the lower.
 *
 * <p>A place is given out again once the {@link ServerLoad} it was given to can be reached no more, so servers may come and go for as long as
 * the program runs: there are never more places than servers have been in use at one time between two garbage collections. Whoever adds to a
 * place therefore keeps its ServerLoad reachable until the addition is done.
 *
 * <p>Words are changed by atomic additions of any thread that holds a lease. Readers want no order with anything else, and a value that is a
 * moment old is as good. Several servers share a cache line. That costs a pool of few servers nothing, since the flows of every loop touch
 * all of them anyway, and a pool of many has its lines elsewhere most of the time.
 */
final class FlowCounts {
    /** Servers in one table: 128 KiB of words. */
    static final int SIZE = 16_384;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    /** The tables with a place in use; guarded by the class, as all that follows. */
    private static final List<FlowCounts> TABLES = new ArrayList<>();

    /** The places whose servers have gone. */
    private static final ReferenceQueue<ServerLoad> GONE = new ReferenceQueue<>();

    private final long[] words = new long[SIZE];

    /** Who has which place; guarded by the class. */
    private final @Nullable Tenant[] tenants = new @Nullable Tenant[SIZE];

    /** The places in use; guarded by the class. */
    private final BitSet taken = new BitSet(SIZE);

    private FlowCounts() {}

    /** A server's place in a table. */
    record Place(FlowCounts table, int number) {}

    /** Tells when the server that has a place can be reached no more. */
    private static final class Tenant extends PhantomReference<ServerLoad> {
        final Place place;

        Tenant(ServerLoad load, Place place) {
            super(load, GONE);
            this.place = place;
        }
    }

    /** The lowest free place, with both counts 0; those given out one after the other lie side by side where there is room. */
    static synchronized Place next(ServerLoad load) {
        takeBack();
        var table = TABLES.stream().filter(FlowCounts::hasRoom).findFirst().orElse(null);
        if (table == null) {
            table = new FlowCounts();
            TABLES.add(table);
        }
        var place = new Place(table, table.taken.nextClearBit(0));
        table.taken.set(place.number);
        table.tenants[place.number] = new Tenant(load, place);
        return place;
    }

    private static void takeBack() {
        for (var gone = GONE.poll(); gone != null; gone = GONE.poll()) {
            var place = ((Tenant) gone).place;
            var table = place.table;
            WORD.setVolatile(table.words, place.number, 0L);
            table.tenants[place.number] = null;
            table.taken.clear(place.number);
            if (table.taken.isEmpty()) {
                TABLES.remove(table);
            }
        }
    }

    private boolean hasRoom() {
        return taken.cardinality() < SIZE;
    }

    /** How many tables there are. */
    static synchronized int tables() {
        takeBack();
        return TABLES.size();
    }

    /**
     * Both counts of a place, for one look at many places: a plain read, so that a loop over thousands of them is compiled as one over an
     * array. Not for waiting until a count changes.
     */
    long glance(int place) {
        return words[place];
    }

    /** The first place from {@code from} on, and before {@code to}, with less than {@code limit}; {@code to} where there is none. */
    int nextBelow(int from, int to, long limit) {
        var counts = words;
        for (int place = from; place < to; place++) {
            if (counts[place] < limit) {
                return place;
            }
        }
        return to;
    }

    /** The first place from {@code from} on, and before {@code to}, with {@code limit} or more; {@code to} where there is none. */
    int nextAtLeast(int from, int to, long limit) {
        var counts = words;
        for (int place = from; place < to; place++) {
            if (counts[place] >= limit) {
                return place;
            }
        }
        return to;
    }

    /** The first position from {@code from} on, and before {@code to}, at whose place is less than {@code limit}; {@code to} where there is none. */
    int nextBelow(int[] places, int from, int to, long limit) {
        var counts = words;
        for (int at = from; at < to; at++) {
            if (counts[places[at]] < limit) {
                return at;
            }
        }
        return to;
    }

    /** Both counts of a place. */
    long read(int place) {
        return (long) WORD.getOpaque(words, place);
    }

    /** Adds to both counts at once and returns what they were. The lower one must not become negative. */
    long add(int place, long delta) {
        return (long) WORD.getAndAdd(words, place, delta);
    }

    /** Changes both counts if they are still as {@code seen}. */
    boolean replace(int place, long seen, long wanted) {
        return WORD.compareAndSet(words, place, seen, wanted);
    }

    static int active(long counts) {
        return (int) (counts >> Integer.SIZE);
    }

    static int inactive(long counts) {
        return (int) counts;
    }

    /** What to {@link #add} for so many open flows. */
    static long ofActive(int flows) {
        return (long) flows << Integer.SIZE;
    }
}
