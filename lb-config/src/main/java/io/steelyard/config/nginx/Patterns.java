package io.steelyard.config.nginx;

import io.steelyard.api.text.NamedPattern;
import io.steelyard.config.nginx.grammar.Word;
import java.util.Optional;

/** Regular expressions of nginx files. */
final class Patterns {
    private Patterns() {}

    /** The pattern; empty, and told, where it is malformed. */
    static Optional<NamedPattern> check(Findings findings, Word word, String pattern) {
        try {
            return Optional.of(NamedPattern.compile(pattern, false));
        } catch (IllegalArgumentException wrong) {
            findings.error(word.position(), "'" + pattern + "' is not a regular expression: " + wrong.getMessage());
            return Optional.empty();
        }
    }
}
