package io.steelyard.api;

import java.util.Objects;
import java.util.Optional;

/**
 * Something wrong, doubtful or worth knowing in a configuration: what was wrong, where, what was expected, what to do.
 *
 * @param severity how bad it is; one {@link Severity#ERROR} refuses a whole configuration
 * @param path where in the model, such as {@code pools.web.scheduler.options.two}; empty where it concerns none
 * @param position where in a file, where it came from one
 * @param what the fault, with the offending value
 * @param expectation what was expected instead; empty where there is nothing to say
 * @param remedy what to do; empty where that is plain from the rest
 */
public record Problem(
        Severity severity, String path, Optional<Position> position, String what, String expectation, String remedy) {
    /** How bad a problem is. */
    public enum Severity {
        /** Worth knowing; nothing to do. */
        NOTICE,
        /** Accepted, but probably not what was meant. */
        WARNING,
        /** Cannot be used; the whole configuration is refused. */
        ERROR
    }

    public Problem {
        Objects.requireNonNull(severity, "severity");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(position, "position");
        Objects.requireNonNull(what, "what");
        Objects.requireNonNull(expectation, "expectation");
        Objects.requireNonNull(remedy, "remedy");
    }

    public static Problem error(String path, String what) {
        return new Problem(Severity.ERROR, path, Optional.empty(), what, "", "");
    }

    public static Problem warning(String path, String what) {
        return new Problem(Severity.WARNING, path, Optional.empty(), what, "", "");
    }

    public static Problem notice(String path, String what) {
        return new Problem(Severity.NOTICE, path, Optional.empty(), what, "", "");
    }

    public Problem at(Position where) {
        return new Problem(severity, path, Optional.of(where), what, expectation, remedy);
    }

    public Problem expected(String text) {
        return new Problem(severity, path, position, what, text, remedy);
    }

    public Problem remedy(String text) {
        return new Problem(severity, path, position, what, expectation, text);
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** The message without its place: {@code what, expected …, remedy}. */
    public String text() {
        return what
                + (expectation.isEmpty() ? "" : ", expected " + expectation)
                + (remedy.isEmpty() ? "" : "; " + remedy);
    }

    /** {@code file:line:column: error: what was wrong, expected this; do that}, with the path where there is no position. */
    @Override
    public String toString() {
        var where = position.map(Position::toString).orElse(path);
        return (where.isEmpty() ? "" : where + ": ") + severity.name().toLowerCase(java.util.Locale.ROOT) + ": "
                + text();
    }
}
