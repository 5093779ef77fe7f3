package io.steelyard.config.nginx.grammar;

import io.steelyard.api.Position;
import java.util.Objects;

/**
 * A name or an argument.
 *
 * @param text without quotes, escapes replaced
 * @param isQuoted whether it stood in quotes
 * @param position its first character, the opening quote for a quoted one
 * @param end the character after its last one
 */
public record Word(String text, boolean isQuoted, Position position, Position end) {
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
