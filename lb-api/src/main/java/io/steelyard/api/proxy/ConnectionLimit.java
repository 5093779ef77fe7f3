package io.steelyard.api.proxy;

import io.steelyard.api.text.Template;
import java.util.Objects;

/**
 * How many connections or UDP sessions of one key a virtual server has at once; one more is closed at once (status 503), before a server is
 * picked. Limits of one zone count together, over all virtual servers that name it.
 *
 * @param zone the name of a {@link Zone}
 * @param most 1 to 65535
 * @param isDryRun whether one more is only counted and logged
 * @param level how one more is logged
 */
public record ConnectionLimit(String zone, int most, boolean isDryRun, Level level) {
    /** How bad a refused connection is. */
    public enum Level {
        INFO,
        NOTICE,
        WARN,
        ERROR
    }

    public ConnectionLimit {
        Objects.requireNonNull(zone, "zone");
        Objects.requireNonNull(level, "level");
        if (most < 1 || most > 65_535) {
            throw new IllegalArgumentException("limit is " + most + ", expected 1 to 65535");
        }
    }

    /**
     * Where connections are counted by key.
     *
     * @param name unique within a configuration
     * @param key what is counted apart; a connection whose key is empty, or longer than 255 bytes, is not counted
     * @param capacity how many keys have connections at once, at least 1; a connection of one more key is closed (status 503)
     */
    public record Zone(String name, Template key, int capacity) {
        public Zone {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(key, "key");
            if (capacity < 1) {
                throw new IllegalArgumentException("capacity is " + capacity + ", expected at least 1");
            }
        }
    }
}
