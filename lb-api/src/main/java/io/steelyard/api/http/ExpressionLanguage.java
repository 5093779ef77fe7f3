package io.steelyard.api.http;

import io.steelyard.api.plugin.Plugin;
import org.jspecify.annotations.Nullable;

/**
 * A language in which values are written that are made of a request, such as HAProxy's sample expressions. Variables are made in it ({@link
 * io.steelyard.api.text.VariableDefinition.Computed}), so that conditions, fields, hash keys and logs can all use them.
 *
 * @implSpec Stateless and safe for all threads.
 */
public interface ExpressionLanguage extends Plugin {
    /** A text, made ready. Immutable and safe for all threads. */
    @FunctionalInterface
    interface Expression {
        /**
         * The value at this moment; null for none. Each character is one byte, U+0000 to U+00FF.
         *
         * @implSpec Called on the loop that owns the request; must not block.
         */
        @Nullable
        String value(HttpFacts facts);
    }

    /**
     * Makes a text ready.
     *
     * @throws IllegalArgumentException with what is wrong with it
     */
    Expression compile(String text);
}
