package io.steelyard.config.nginx.grammar;

import io.steelyard.api.Position;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A name, its arguments, and what its braces hold.
 *
 * @param name the first word
 * @param arguments the other words
 * @param block what the braces hold; absent for a directive that ends with {@code ;}
 */
public record Directive(Word name, List<Word> arguments, Optional<List<Directive>> block) {
    public Directive {
        Objects.requireNonNull(name, "name");
        arguments = List.copyOf(arguments);
        block = block.map(List::copyOf);
    }

    public Position position() {
        return name.position();
    }

    /** The name as text. */
    public String keyword() {
        return name.text();
    }

    /** What the braces hold; empty where there are none. */
    public List<Directive> children() {
        return block.orElse(List.of());
    }

    public Word argument(int index) {
        return arguments.get(index);
    }

    /** The last word: of the arguments, or the name where there are none. */
    public Word lastWord() {
        return arguments.isEmpty() ? name : arguments.getLast();
    }
}
