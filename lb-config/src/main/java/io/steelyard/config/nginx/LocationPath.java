package io.steelyard.config.nginx;

import io.steelyard.api.http.PathMatch;
import io.steelyard.config.nginx.grammar.Directive;
import java.util.Optional;

/**
 * What a {@code location} is for.
 *
 * @param text the path, expression or name; empty for none
 */
record LocationPath(PathMatch match, String text) {
    /** Of a whole server, and of what stands around it. */
    static final LocationPath SERVER = new LocationPath(new PathMatch.Prefix("/", false), "/");

    /** Reads the head of a location; empty, and told, where it is wrong. */
    static Optional<LocationPath> read(Findings findings, VariableScope variables, Directive location) {
        var last = location.lastWord();
        var modifier = location.argument(0).text();
        var text = last.text();
        if (location.arguments().size() == 1) {
            modifier = modifierOf(text);
            text = text.substring(modifier.length());
        }
        return switch (modifier) {
            case "" -> Optional.of(new LocationPath(new PathMatch.Prefix(text, false), text));
            case "=" -> Optional.of(new LocationPath(new PathMatch.Exact(text), text));
            case "^~" -> Optional.of(new LocationPath(new PathMatch.Prefix(text, true), text));
            case "@" -> Optional.of(new LocationPath(new PathMatch.Named(), "@" + text));
            case "~", "~*" -> {
                boolean ignoresCase = modifier.equals("~*");
                var expression = text;
                var pattern = Patterns.check(findings, last, expression);
                pattern.ifPresent(known -> variables.defineGroups(known.names().stream()));
                yield pattern.map(
                        known -> new LocationPath(new PathMatch.Expression(expression, ignoresCase), expression));
            }
            default -> {
                findings.badArgument(location, location.argument(0), "=, ^~, ~ or ~* before a path");
                yield Optional.empty();
            }
        };
    }

    private static String modifierOf(String text) {
        for (var modifier : new String[] {"=", "^~", "~*", "~", "@"}) {
            if (text.startsWith(modifier)) {
                return modifier;
            }
        }
        return "";
    }

    /** Whether a part of the path can be replaced by another. */
    boolean hasPrefix() {
        return match instanceof PathMatch.Prefix || match instanceof PathMatch.Exact;
    }

    boolean isExact() {
        return match instanceof PathMatch.Exact;
    }

    boolean isNamed() {
        return match instanceof PathMatch.Named;
    }

    boolean isExpression() {
        return match instanceof PathMatch.Expression;
    }

    /** As the file has it, such as {@code = /a}. */
    String written() {
        return switch (match) {
            case PathMatch.Exact exact -> "= " + text;
            case PathMatch.Prefix prefix -> prefix.isFinal() ? "^~ " + text : text;
            case PathMatch.Expression expression -> (expression.ignoresCase() ? "~* " : "~ ") + text;
            case PathMatch.Named named -> text;
        };
    }
}
