package io.steelyard.config.haproxy.expression;

import java.util.ArrayList;
import java.util.List;

/** Cuts {@code name(arguments),name,…} apart. Commas, quotes and parentheses may be quoted within arguments. */
final class Calls {
    /** A name with its arguments. */
    record Call(String name, List<String> arguments) {}

    private final String text;
    private int at;

    private Calls(String text) {
        this.text = text;
    }

    /** The calls, at least one. */
    static List<Call> split(String text) {
        return new Calls(text).all();
    }

    private List<Call> all() {
        var calls = new ArrayList<Call>();
        do {
            if (!calls.isEmpty()) {
                at++;
            }
            int start = at;
            while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != '(') {
                at++;
            }
            var name = text.substring(start, at).strip();
            if (name.isEmpty()) {
                throw new IllegalArgumentException("'" + text + "' has an empty name");
            }
            calls.add(new Call(name, at < text.length() && text.charAt(at) == '(' ? arguments() : List.of()));
        } while (at < text.length() && text.charAt(at) == ',');
        if (at < text.length()) {
            throw new IllegalArgumentException("'" + text.substring(at) + "' stands behind a closing parenthesis");
        }
        return calls;
    }

    private List<String> arguments() {
        var arguments = new ArrayList<String>();
        var argument = new StringBuilder();
        at++;
        char quote = 0;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else if (c == '\\' && quote == '"' && at < text.length()) {
                    argument.append(escaped(text.charAt(at++)));
                } else {
                    argument.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '\\' && at < text.length()) {
                argument.append(escaped(text.charAt(at++)));
            } else if (c == ',') {
                arguments.add(argument.toString());
                argument.setLength(0);
            } else if (c == ')') {
                if (!arguments.isEmpty() || !argument.isEmpty()) {
                    arguments.add(argument.toString());
                }
                return arguments;
            } else {
                argument.append(c);
            }
        }
        throw new IllegalArgumentException("'" + text + "' has no closing ')'");
    }

    /** A backslash keeps what is not one of these, as regular expressions need it. */
    private static String escaped(char c) {
        return switch (c) {
            case ',', '(', ')', '"', '\'', '\\', ' ' -> String.valueOf(c);
            default -> "\\" + c;
        };
    }
}
