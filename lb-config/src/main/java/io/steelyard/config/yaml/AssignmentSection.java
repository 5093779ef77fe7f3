package io.steelyard.config.yaml;

import io.steelyard.api.text.Assignment;
import io.steelyard.api.text.Template;

/** {@link Assignment}. */
final class AssignmentSection extends Section<Assignment> {
    private final Key<Assignment, String> variable = required(
            "variable",
            Forms.parsed("variable name", text -> text, text -> text),
            Assignment::variable,
            "The name, without the `$`.");
    private final Key<Assignment, Template> value = required(
            "value", TemplateForm.template(), Assignment::value, "Worked out once, after the assignments before it.");

    AssignmentSection() {
        super("assignment");
    }

    @Override
    Assignment make(Values values) {
        return new Assignment(values.get(variable), values.get(value));
    }
}
