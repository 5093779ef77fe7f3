package io.steelyard.http.proxy;

import io.steelyard.api.affinity.CountedKey;
import io.steelyard.api.affinity.Counting;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.pool.stick.StickTables;
import io.steelyard.pool.stick.TrackedKeys;
import org.jspecify.annotations.Nullable;

/** What one request and its connection track, and what is counted of the request. Owned by the exchange's loop. */
final class RequestTracking {
    private final StickTables tables;
    private final @Nullable TrackedKeys connection;

    /** Made by the first rule that tracks, for most requests need none. */
    private @Nullable TrackedKeys own;

    /** @param connection what the connection tracks; null for nothing */
    RequestTracking(StickTables tables, @Nullable TrackedKeys connection) {
        this.tables = tables;
        this.connection = connection;
        if (connection != null) {
            connection.countRequest();
        }
    }

    StickTables tables() {
        return tables;
    }

    private @Nullable TrackedKeys all() {
        return own == null ? connection : own;
    }

    @Nullable
    CountedKey tracked(int slot) {
        var here = all();
        return here == null ? null : here.get(slot);
    }

    void track(Tracking tracking, String key) {
        var table = tables.counted(tracking.table());
        if (table == null) {
            return;
        }
        var here = own;
        if (here == null) {
            here = TrackedKeys.ofRequest(connection);
            own = here;
        }
        if (here.track(tracking.slot(), table, key)) {
            here.countRequest(tracking.slot());
        }
    }

    void count(Counting counting, String value) {
        var here = all();
        if (here != null) {
            here.count(counting, value);
        }
    }

    /** The request was malformed or denied. */
    void refused() {
        var here = all();
        if (here != null) {
            here.countError();
        }
    }

    /** A server answered. */
    void answered(int status) {
        var here = all();
        if (here != null) {
            here.countAnswer(status);
        }
    }

    void end(long bytesIn, long bytesOut) {
        var here = all();
        if (here != null) {
            here.countBytes(bytesIn, bytesOut);
        }
        if (own != null) {
            own.end();
        }
    }
}
