package io.steelyard.api.pool;

import java.util.Map;
import java.util.Objects;

/**
 * A scheduler by name, with its options as text.
 *
 * @param name a {@link io.steelyard.api.schedule.SchedulerProvider}'s name, such as {@code nginx.hash}
 * @param options by name; checked against what the provider declares when the configuration is applied
 */
public record SchedulerSpec(String name, Map<String, String> options) {
    public SchedulerSpec {
        Objects.requireNonNull(name, "name");
        options = Map.copyOf(options);
    }

    public static SchedulerSpec of(String name) {
        return new SchedulerSpec(name, Map.of());
    }
}
