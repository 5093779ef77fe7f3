package io.steelyard.http.proxy;

import io.steelyard.api.pool.ServerAddress;
import org.jspecify.annotations.Nullable;

/**
 * One server tried, as logs tell it. Times are -1 where it did not come so far.
 *
 * @param server null where none of the pool could be tried
 * @param pool told in the server's place; empty where there is one
 * @param status of its answer; 502 or 504 where there was none, 0 where it was not waited for
 */
record ServerTry(
        @Nullable ServerAddress server,
        String pool,
        int status,
        long queueMs,
        long connectMs,
        long headerMs,
        long responseMs,
        long bytesSent,
        long bytesReceived,
        long bodyBytes) {
    /** No server of the pool could be tried. */
    static ServerTry none(String pool, int status, long queueMs) {
        return new ServerTry(null, pool, status, queueMs, -1, -1, 0, 0, 0, 0);
    }

    /** Made only where somebody asks for it, which most requests' logs do not. */
    String address() {
        return server == null ? pool : server.text();
    }
}
