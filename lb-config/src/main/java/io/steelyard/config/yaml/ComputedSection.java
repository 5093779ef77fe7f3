package io.steelyard.config.yaml;

import io.steelyard.api.text.VariableDefinition;

/** {@link VariableDefinition.Computed}. */
final class ComputedSection extends Section<VariableDefinition.Computed> {
    private final Key<VariableDefinition.Computed, String> language = required(
            "language",
            Forms.text(),
            VariableDefinition.Computed::language,
            "The plug-in that knows it: `haproxy.condition` for what stands behind `if`, `haproxy.format` for a log format.");
    private final Key<VariableDefinition.Computed, String> text =
            required("text", Forms.text(), VariableDefinition.Computed::text, "In that language.");

    ComputedSection() {
        super("computed variable");
    }

    @Override
    VariableDefinition.Computed make(Values values) {
        return new VariableDefinition.Computed("", values.get(language), values.get(text));
    }
}
