package io.steelyard.http.h2;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The streams of a session that are not closed, by their number; and the numbers of those that we reset lately. Owned by one loop. */
final class StreamTable {
    private static final int REMEMBERED = 128;

    private @Nullable Http2Stream[] slots = new Http2Stream[8];
    private int count;
    private final int[] reset = new int[REMEMBERED];
    private int resets;

    int count() {
        return count;
    }

    @Nullable
    Http2Stream find(int id) {
        for (int at = slot(id); ; at = at + 1 & slots.length - 1) {
            var stream = slots[at];
            if (stream == null || stream.id() == id) {
                return stream;
            }
        }
    }

    void add(Http2Stream stream) {
        if (++count * 2 > slots.length) {
            var old = slots;
            slots = new Http2Stream[old.length * 2];
            for (var moved : old) {
                if (moved != null) {
                    put(moved);
                }
            }
        }
        put(stream);
    }

    private void put(Http2Stream stream) {
        int at = slot(stream.id());
        while (slots[at] != null) {
            at = at + 1 & slots.length - 1;
        }
        slots[at] = stream;
    }

    void remove(Http2Stream stream) {
        int at = slot(stream.id());
        while (slots[at] != stream) {
            if (slots[at] == null) {
                return;
            }
            at = at + 1 & slots.length - 1;
        }
        count--;
        slots[at] = null;
        // Those behind it are put anew, so that none of them stands behind a gap.
        for (int next = at + 1 & slots.length - 1; ; next = next + 1 & slots.length - 1) {
            var moved = slots[next];
            if (moved == null) {
                return;
            }
            slots[next] = null;
            put(moved);
        }
    }

    /** All of them; the list is the caller's own. */
    List<Http2Stream> all() {
        var all = new ArrayList<Http2Stream>(count);
        for (var stream : slots) {
            if (stream != null) {
                all.add(stream);
            }
        }
        return all;
    }

    /** The peer may not know yet that this stream was reset. */
    void rememberReset(int id) {
        reset[resets++ & REMEMBERED - 1] = id;
    }

    /** Whether we reset this stream lately, so that what still comes on it is no fault. */
    boolean wasReset(int id) {
        for (int known : reset) {
            if (known == id) {
                return true;
            }
        }
        return false;
    }

    private int slot(int id) {
        return (id >>> 1) & slots.length - 1;
    }
}
