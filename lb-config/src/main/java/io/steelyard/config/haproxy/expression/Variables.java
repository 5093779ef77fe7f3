package io.steelyard.config.haproxy.expression;

import io.steelyard.config.haproxy.expression.Expression.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Variables as arguments of converters: of arithmetic, of {@code concat} and of {@code strcmp}. Stateless. */
final class Variables {
    private static final Set<String> ARITHMETIC = Set.of("add", "sub", "mul", "div", "mod", "and", "or", "xor");
    private static final Pattern NAME = Pattern.compile("(proc|sess|txn|req|res|check)\\.[A-Za-z0-9_.]+");

    private Variables() {}

    /** Whether a text is the name of a variable, with the scope before it. */
    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** @throws IllegalArgumentException where something else stands in the place of a variable */
    static void check(String converter, List<String> arguments) {
        boolean isWrong = converter.equals("concat")
                && arguments.size() > 1
                && !arguments.get(1).isEmpty()
                && !isName(arguments.get(1));
        if (isWrong) {
            throw new IllegalArgumentException("'" + arguments.get(1) + "' of concat is no variable such as txn.name");
        }
    }

    /** A step's arguments with the values of variables in their places; empty where one that is needed has none. */
    static Optional<List<String>> resolved(Step step, SampleSource source) {
        var name = step.converter().name();
        var arguments = step.arguments();
        if (name.equals("concat") && arguments.size() > 1) {
            var values = new ArrayList<>(arguments);
            values.set(
                    1,
                    arguments.get(1).isEmpty()
                            ? ""
                            : source.variable(arguments.get(1)).orElse(""));
            return Optional.of(values);
        }
        boolean isAsked = ARITHMETIC.contains(name) || name.equals("strcmp");
        if (!isAsked || !isName(arguments.getFirst())) {
            return Optional.of(arguments);
        }
        var value = source.variable(arguments.getFirst());
        return ARITHMETIC.contains(name)
                ? value.flatMap(text -> new Sample.Str(text).as(Sample.Type.SINT))
                        .map(number -> List.of(number.text()))
                : value.map(List::of);
    }
}
