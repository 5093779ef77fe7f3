package io.steelyard.config.haproxy;

import io.steelyard.config.haproxy.Statement.Prefix;
import io.steelyard.config.haproxy.grammar.Section;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@code frontend}, {@code listen} or {@code backend} with what it has from its {@code defaults}.
 *
 * @param inherited the statements of the defaults sections, the outermost first
 * @param own the statements of the section
 */
record Proxy(Place kind, Section section, List<Statement> inherited, List<Statement> own) {
    Proxy {
        inherited = List.copyOf(inherited);
        own = List.copyOf(own);
    }

    Word name() {
        return section.head().arguments().getFirst();
    }

    boolean isFrontend() {
        return kind != Place.BACKEND;
    }

    boolean isBackend() {
        return kind != Place.FRONTEND;
    }

    boolean isHttp() {
        return last("mode")
                .filter(mode -> mode.argument(0).text().equals("http"))
                .isPresent();
    }

    /** The statements that matter to it, in the order they take effect. */
    List<Statement> statements() {
        var all = new ArrayList<Statement>();
        for (var statement : inherited) {
            if (statement.keyword().places().contains(kind)) {
                all.add(statement);
            }
        }
        all.addAll(own);
        return all;
    }

    /** The statement of these names that takes effect: the last one; empty where that is negated. */
    Optional<Statement> last(String... names) {
        Optional<Statement> last = Optional.empty();
        for (var statement : statements()) {
            for (var name : names) {
                if (statement.is(name)) {
                    last = Optional.of(statement);
                }
            }
        }
        return last.filter(statement -> statement.prefix() == Prefix.NONE);
    }

    /** Every statement of this name, in order. */
    List<Statement> all(String name) {
        return statements().stream().filter(statement -> statement.is(name)).toList();
    }

    boolean has(String... names) {
        return last(names).isPresent();
    }

    /** Whether it is disabled as a whole. */
    boolean isDisabled() {
        return last("disabled", "enabled")
                .filter(statement -> statement.is("disabled"))
                .isPresent();
    }

    /** Such as {@code listen 'web'}. */
    @Override
    public String toString() {
        return kind.section() + " '" + name() + "'";
    }
}
