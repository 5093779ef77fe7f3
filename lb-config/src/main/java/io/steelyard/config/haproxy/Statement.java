package io.steelyard.config.haproxy;

import io.steelyard.api.Position;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.List;

/**
 * A line whose keyword is known.
 *
 * @param keyword what it is
 * @param prefix the {@code no} or {@code default} before it
 * @param name the keyword's first word
 * @param arguments the words after the keyword
 */
record Statement(Keyword keyword, Prefix prefix, Word name, List<Word> arguments) {
    /** What stands before a keyword. */
    enum Prefix {
        NONE,
        NO,
        DEFAULT
    }

    Statement {
        arguments = List.copyOf(arguments);
    }

    Position position() {
        return name.position();
    }

    boolean is(String keywordName) {
        return keyword.name().equals(keywordName);
    }

    Word argument(int index) {
        return arguments.get(index);
    }

    /** The arguments as text. */
    List<String> texts() {
        return arguments.stream().map(Word::text).toList();
    }
}
