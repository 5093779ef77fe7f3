package io.steelyard.http.route;

import io.steelyard.api.http.HttpAction.EditLine;
import io.steelyard.pool.variable.VariableTable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@link EditLine}, made ready. */
final class LineStep {
    private LineStep() {}

    static Step of(EditLine edit, VariableTable variables) {
        var value = variables.compile(edit.value());
        if (edit.expression().isEmpty()) {
            return (target, evaluation) -> {
                target.change(edit.part(), evaluation.raw(value));
                return Step.GO_ON;
            };
        }
        var pattern = Pattern.compile(edit.expression());
        return (target, evaluation) -> {
            var matcher = pattern.matcher(target.part(edit.part()));
            if (finds(matcher)) {
                target.change(edit.part(), filled(evaluation.raw(value), matcher));
            }
            return Step.GO_ON;
        };
    }

    /** The whole text anew where the expression matches somewhere in it (HAProxy replaces all of it). */
    static String replaced(String text, Pattern pattern, String replacement) {
        var matcher = pattern.matcher(text);
        return finds(matcher) ? filled(replacement, matcher) : text;
    }

    private static boolean finds(Matcher matcher) {
        try {
            return matcher.find();
        } catch (StackOverflowError tooLong) {
            // An expression with nested repetition on a long text: PCRE too takes its limit for "no match".
            return false;
        }
    }

    /** The same for each part between commas; those that do not match stay as they are. */
    static String replacedParts(String text, Pattern pattern, String replacement) {
        var whole = new StringBuilder();
        int at = 0;
        while (at <= text.length()) {
            int end = text.indexOf(',', at);
            end = end < 0 ? text.length() : end;
            int from = at;
            int to = end;
            while (from < to && text.charAt(from) == ' ') {
                from++;
            }
            while (to > from && text.charAt(to - 1) == ' ') {
                to--;
            }
            var matcher = pattern.matcher(text.substring(from, to));
            if (finds(matcher)) {
                // The blanks around it go with it, as in HAProxy.
                whole.append(filled(replacement, matcher));
            } else {
                whole.append(text, at, end);
            }
            if (end < text.length()) {
                whole.append(',');
            }
            at = end + 1;
        }
        return whole.toString();
    }

    /** Puts groups in the places of {@code \0} to {@code \9}. */
    private static String filled(String replacement, Matcher matcher) {
        if (replacement.indexOf('\\') < 0) {
            return replacement;
        }
        var text = new StringBuilder();
        for (int i = 0; i < replacement.length(); i++) {
            char c = replacement.charAt(i);
            if (c != '\\' || i + 1 == replacement.length()) {
                text.append(c);
                continue;
            }
            char next = replacement.charAt(++i);
            if (next < '0' || next > '9') {
                text.append(next);
            } else if (next - '0' <= matcher.groupCount()) {
                var group = matcher.group(next - '0');
                text.append(group == null ? "" : group);
            }
        }
        return text.toString();
    }
}
