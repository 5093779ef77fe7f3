package io.steelyard.pool.variable;

import io.steelyard.api.http.HttpVariable;
import io.steelyard.api.text.BuiltInVariable;
import io.steelyard.api.text.Template;
import java.util.List;

/** A template whose names have been looked up. Immutable and safe to share; made by {@link VariableTable#compile}. */
public final class CompiledTemplate {
    private final List<Part> parts;

    CompiledTemplate(Template template) {
        parts = template.parts().stream().map(CompiledTemplate::part).toList();
    }

    List<Part> parts() {
        return parts;
    }

    /** A piece whose value is raw bytes. */
    sealed interface Part {
        record Literal(String raw) implements Part {}

        record BuiltIn(BuiltInVariable variable) implements Part {}

        record Defined(String name) implements Part {}

        /** A variable of a request; for other connections one that the configuration may define. */
        record OfRequest(String name, HttpVariable.Reference reference) implements Part {}

        /** A group of the regular expression that matched last. */
        record Group(int number) implements Part {}
    }

    private static Part part(Template.Part part) {
        return switch (part) {
            case Template.Part.Literal literal -> new Part.Literal(Raw.ofText(literal.text()));
            case Template.Part.Variable variable -> named(variable.name());
        };
    }

    private static Part named(String name) {
        if (name.length() == 1 && name.charAt(0) >= '1' && name.charAt(0) <= '9') {
            return new Part.Group(name.charAt(0) - '0');
        }
        var builtIn = BuiltInVariable.named(name);
        if (builtIn.isPresent()) {
            return new Part.BuiltIn(builtIn.get());
        }
        return HttpVariable.named(name)
                .<Part>map(reference -> new Part.OfRequest(name, reference))
                .orElseGet(() -> new Part.Defined(name));
    }
}
