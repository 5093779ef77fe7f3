package io.steelyard.config.haproxy.expression;

import java.util.List;

/**
 * A fetch method in use.
 *
 * @param method what it takes
 * @param arguments those in parentheses, as many as the method has
 */
public record Fetch(FetchMethod method, List<String> arguments) {
    public Fetch {
        arguments = List.copyOf(arguments);
    }

    /** The argument; empty where there are fewer. */
    public String argument(int index) {
        return index < arguments.size() ? arguments.get(index) : "";
    }

    @Override
    public String toString() {
        return method.name() + (arguments.isEmpty() ? "" : "(" + String.join(",", arguments) + ")");
    }
}
