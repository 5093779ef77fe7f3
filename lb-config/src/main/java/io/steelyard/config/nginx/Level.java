package io.steelyard.config.nginx;

import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The honoured directives of one block, each with a known name, allowed there and with the right number of arguments. Immutable. */
final class Level {
    static final Level EMPTY = new Level(List.of());

    private final List<Directive> directives;
    private final Map<String, List<Directive>> byName = new HashMap<>();

    /** @param directives in file order */
    Level(List<Directive> directives) {
        this.directives = List.copyOf(directives);
        for (var directive : directives) {
            byName.computeIfAbsent(directive.keyword(), name -> new ArrayList<>(1))
                    .add(directive);
        }
    }

    /** In file order. */
    List<Directive> directives() {
        return directives;
    }

    List<Directive> all(String name) {
        return byName.getOrDefault(name, List.of());
    }

    /** Those of any of these names, in file order. */
    List<Directive> all(String... names) {
        if (names.length == 1) {
            return all(names[0]);
        }
        var wanted = List.of(names);
        return directives.stream()
                .filter(directive -> wanted.contains(directive.keyword()))
                .toList();
    }

    Optional<Directive> first(String name) {
        return all(name).stream().findFirst();
    }

    /** The only argument of a directive. */
    Optional<Word> value(String name) {
        return first(name).map(directive -> directive.argument(0));
    }

    boolean has(String... names) {
        for (var name : names) {
            if (byName.containsKey(name)) {
                return true;
            }
        }
        return false;
    }
}
