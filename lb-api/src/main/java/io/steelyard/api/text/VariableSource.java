package io.steelyard.api.text;

import org.jspecify.annotations.Nullable;

/** The values of one connection's built-in variables. */
@FunctionalInterface
public interface VariableSource {
    /**
     * The value at this moment; null where the connection has none, which a log shows as {@code -} and other text leaves out. An empty text
     * is a value. Each character is one byte, U+0000 to U+00FF, so that a value may be no text at all; text beyond ASCII is given as the
     * bytes of its UTF-8 form.
     */
    @Nullable
    String value(BuiltInVariable variable);
}
