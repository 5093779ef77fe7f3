package io.steelyard.config.haproxy.expression;

import java.util.List;
import java.util.Optional;

/**
 * What can be told of one connection, request or response: a proxy implements it over its own state.
 *
 * @implSpec Pure as long as that state does not change. Called on the loop that owns the connection; must not block.
 */
@FunctionalInterface
public interface SampleSource {
    /**
     * The values of a fetch, such as each line of a header field; none where there is no such thing (yet).
     *
     * @param fetch one of {@link Fetches}, with its arguments
     */
    List<Sample> fetch(Fetch fetch);

    /** Whether a fetch may come to something else when more has come than there is now. */
    default boolean isPending(Fetch fetch) {
        return false;
    }

    /** The value of a variable, as a text; empty where it has none. */
    default Optional<String> variable(String name) {
        return Optional.empty();
    }

    /**
     * What a stick table knows of a key; empty where there is no such table.
     *
     * @param converter one of {@code table_*} and {@code in_table}
     * @param arguments its own; the last is the name of the table
     */
    default Optional<Sample> table(String converter, Sample sample, List<String> arguments) {
        return Optional.empty();
    }
}
