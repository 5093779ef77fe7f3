package io.steelyard.api.http;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is done with a request before its content is worked out.
 *
 * @param condition when; always where it is absent
 * @param actions in order, until one of them ends the rules
 */
public record HttpRule(Optional<Condition> condition, List<HttpAction> actions) {
    public HttpRule {
        Objects.requireNonNull(condition, "condition");
        actions = List.copyOf(actions);
    }

    public static HttpRule always(HttpAction action) {
        return new HttpRule(Optional.empty(), List.of(action));
    }

    public static HttpRule when(Condition condition, HttpAction... actions) {
        return new HttpRule(Optional.of(condition), List.of(actions));
    }
}
