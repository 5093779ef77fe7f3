package io.steelyard.pool.limit;

import io.steelyard.api.http.RateLimit;
import io.steelyard.pool.limit.LeakyBuckets.Answer;
import io.steelyard.pool.limit.LeakyBuckets.Bucket;
import io.steelyard.pool.limit.RateVerdict.Outcome;
import io.steelyard.pool.variable.CompiledTemplate;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.pool.variable.VariableTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rate limits of a configuration, by nginx's rule ({@code ngx_http_limit_req_module.c}): each limit is asked in order, and the first
 * whose bucket is full ends it without the request counting anywhere. Where all let it in it counts in each, and the longest delay holds.
 *
 * <p>Safe for all threads. A zone of many keys is divided into parts with a lock each ({@link LeakyBuckets}); then the key asked for least
 * recently is found among those of its part.
 */
public final class RateZones {
    /** A longer key is not counted (nginx). */
    private static final int MAX_KEY_BYTES = 65_535;

    private static final int MOST_PARTS = 16;
    private static final int LEAST_KEYS_OF_A_PART = 4_096;
    private static final RateLimit[] NO_LIMITS = {};

    private record Zone(RateLimit.Zone specification, CompiledTemplate key, LeakyBuckets[] parts) {
        static Zone of(RateLimit.Zone specification, VariableTable variables) {
            int most = Math.clamp(specification.capacity() / LEAST_KEYS_OF_A_PART, 1, MOST_PARTS);
            var parts = new LeakyBuckets[Integer.highestOneBit(most)];
            for (int i = 0; i < parts.length; i++) {
                int capacity =
                        specification.capacity() / parts.length + (i < specification.capacity() % parts.length ? 1 : 0);
                parts[i] = new LeakyBuckets(capacity, specification.requestsPerMinute() * 1_000L / 60);
            }
            return new Zone(specification, variables.compile(specification.key()), parts);
        }

        LeakyBuckets part(String key) {
            int hash = key.hashCode();
            return parts[(hash ^ hash >>> 16) & parts.length - 1];
        }
    }

    private final Map<String, Zone> zones = new HashMap<>();

    private RateZones() {}

    /** Zones with empty buckets. */
    public static RateZones of(List<RateLimit.Zone> specifications, VariableTable variables) {
        return new RateZones().successor(specifications, variables);
    }

    /** The zones of a changed configuration; those with the same name, key, capacity and rate keep their buckets. */
    public RateZones successor(List<RateLimit.Zone> specifications, VariableTable variables) {
        var next = new RateZones();
        for (var specification : specifications) {
            var old = zones.get(specification.name());
            next.zones.put(
                    specification.name(),
                    old != null && old.specification().equals(specification)
                            ? new Zone(specification, variables.compile(specification.key()), old.parts())
                            : Zone.of(specification, variables));
        }
        return next;
    }

    /**
     * Asks all limits for one request.
     *
     * @param nowMs the time in milliseconds, by one clock for all callers
     * @throws IllegalArgumentException where a limit names an unknown zone
     */
    public RateVerdict ask(List<RateLimit> limits, Evaluation evaluation, long nowMs) {
        if (limits.isEmpty()) {
            return RateVerdict.NOT_COUNTED;
        }
        return new Request(limits, nowMs).ask(evaluation);
    }

    /** One request among the limits of its route. */
    private final class Request {
        private final RateLimit[] limits;
        private final long nowMs;
        private final LeakyBuckets[] parts;
        private final @Nullable Bucket[] held;
        private final Answer answer = new Answer();
        private boolean isCounted;

        Request(List<RateLimit> asked, long nowMs) {
            this.nowMs = nowMs;
            limits = asked.toArray(NO_LIMITS);
            parts = new LeakyBuckets[limits.length];
            held = new Bucket[limits.length];
        }

        RateVerdict ask(Evaluation evaluation) {
            int last = limits.length - 1;
            for (int i = 0; i <= last; i++) {
                var limit = limits[i];
                var zone = zones.get(limit.zone());
                if (zone == null) {
                    release();
                    throw new IllegalArgumentException("unknown rate zone '" + limit.zone() + "'");
                }
                var key = evaluation.raw(zone.key());
                if (key.isEmpty() || key.length() > MAX_KEY_BYTES) {
                    continue;
                }
                isCounted = true;
                parts[i] = zone.part(key);
                parts[i].ask(key, limit.burst() * LeakyBuckets.REQUEST, i == last, nowMs, answer);
                if (answer.excess < 0) {
                    release();
                    return new RateVerdict(Outcome.REJECTED, limit, answer.found, 0);
                }
                held[i] = answer.bucket;
                if (i == last) {
                    return pour(limit, parts[i], answer.excess);
                }
            }
            return isCounted ? pour(null, null, 0) : RateVerdict.NOT_COUNTED;
        }

        /** The request counts in all buckets that are held; in that of the last limit it does already. */
        private RateVerdict pour(@Nullable RateLimit last, @Nullable LeakyBuckets lastPart, long lastExcess) {
            var slowest = last;
            long excess = lastExcess;
            long delayMs = last == null || lastPart == null ? 0 : delayMs(last, lastPart, lastExcess);
            for (int i = limits.length - 1; i >= 0; i--) {
                var bucket = held[i];
                if (bucket == null) {
                    continue;
                }
                long found = parts[i].pour(bucket, nowMs);
                long delay = delayMs(limits[i], parts[i], found);
                if (delay > delayMs) {
                    slowest = limits[i];
                    excess = found;
                    delayMs = delay;
                }
            }
            return delayMs == 0 ? RateVerdict.PASSED : new RateVerdict(Outcome.DELAYED, slowest, excess, delayMs);
        }

        private void release() {
            for (int i = 0; i < limits.length; i++) {
                var bucket = held[i];
                if (bucket != null) {
                    parts[i].release(bucket);
                }
            }
        }
    }

    private static long delayMs(RateLimit limit, LeakyBuckets part, long excess) {
        long above = excess - limit.undelayed() * LeakyBuckets.REQUEST;
        return above > 0 ? part.delayMs(above) : 0;
    }
}
