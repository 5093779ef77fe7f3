package io.steelyard.api.plugin;

import io.steelyard.api.Durations;
import io.steelyard.api.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The options of one use of a plug-in, checked against what the plug-in declared: every getter finds a value of the right form. Immutable.
 */
public final class Options {
    private final Map<String, OptionSpec> specs;
    private final Map<String, String> given;

    private Options(Map<String, OptionSpec> specs, Map<String, String> given) {
        this.specs = specs;
        this.given = given;
    }

    /**
     * Checks {@code given} against {@code declared}.
     *
     * @return every problem found, with the path {@code path + "." + option}; empty where {@link #of} will succeed
     */
    public static List<Problem> check(String path, List<OptionSpec> declared, Map<String, String> given) {
        var problems = new ArrayList<Problem>();
        var specs = index(declared);
        given.forEach((name, text) -> {
            var spec = specs.get(name);
            if (spec == null) {
                problems.add(Problem.error(path + "." + name, "unknown option '" + name + "'")
                        .expected(
                                specs.isEmpty()
                                        ? "no option"
                                        : "one of "
                                                + String.join(
                                                        ", ",
                                                        specs.keySet().stream()
                                                                .sorted()
                                                                .toList())));
            } else {
                wrongForm(spec, text)
                        .ifPresent(expected -> problems.add(
                                Problem.error(path + "." + name, "option '" + name + "' has the value '" + text + "'")
                                        .expected(expected)));
            }
        });
        return problems;
    }

    /**
     * The options of one use.
     *
     * @throws IllegalArgumentException where {@link #check} finds a problem
     */
    public static Options of(List<OptionSpec> declared, Map<String, String> given) {
        var problems = check("options", declared, given);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(problems.getFirst().text());
        }
        return new Options(index(declared), Map.copyOf(given));
    }

    /** All defaults. */
    public static Options defaults(List<OptionSpec> declared) {
        return of(declared, Map.of());
    }

    /** Whether the option was given or has a default that is not empty. */
    public boolean has(String name) {
        return !text(name).isEmpty();
    }

    public String text(String name) {
        var spec = specs.get(name);
        if (spec == null) {
            throw new IllegalArgumentException("option '" + name + "' was not declared by the plug-in");
        }
        var text = given.get(name);
        return text == null ? spec.defaultText() : text;
    }

    public boolean flag(String name) {
        return isTrue(text(name));
    }

    public long integer(String name) {
        return Long.parseLong(text(name));
    }

    public double decimal(String name) {
        return Double.parseDouble(text(name));
    }

    public Duration duration(String name) {
        return Durations.parse(text(name));
    }

    private static Map<String, OptionSpec> index(List<OptionSpec> declared) {
        var specs = new HashMap<String, OptionSpec>();
        declared.forEach(spec -> specs.put(spec.name(), spec));
        return specs;
    }

    /** What was expected instead, where {@code text} has not the form of {@code spec}. */
    private static Optional<String> wrongForm(OptionSpec spec, String text) {
        try {
            switch (spec.type()) {
                case BOOLEAN -> {
                    return isTrue(text) || isFalse(text) ? Optional.empty() : Optional.of("true or false");
                }
                case INTEGER -> Long.parseLong(text);
                case DECIMAL -> {
                    return Double.isFinite(Double.parseDouble(text)) ? Optional.empty() : Optional.of("a number");
                }
                case DURATION -> Durations.parse(text);
                case WORD -> {
                    return spec.choices().isEmpty() || spec.choices().contains(text)
                            ? Optional.empty()
                            : Optional.of("one of " + String.join(", ", spec.choices()));
                }
            }
            return Optional.empty();
        } catch (IllegalArgumentException wrong) {
            return Optional.of(
                    switch (spec.type()) {
                        case INTEGER -> "an integer";
                        case DECIMAL -> "a number";
                        default -> "a time such as 500ms, 2s or 1m30s";
                    });
        }
    }

    private static boolean isTrue(String text) {
        return text.equals("true") || text.equals("on");
    }

    private static boolean isFalse(String text) {
        return text.equals("false") || text.equals("off");
    }
}
