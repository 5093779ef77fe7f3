package io.steelyard.api.http;

import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.text.Template;
import java.util.Objects;

/**
 * How fast requests of one key may come: a leaky bucket, as nginx's {@code limit_req}. Requests above the rate fill the bucket; those that
 * find it filled beyond {@code undelayed} wait until it has run down to there, and those that find it full are refused. Limits of one
 * zone count together.
 *
 * @param zone the name of a {@link Zone}
 * @param burst requests the bucket holds
 * @param undelayed how many of them are served at once; {@code burst} for all
 * @param isDryRun whether the others are only counted and logged
 * @param level how a refused request is logged; one that waits is logged one level lower
 * @param status of refused requests, 400 to 599
 */
public record RateLimit(
        String zone, int burst, int undelayed, boolean isDryRun, ConnectionLimit.Level level, int status) {
    public RateLimit {
        Objects.requireNonNull(zone, "zone");
        Objects.requireNonNull(level, "level");
        if (burst < 0) {
            throw new IllegalArgumentException("burst is " + burst + ", expected at least 0");
        }
        if (undelayed < 0 || undelayed > burst) {
            throw new IllegalArgumentException("undelayed is " + undelayed + ", expected 0 to the burst of " + burst);
        }
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("status is " + status + ", expected 400 to 599");
        }
    }

    /**
     * Where requests are counted by key.
     *
     * @param name unique among the rate zones of a configuration
     * @param key what is counted apart; a request whose key is empty, or longer than 65535 bytes, is not counted
     * @param capacity how many keys are remembered, at least 1; the one that was asked for least recently is forgotten for a new one
     * @param requestsPerMinute how many of a key are let through each minute, evenly spread; at least 1
     */
    public record Zone(String name, Template key, int capacity, int requestsPerMinute) {
        public Zone {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(key, "key");
            if (capacity < 1) {
                throw new IllegalArgumentException("capacity is " + capacity + ", expected at least 1");
            }
            if (requestsPerMinute < 1) {
                throw new IllegalArgumentException(
                        "requestsPerMinute is " + requestsPerMinute + ", expected at least 1");
            }
        }
    }
}
