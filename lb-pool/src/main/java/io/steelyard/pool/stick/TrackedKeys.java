package io.steelyard.pool.stick;

import io.steelyard.api.affinity.CountedKey;
import io.steelyard.api.affinity.CountedKeys;
import io.steelyard.api.affinity.Counting;
import io.steelyard.api.affinity.StickCount;
import io.steelyard.api.affinity.Tracking;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one connection, or one request, tracks in each slot, and what is counted of it (HAProxy's {@code track-sc}). A request has what its
 * connection tracks too; that of its own slots is released with it. Owned by the connection's loop.
 */
public final class TrackedKeys {
    private static final int SERVER_ERRORS = 500;
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");

    private final @Nullable TrackedKeys outer;
    private final @Nullable CountedKey[] keys = new CountedKey[Tracking.SLOTS];
    private final @Nullable CountedKeys[] tables = new CountedKeys[Tracking.SLOTS];
    private boolean isOver;

    private TrackedKeys(@Nullable TrackedKeys outer) {
        this.outer = outer;
    }

    public static TrackedKeys ofConnection() {
        return new TrackedKeys(null);
    }

    /** @param connection null where it tracks nothing */
    public static TrackedKeys ofRequest(@Nullable TrackedKeys connection) {
        return new TrackedKeys(connection);
    }

    /** What is tracked in a slot, here or by the connection; null for nothing. */
    public @Nullable CountedKey get(int slot) {
        var own = slot < keys.length ? keys[slot] : null;
        return own != null || outer == null ? own : outer.get(slot);
    }

    /**
     * Tracks a key, unless the slot has one already or the table has no room.
     *
     * @return whether it is tracked from now on
     */
    public boolean track(int slot, CountedKeys table, String key) {
        if (isOver || get(slot) != null) {
            return false;
        }
        var tracked = table.track(key);
        if (tracked == null) {
            return false;
        }
        keys[slot] = tracked;
        tables[slot] = table;
        count(tracked, StickCount.CONN_CNT, StickCount.CONN_RATE, 1);
        tracked.add(StickCount.CONN_CUR, 1);
        return true;
    }

    /** The connection counts as a session. */
    public void countSession() {
        for (int slot = 0; slot < Tracking.SLOTS; slot++) {
            count(keys[slot], StickCount.SESS_CNT, StickCount.SESS_RATE, 1);
        }
    }

    /** A request began, under all that is tracked now. */
    public void countRequest() {
        for (int slot = 0; slot < Tracking.SLOTS; slot++) {
            countRequest(slot);
        }
    }

    /** A request began, under what a slot tracks. */
    public void countRequest(int slot) {
        count(get(slot), StickCount.HTTP_REQ_CNT, StickCount.HTTP_REQ_RATE, 1);
    }

    /** The client's fault. */
    public void countError() {
        for (int slot = 0; slot < Tracking.SLOTS; slot++) {
            count(get(slot), StickCount.HTTP_ERR_CNT, StickCount.HTTP_ERR_RATE, 1);
        }
    }

    /** A server answered: its status may be the client's fault, or its own. */
    public void countAnswer(int status) {
        if (status >= 400 && status < SERVER_ERRORS) {
            countError();
        } else if (status >= SERVER_ERRORS && status < 600 && status != 501 && status != 505) {
            for (int slot = 0; slot < Tracking.SLOTS; slot++) {
                count(get(slot), StickCount.HTTP_FAIL_CNT, StickCount.HTTP_FAIL_RATE, 1);
            }
        }
    }

    /** Bytes from and to the client. */
    public void countBytes(long in, long out) {
        for (int slot = 0; slot < Tracking.SLOTS; slot++) {
            count(get(slot), StickCount.BYTES_IN_CNT, StickCount.BYTES_IN_RATE, in);
            count(get(slot), StickCount.BYTES_OUT_CNT, StickCount.BYTES_OUT_RATE, out);
        }
    }

    /** Changes a counter as a rule says. @param value text that is no number is 0 */
    public void count(Counting counting, String value) {
        var number = value.strip();
        boolean isNumber = NUMBER.matcher(number).matches();
        count(counting, isNumber ? Long.parseLong(number) : 0);
    }

    private void count(Counting counting, long value) {
        var tracked = get(counting.slot());
        if (tracked == null) {
            return;
        }
        var count = counting.count();
        if (counting.sets()) {
            tracked.set(count, counting.index(), value);
            return;
        }
        tracked.add(count, counting.index(), value);
        switch (count) {
            case GPC0 -> tracked.add(StickCount.GPC0_RATE, value);
            case GPC1 -> tracked.add(StickCount.GPC1_RATE, value);
            case GPC -> tracked.add(StickCount.GPC_RATE, counting.index(), value);
            default -> {}
        }
    }

    /** It is over: what it tracks itself is released. Calls after the first do nothing. */
    public void end() {
        if (isOver) {
            return;
        }
        isOver = true;
        for (int slot = 0; slot < Tracking.SLOTS; slot++) {
            var tracked = keys[slot];
            var table = tables[slot];
            if (tracked != null && table != null) {
                // Set by a command in between, it may be less than what there is; HAProxy lets it be 0 then.
                if (tracked.value(StickCount.CONN_CUR) > 0) {
                    tracked.add(StickCount.CONN_CUR, -1);
                }
                table.release(tracked);
            }
        }
    }

    private static void count(@Nullable CountedKey tracked, StickCount sum, StickCount rate, long amount) {
        if (tracked != null) {
            tracked.add(sum, amount);
            tracked.add(rate, amount);
        }
    }
}
