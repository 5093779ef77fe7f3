package io.steelyard.api.text;

import java.util.Locale;
import java.util.Objects;

/**
 * Gives a variable a value when a connection is accepted (nginx {@code set}).
 *
 * @param variable the lower-case name, without the {@code $}
 * @param value worked out once, after the assignments before it
 */
public record Assignment(String variable, Template value) {
    public Assignment {
        variable = variable.toLowerCase(Locale.ROOT);
        Objects.requireNonNull(value, "value");
    }
}
