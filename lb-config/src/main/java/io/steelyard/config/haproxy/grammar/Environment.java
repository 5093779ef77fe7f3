package io.steelyard.config.haproxy.grammar;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The environment variables a file sees. {@code setenv} and its like in {@code global} change it for the lines that follow, and for nothing
 * outside the file. One thread.
 */
final class Environment {
    private final Map<String, String> values;

    Environment(Map<String, String> values) {
        this.values = new TreeMap<>(values);
    }

    Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** Carries out {@code setenv}, {@code presetenv}, {@code unsetenv} or {@code resetenv}; does nothing for any other line. */
    void carryOut(Line line) {
        var arguments = line.arguments().stream().map(Word::text).toList();
        switch (line.keyword()) {
            case "setenv" -> {
                if (arguments.size() == 2) {
                    values.put(arguments.get(0), arguments.get(1));
                }
            }
            case "presetenv" -> {
                if (arguments.size() == 2) {
                    values.putIfAbsent(arguments.get(0), arguments.get(1));
                }
            }
            case "unsetenv" -> arguments.forEach(values::remove);
            case "resetenv" -> keepOnly(arguments);
            default -> {}
        }
    }

    private void keepOnly(List<String> names) {
        values.keySet().retainAll(names);
    }
}
