package io.steelyard.config.nginx;

import io.steelyard.api.http.FieldChange;
import io.steelyard.config.nginx.grammar.Directive;
import java.util.Optional;

/** Changes of header fields that directives ask for with a name and a value. */
final class FieldChanges {
    private FieldChanges() {}

    /** The change; empty, and told, where the name or the value is wrong. */
    static Optional<FieldChange> change(
            Findings findings, VariableScope variables, Directive directive, FieldChange.Kind kind, boolean always) {
        return variables.template(directive.argument(1)).flatMap(value -> {
            try {
                return Optional.of(new FieldChange(kind, directive.argument(0).text(), value, always));
            } catch (IllegalArgumentException wrong) {
                findings.badArgument(directive, directive.argument(0), "the name of a header field");
                return Optional.empty();
            }
        });
    }
}
