package io.steelyard.config.keepalived.grammar;

import io.steelyard.api.Position;

/**
 * One word of a line.
 *
 * @param text without its quotes
 * @param position of its first character
 * @param isQuoted whether it stood in quotes
 */
public record Word(String text, Position position, boolean isQuoted) {
    boolean isBrace(String brace) {
        return !isQuoted && text.equals(brace);
    }

    @Override
    public String toString() {
        return text;
    }
}
