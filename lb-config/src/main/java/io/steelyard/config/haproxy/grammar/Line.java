package io.steelyard.config.haproxy.grammar;

import io.steelyard.api.Position;
import java.util.List;

/**
 * A line's words.
 *
 * @param words at least one
 */
public record Line(List<Word> words) {
    public Line {
        words = List.copyOf(words);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("a line has at least one word");
        }
    }

    /** Where its first word stands. */
    public Position position() {
        return words.getFirst().position();
    }

    /** The first word. */
    public String keyword() {
        return words.getFirst().text();
    }

    /** The words after the first. */
    public List<Word> arguments() {
        return words.subList(1, words.size());
    }
}
