package io.steelyard.config.nginx;

import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A block of {@code http} and those around it. A value comes from the nearest block that gives it; a list, such as all
 * {@code proxy_set_header}, as a whole from the nearest block that has one of it (nginx's rule).
 *
 * @param context what block it is
 * @param level its directives
 * @param outer the block around it; absent for {@code http} itself
 */
record HttpScope(Context context, Level level, Optional<HttpScope> outer) {
    /** A block within this one. */
    HttpScope inner(Context innerContext, Level innerLevel) {
        return new HttpScope(innerContext, innerLevel, Optional.of(this));
    }

    /** The nearest directive of a name. */
    Optional<Directive> nearest(String name) {
        return level.first(name).or(() -> outer.flatMap(around -> around.nearest(name)));
    }

    /** The only argument of the nearest directive. */
    Optional<Word> nearestWord(String name) {
        return nearest(name).map(directive -> directive.argument(0));
    }

    /** What the nearest directive's only argument means; empty where it cannot be read, which was told. */
    <T> Optional<T> nearest(String name, Function<String, T> read) {
        try {
            return nearestWord(name).map(Word::text).map(read);
        } catch (IllegalArgumentException told) {
            return Optional.empty();
        }
    }

    /** All directives of these names of the nearest block that has any of them, in file order. */
    List<Directive> nearestAll(String... names) {
        return nearestLevel(names).map(near -> near.all(names)).orElse(List.of());
    }

    private Optional<Level> nearestLevel(String... names) {
        return level.has(names) ? Optional.of(level) : outer.flatMap(around -> around.nearestLevel(names));
    }

    /** The directives of the nearest block that has any of these names. */
    Level nearestBlock(String... names) {
        return nearestLevel(names).orElse(Level.EMPTY);
    }
}
