package io.steelyard.config.yaml;

import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.text.Template;

/** {@link Tracking}. */
final class TrackingSection extends Section<Tracking> {
    private final Key<Tracking, Integer> slot = optional(
            "slot",
            Forms.whole(0, Tracking.SLOTS - 1),
            Tracking::slot,
            0,
            "Where it is kept; of one slot the first tracking holds.");
    private final Key<Tracking, String> table = required(
            "table", Forms.parsed("stick table name", text -> text, text -> text), Tracking::table, "The stick table.");
    private final Key<Tracking, Template> key = required(
            "key",
            TemplateForm.template(),
            Tracking::key,
            "What it is counted under, such as `$remote_addr`; nothing is tracked where it is empty.");

    TrackingSection() {
        super("tracking");
    }

    @Override
    Tracking make(Values values) {
        return new Tracking(values.or(slot, 0), values.get(table), values.get(key));
    }
}
