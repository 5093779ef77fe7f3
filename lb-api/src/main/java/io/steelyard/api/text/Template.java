package io.steelyard.api.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Text with variables in it, such as {@code $remote_addr:$server_port} or {@code ${msec}ms}. Variable names are letters, digits and
 * underscores; case does not matter (nginx's rule). Immutable.
 *
 * @param parts literals and variables in order; no two literals follow each other, none is empty
 */
public record Template(List<Part> parts) {
    /** A piece of a template. */
    public sealed interface Part {
        /** Fixed text. */
        record Literal(String text) implements Part {}

        /** A variable by its lower-case name, without the {@code $}. */
        record Variable(String name) implements Part {
            public Variable {
                name = name.toLowerCase(Locale.ROOT);
            }
        }
    }

    public Template {
        parts = List.copyOf(parts);
    }

    /** Fixed text, with no variable whatever it contains. */
    public static Template literal(String text) {
        return new Template(text.isEmpty() ? List.of() : List.of(new Part.Literal(text)));
    }

    /**
     * Reads a template.
     *
     * @throws IllegalArgumentException for a {@code $} that no name follows, or a brace left open
     */
    public static Template parse(String text) {
        Objects.requireNonNull(text, "text");
        var parts = new ArrayList<Part>();
        var literal = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != '$') {
                literal.append(c);
                at++;
                continue;
            }
            boolean braced = at + 1 < text.length() && text.charAt(at + 1) == '{';
            int start = at + (braced ? 2 : 1);
            int end = start;
            while (end < text.length() && isNameCharacter(text.charAt(end))) {
                end++;
            }
            if (end == start) {
                throw new IllegalArgumentException(
                        "'$' at character " + (at + 1) + " of '" + text + "' has no variable name after it");
            }
            if (braced && (end == text.length() || text.charAt(end) != '}')) {
                throw new IllegalArgumentException(
                        "'${' at character " + (at + 1) + " of '" + text + "' has no closing '}'");
            }
            if (!literal.isEmpty()) {
                parts.add(new Part.Literal(literal.toString()));
                literal.setLength(0);
            }
            parts.add(new Part.Variable(text.substring(start, end)));
            at = braced ? end + 1 : end;
        }
        if (!literal.isEmpty()) {
            parts.add(new Part.Literal(literal.toString()));
        }
        return new Template(parts);
    }

    /** Whether it has no variable. */
    public boolean isLiteral() {
        return parts.stream().allMatch(Part.Literal.class::isInstance);
    }

    /** The names of its variables, in order of appearance. */
    public List<String> variables() {
        return parts.stream()
                .filter(Part.Variable.class::isInstance)
                .map(part -> ((Part.Variable) part).name())
                .toList();
    }

    /** The text {@link #parse} reads back. */
    @Override
    public String toString() {
        return parts.stream()
                .map(part -> switch (part) {
                    case Part.Literal literal -> literal.text();
                    case Part.Variable variable -> "${" + variable.name() + "}";
                })
                .collect(Collectors.joining());
    }

    private static boolean isNameCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }
}
