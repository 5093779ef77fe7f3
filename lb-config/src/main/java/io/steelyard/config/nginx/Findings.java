package io.steelyard.config.nginx;

import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Collects what is found wrong or worth knowing in a file, and where the parts of the model stood. One thread. */
final class Findings {
    /** How the names of directives begin that decide who may ask for what. */
    private static final List<String> PROTECTIVE = List.of(
            "auth_", "limit_except", "secure_link", "modsecurity", "valid_referers", "access_by", "js_access", "oidc_");

    /** Who has more errors than this in a file reads them in parts. */
    private static final int MOST_ERRORS = 1_000;

    /** Each once: what several blocks inherit is looked at in each of them. */
    private final Set<Problem> problems = new LinkedHashSet<>();

    private final Map<String, Position> positions = new HashMap<>();
    private final Set<String> accepted = new HashSet<>();
    private final boolean isLenient;
    private int errors;

    /** @param isLenient whether what is not known is left out with a warning */
    Findings(boolean isLenient) {
        this.isLenient = isLenient;
    }

    List<Problem> problems() {
        return List.copyOf(problems);
    }

    Map<String, Position> positions() {
        return positions;
    }

    void add(Problem problem) {
        problems.add(problem);
    }

    /** Whether there are so many errors that looking for more helps nobody. */
    boolean isFull() {
        return errors >= MOST_ERRORS;
    }

    void error(Position at, String what, String expected, String remedy) {
        if (problems.add(
                Problem.error("", what).expected(expected).remedy(remedy).at(at))) {
            errors++;
        }
    }

    void error(Position at, String what) {
        error(at, what, "", "");
    }

    void warning(Position at, String what, String remedy) {
        problems.add(Problem.warning("", what).remedy(remedy).at(at));
    }

    void notice(Position at, String what) {
        problems.add(Problem.notice("", what).at(at));
    }

    /**
     * Says that a directive is not known, or not supported: an error, or a warning that it is ignored. What keeps clients out is never ignored.
     *
     * @param why what is wrong with it, or why it is not supported
     */
    void unsupported(Directive directive, String why, String remedy) {
        var name = directive.keyword();
        if (isLenient && PROTECTIVE.stream().noneMatch(name::startsWith)) {
            var arguments = directive.arguments().stream().map(Word::text).collect(Collectors.joining(" "));
            warning(
                    directive.position(),
                    "'" + (name + " " + arguments).strip() + "' is ignored"
                            + (directive.block().isPresent() ? " with its block" : "") + ": " + why,
                    "");
        } else {
            error(directive.position(), why, "", remedy);
        }
    }

    /** Says that an argument cannot be read. */
    void badArgument(Directive directive, Word argument, String expected) {
        error(argument.position(), "'" + directive.keyword() + "' has the argument '" + argument + "'", expected, "");
    }

    /** Says that an argument cannot be read; the exception's message is what was expected. */
    void badArgument(Directive directive, Word argument, IllegalArgumentException expected) {
        badArgument(directive, argument, String.valueOf(expected.getMessage()));
    }

    /** Says once for each directive that it does nothing here. */
    void accepted(Position at, String name, String why) {
        if (accepted.add(name)) {
            notice(at, "'" + name + "' is accepted without effect: " + why);
        }
    }

    /** Says that a parameter of a directive does nothing here, once for each. */
    void acceptedParameter(Directive directive, Word argument, String parameter, String why) {
        accepted(argument.position(), parameter + "' of '" + directive.keyword(), why);
    }

    void place(String path, Position at) {
        positions.putIfAbsent(path, at);
    }
}
