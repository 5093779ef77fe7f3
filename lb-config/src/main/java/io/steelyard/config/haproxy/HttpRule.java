package io.steelyard.config.haproxy;

import io.steelyard.config.haproxy.expression.Condition;
import io.steelyard.config.haproxy.expression.LogFormat;
import java.util.List;

/**
 * A rule of {@code http-request}, {@code http-response} or {@code http-after-response}. Immutable.
 *
 * @param action what is done
 * @param condition when
 */
record HttpRule(Action action, Condition condition) {
    /** What a rule does. */
    sealed interface Action {
        /** Ends the rules of its kind. */
        record Allow() implements Action {}

        /** Answers with an error. */
        record Deny(int status) implements Action {}

        /** Answers with a text. */
        record Return(int status, String contentType, LogFormat content) implements Action {}

        /**
         * Answers with another place.
         *
         * @param kind location, prefix or scheme
         */
        record Redirect(String kind, LogFormat target, int code) implements Action {}

        /**
         * Changes a header field.
         *
         * @param change add-header, set-header, del-header, replace-header or replace-value
         * @param pattern what is replaced; empty for all
         */
        record Header(String change, String name, String pattern, LogFormat value) implements Action {}

        /**
         * Changes the request line or the status.
         *
         * @param part such as set-path or replace-uri
         * @param pattern what is replaced; empty for all
         */
        record Line(String part, String pattern, LogFormat value) implements Action {}

        /** Gives a variable a value. */
        record Variable(String name, String expression) implements Action {}

        /** Any other, as written. */
        record Other(String name, List<String> arguments) implements Action {}
    }
}
