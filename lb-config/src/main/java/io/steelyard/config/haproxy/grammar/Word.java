package io.steelyard.config.haproxy.grammar;

import io.steelyard.api.Position;
import java.util.Objects;

/**
 * A keyword or an argument.
 *
 * @param text without quotes, with escapes and variables replaced
 * @param position its first character, the opening quote for a quoted one
 * @param end the character after its last one
 */
public record Word(String text, Position position, Position end) {
    public Word {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(position, "position");
        Objects.requireNonNull(end, "end");
    }

    @Override
    public String toString() {
        return text;
    }
}
