package io.steelyard.config.yaml;

import io.steelyard.api.http.FieldChange;
import io.steelyard.api.text.Template;

/** {@link FieldChange}. */
final class FieldChangeSection extends Section<FieldChange> {
    private static final Template NOTHING = Template.literal("");

    private final Key<FieldChange, FieldChange.Kind> kind = optional(
            "kind",
            Forms.word(FieldChange.Kind.class),
            FieldChange::kind,
            FieldChange.Kind.SET,
            "`set` leaves one field of the name, `add` adds one more, `remove` leaves none.");
    private final Key<FieldChange, String> field =
            required("field", Forms.text(), FieldChange::name, "The field's name, whatever the case.");
    private final Key<FieldChange, Template> value = optional(
            "value", TemplateForm.template(), FieldChange::value, NOTHING, "A field whose value is empty is left out.");
    private final Key<FieldChange, Boolean> always = optional(
            "always",
            Forms.flag(),
            FieldChange::always,
            true,
            "For answers: whether it holds for every status, and not only for 200, 201, 204, 206, 301, 302, 303, 304, 307 and 308.");

    FieldChangeSection() {
        super("field change");
    }

    @Override
    FieldChange make(Values values) {
        return new FieldChange(
                values.or(kind, FieldChange.Kind.SET),
                values.get(field),
                values.or(value, NOTHING),
                values.or(always, true));
    }
}
