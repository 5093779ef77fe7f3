package io.steelyard.health;

import io.steelyard.api.health.CheckStep.Comparison;
import io.steelyard.api.health.CheckStep.FieldTest;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** A field that a header must have (HAProxy 2.6 {@code http-check expect hdr}). Immutable. */
final class FieldMatch {
    private final FieldTest test;
    private final @Nullable Pattern name;
    private final @Nullable Pattern value;

    /** @throws IllegalArgumentException where a regular expression is none */
    FieldMatch(FieldTest test) {
        this.test = test;
        name = test.nameBy() == Comparison.MATCHES ? pattern(test.name(), Pattern.CASE_INSENSITIVE) : null;
        value = test.value().isPresent() && test.valueBy() == Comparison.MATCHES
                ? pattern(test.value().get(), 0)
                : null;
    }

    private static Pattern pattern(String text, int flags) {
        try {
            return Pattern.compile(text, flags);
        } catch (PatternSyntaxException wrong) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no regular expression: " + wrong.getDescription(), wrong);
        }
    }

    /**
     * Whether there is such a field.
     *
     * @throws InterruptedException where the thread is interrupted during a long search
     */
    boolean isIn(HttpHead head) throws InterruptedException {
        try {
            for (var line : head.lines()) {
                if (isSo(line.name(), test.name().toLowerCase(Locale.ROOT), test.nameBy(), name)
                        && hasValue(line.value())) {
                    return true;
                }
            }
            return false;
        } catch (Expectation.Interruptible.Interrupted interrupted) {
            throw new InterruptedException("the search took too long");
        }
    }

    private boolean hasValue(String given) {
        if (test.value().isEmpty()) {
            return true;
        }
        var wanted = test.value().get();
        var values = test.isWhole() ? List.of(given) : HttpHead.values(given);
        return values.stream().anyMatch(one -> isSo(one, wanted, test.valueBy(), value));
    }

    private static boolean isSo(String text, String wanted, Comparison by, @Nullable Pattern pattern) {
        return switch (by) {
            case EQUAL -> text.equals(wanted);
            case BEGINS -> text.startsWith(wanted);
            case ENDS -> text.endsWith(wanted);
            case CONTAINS -> text.contains(wanted);
            case MATCHES ->
                pattern != null
                        && pattern.matcher(new Expectation.Interruptible(text)).find();
        };
    }
}
