package io.steelyard.http.proxy;

import io.steelyard.api.schedule.Balancer;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether pools can serve, for programs that ask this balancer how it is.
 *
 * @param isWell whether every pool has a server that can serve
 * @param text a line for each pool
 */
record PoolHealth(boolean isWell, String text) {
    static PoolHealth of(Map<String, Balancer> pools) {
        boolean isWell = true;
        var text = new StringBuilder();
        for (var pool : new TreeMap<>(pools).entrySet()) {
            boolean serves = pool.getValue().isServing();
            isWell &= serves;
            text.append(pool.getKey()).append(serves ? ": up\n" : ": DOWN\n");
        }
        return new PoolHealth(isWell, text.toString());
    }
}
