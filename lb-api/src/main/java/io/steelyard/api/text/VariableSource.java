package io.steelyard.api.text;

import org.jspecify.annotations.Nullable;

/** The values of one connection's built-in variables. */
@FunctionalInterface
public interface VariableSource {
    /**
     * The value at this moment; null where the connection has none, which a log shows as {@code -} and other text leaves out. An empty text
     * is a value.
     */
    @Nullable
    String value(BuiltInVariable variable);
}
