package io.steelyard.config.yaml;

import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One reading of one document: where in the model it is, and what it found so far. One thread.
 *
 * <p>Aliases make a small text stand for a large document, so the number of values read and of problems told is bounded.
 */
final class Reading {
    /** More than any configuration has, and little enough to read in a second. */
    static final int MAX_VALUES = 1_000_000;

    static final int MAX_PROBLEMS = 1_000;

    private final Findings findings;
    private final String path;

    private Reading(Findings findings, String path) {
        this.findings = findings;
        this.path = path;
    }

    static Reading begin(List<Problem> already) {
        var findings = new Findings();
        findings.problems.addAll(already);
        return new Reading(findings, "");
    }

    /** The part of the model being read, such as {@code pools.web.servers}. */
    String path() {
        return path;
    }

    /** A part of this part, which stands at {@code at}. */
    Reading in(String segment, Position at) {
        var inner = path.isEmpty() ? segment : path + "." + segment;
        findings.positions.putIfAbsent(inner, at);
        return new Reading(findings, inner);
    }

    /** The document names a file at {@code at}. */
    void placeFile(String name, Position at) {
        findings.positions.putIfAbsent("files." + name, at);
    }

    /** Counts one more value. @return false where the document has too many, which has been told */
    boolean enter(Yaml value) {
        findings.values++;
        if (findings.values == MAX_VALUES + 1) {
            findings.problems.add(Problem.error(path, "the aliases of this document expand to too many values")
                    .at(value.at())
                    .expected("at most " + MAX_VALUES)
                    .remedy("write out what differs instead of nesting aliases"));
        }
        return findings.values <= MAX_VALUES;
    }

    /** Tells a problem. */
    void tell(Problem problem) {
        if (findings.problems.size() < MAX_PROBLEMS) {
            findings.problems.add(problem);
        } else if (problem.isError() && !findings.isCutShort) {
            findings.isCutShort = true;
            findings.problems.add(
                    Problem.error(problem.path(), "more than " + MAX_PROBLEMS + " problems; the rest is not listed"));
        }
    }

    /** Tells that {@code value} is wrong. @return nothing, for the caller to hand on */
    <V> Optional<V> wrong(Yaml value, String what, String expected, String remedy) {
        tell(Problem.error(path, what).at(value.at()).expected(expected).remedy(remedy));
        return Optional.empty();
    }

    /** Tells that the model refused {@code value}; messages of the model end in {@code expected …}. */
    <V> Optional<V> refused(Yaml value, IllegalArgumentException reason) {
        var text = String.valueOf(reason.getMessage());
        int split = Math.max(text.lastIndexOf("; expected "), text.lastIndexOf(", expected "));
        return split < 0
                ? wrong(value, text, "", "")
                : wrong(value, text.substring(0, split), text.substring(split + ", expected ".length()), "");
    }

    /** How many errors there are so far; a part is sound where this has not grown. */
    long errors() {
        return findings.problems.stream().filter(Problem::isError).count();
    }

    List<Problem> problems() {
        return findings.problems;
    }

    Map<String, Position> positions() {
        return findings.positions;
    }

    /** What all parts of one reading share. */
    private static final class Findings {
        final List<Problem> problems = new ArrayList<>();
        final Map<String, Position> positions = new HashMap<>();
        int values;
        boolean isCutShort;
    }
}
