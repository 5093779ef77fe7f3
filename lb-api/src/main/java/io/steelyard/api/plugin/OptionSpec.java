package io.steelyard.api.plugin;

import java.util.List;
import java.util.Objects;

/**
 * One option a plug-in understands. Declared options are checked before the plug-in is asked to make anything, so it never sees an unknown
 * name or a value of the wrong type.
 *
 * @param name the key, as written in configurations
 * @param type what its text must look like
 * @param defaultText the value where none is given; empty for "none"
 * @param choices the permitted words of a {@link Type#WORD}; empty for any
 * @param description one line for people
 */
public record OptionSpec(String name, Type type, String defaultText, List<String> choices, String description) {
    /** The forms an option's text can have. */
    public enum Type {
        /** {@code true} or {@code false}, also {@code on}/{@code off}. */
        BOOLEAN,
        /** A decimal integer. */
        INTEGER,
        /** A decimal number. */
        DECIMAL,
        /** A time such as {@code 500ms}, {@code 2s}, {@code 1m30s}. */
        DURATION,
        /** One of {@link #choices()}, or any text where there are none. */
        WORD
    }

    public OptionSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(defaultText, "defaultText");
        choices = List.copyOf(choices);
        Objects.requireNonNull(description, "description");
    }

    public static OptionSpec flag(String name, String description) {
        return new OptionSpec(name, Type.BOOLEAN, "false", List.of(), description);
    }

    public static OptionSpec integer(String name, long defaultValue, String description) {
        return new OptionSpec(name, Type.INTEGER, Long.toString(defaultValue), List.of(), description);
    }

    public static OptionSpec decimal(String name, double defaultValue, String description) {
        return new OptionSpec(name, Type.DECIMAL, Double.toString(defaultValue), List.of(), description);
    }

    public static OptionSpec duration(String name, String defaultText, String description) {
        return new OptionSpec(name, Type.DURATION, defaultText, List.of(), description);
    }

    /** A word out of {@code choices}; the first is the default. */
    public static OptionSpec choice(String name, List<String> choices, String description) {
        return new OptionSpec(name, Type.WORD, choices.getFirst(), choices, description);
    }

    public static OptionSpec text(String name, String defaultText, String description) {
        return new OptionSpec(name, Type.WORD, defaultText, List.of(), description);
    }
}
