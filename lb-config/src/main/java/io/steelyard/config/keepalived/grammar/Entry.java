package io.steelyard.config.keepalived.grammar;

import io.steelyard.api.Position;
import java.util.List;

/**
 * A line, and the lines of its block.
 *
 * @param words the keyword and its arguments; at least one
 * @param hasBlock whether braces follow
 * @param entries what stands in the braces
 */
public record Entry(List<Word> words, boolean hasBlock, List<Entry> entries) {
    public Entry {
        words = List.copyOf(words);
        entries = List.copyOf(entries);
    }

    /** The first word. */
    public String keyword() {
        return words.getFirst().text();
    }

    /** The words after the first. */
    public List<Word> arguments() {
        return words.subList(1, words.size());
    }

    public Position position() {
        return words.getFirst().position();
    }
}
