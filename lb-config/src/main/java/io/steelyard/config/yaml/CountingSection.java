package io.steelyard.config.yaml;

import io.steelyard.api.affinity.Counting;
import io.steelyard.api.affinity.StickCount;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.text.Template;

/** {@link Counting}. */
final class CountingSection extends Section<Counting> {
    private static final Template ONE = Template.literal("1");

    private final Key<Counting, Integer> slot =
            optional("slot", Forms.whole(0, Tracking.SLOTS - 1), Counting::slot, 0, "The slot of what is tracked.");
    private final Key<Counting, StickCount> count =
            required("count", Forms.word(StickCount.class), Counting::count, "The counter.");
    private final Key<Counting, Integer> index = optional(
            "index",
            Forms.whole(0, StickTable.MOST_OF_ARRAY - 1),
            Counting::index,
            0,
            "Which of `gpt`, `gpc` or `gpcRate`; 0 of all others.");
    private final Key<Counting, Boolean> sets = optional(
            "sets",
            Forms.flag(),
            Counting::sets,
            false,
            "Whether the value replaces what was counted; else it is added.");
    private final Key<Counting, Template> value =
            optional("value", TemplateForm.template(), Counting::value, ONE, "A whole number; text that is none is 0.");

    CountingSection() {
        super("counting");
    }

    @Override
    Counting make(Values values) {
        return new Counting(
                values.or(slot, 0),
                values.get(count),
                values.or(index, 0),
                values.or(sets, false),
                values.or(value, ONE));
    }
}
