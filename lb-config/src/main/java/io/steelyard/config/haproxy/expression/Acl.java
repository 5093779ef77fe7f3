package io.steelyard.config.haproxy.expression;

import java.util.List;

/**
 * An expression compared with patterns: it holds where any value of the expression matches any pattern. Immutable and safe for all threads.
 *
 * @param expression what is compared
 * @param method how
 * @param patterns with what; none for {@link MatchMethod#FOUND} and {@link MatchMethod#BOOL}
 */
public record Acl(Expression expression, MatchMethod method, List<Pattern> patterns) {
    public Acl {
        patterns = List.copyOf(patterns);
    }

    /** Whether it holds now, as far as that is known. */
    Verdict ask(SampleSource source) {
        for (var sample : expression.evaluate(source)) {
            if (matches(sample)) {
                return Verdict.HOLDS;
            }
        }
        return source.isPending(expression.fetch()) ? Verdict.WAITS : Verdict.FAILS;
    }

    private boolean matches(Sample sample) {
        if (method == MatchMethod.FOUND) {
            return true;
        }
        var wanted = switch (method) {
            case BOOL -> Sample.Type.BOOL;
            case INT -> Sample.Type.SINT;
            case IP -> Sample.Type.ADDR;
            case BIN -> Sample.Type.BIN;
            default -> Sample.Type.STR;
        };
        var cast = sample.as(wanted);
        if (cast.isEmpty()) {
            return false;
        }
        if (method == MatchMethod.BOOL) {
            return ((Sample.Bool) cast.get()).value();
        }
        for (var pattern : patterns) {
            if (pattern.matches(cast.get())) {
                return true;
            }
        }
        return false;
    }
}
