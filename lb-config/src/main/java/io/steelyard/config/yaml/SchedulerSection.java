package io.steelyard.config.yaml;

import io.steelyard.api.pool.SchedulerSpec;
import java.util.Map;

/** {@link SchedulerSpec}. */
final class SchedulerSection extends Section<SchedulerSpec> {
    private final Key<SchedulerSpec, String> schedulerName = required(
            "name",
            Forms.parsed("scheduler name", text -> text, text -> text),
            SchedulerSpec::name,
            "A scheduler of `lb plugins`, such as `p2c` or `nginx.hash`.");
    private final Key<SchedulerSpec, Map<String, String>> options = optional(
            "options", Forms.texts(), SchedulerSpec::options, Map.of(), "The scheduler's own options by name.");

    SchedulerSection() {
        super("scheduler");
    }

    @Override
    SchedulerSpec make(Values values) {
        return new SchedulerSpec(values.get(schedulerName), values.or(options, Map.of()));
    }
}
