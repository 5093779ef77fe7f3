package io.steelyard.api.proxy;

import io.steelyard.api.text.Template;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A file that gets a line when a connection or UDP session has ended.
 *
 * @param file relative to the working directory unless absolute; one that several virtual servers name is written by all of them
 * @param format the line, without its end
 * @param escape how values are written
 * @param condition the line is left out where this text is then empty or {@code 0}
 * @param bufferBytes how much may be held back before it is written; 0 for none
 * @param flush how long it may be held back; zero for as long as the buffer has room
 */
public record AccessLog(
        Path file, Template format, Escape escape, Optional<Template> condition, int bufferBytes, Duration flush) {
    /** How the values of variables are written; the text around them is written as it is. */
    public enum Escape {
        /** {@code "}, {@code \}, control and non-ASCII bytes as {@code \xHH}; a variable without a value as {@code -}. */
        DEFAULT,
        /** As within a JSON string; a variable without a value as nothing. */
        JSON,
        /** As they are; a variable without a value as nothing. */
        NONE
    }

    public AccessLog {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(escape, "escape");
        Objects.requireNonNull(condition, "condition");
        if (bufferBytes < 0 || flush.isNegative()) {
            throw new IllegalArgumentException("bufferBytes or flush is negative");
        }
    }
}
