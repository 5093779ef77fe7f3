package io.steelyard.config.nginx;

import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.List;
import java.util.Optional;

/**
 * The honoured directives of one block, each with a known name, allowed there and with the right number of arguments.
 *
 * @param directives in file order
 */
record Level(List<Directive> directives) {
    static final Level EMPTY = new Level(List.of());

    Level {
        directives = List.copyOf(directives);
    }

    List<Directive> all(String name) {
        return directives.stream()
                .filter(directive -> directive.keyword().equals(name))
                .toList();
    }

    /** Those of any of these names, in file order. */
    List<Directive> all(String... names) {
        var wanted = List.of(names);
        return directives.stream()
                .filter(directive -> wanted.contains(directive.keyword()))
                .toList();
    }

    Optional<Directive> first(String name) {
        return directives.stream()
                .filter(directive -> directive.keyword().equals(name))
                .findFirst();
    }

    /** The only argument of a directive. */
    Optional<Word> value(String name) {
        return first(name).map(directive -> directive.argument(0));
    }

    boolean has(String... names) {
        var wanted = List.of(names);
        return directives.stream().anyMatch(directive -> wanted.contains(directive.keyword()));
    }
}
