package io.steelyard.config.haproxy;

import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects what is found wrong or worth knowing in a file, and where the parts of the model stood. One thread. */
final class Findings {
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, Position> positions = new HashMap<>();
    private final Set<String> told = new HashSet<>();
    private final Set<Problem> wrong = new HashSet<>();

    List<Problem> problems() {
        return problems;
    }

    Map<String, Position> positions() {
        return positions;
    }

    void add(Problem problem) {
        problems.add(problem);
    }

    /** Says once what is wrong, however often it is found. */
    void error(Position at, String what, String expected, String remedy) {
        var problem = Problem.error("", what).expected(expected).remedy(remedy).at(at);
        if (wrong.add(problem)) {
            problems.add(problem);
        }
    }

    /** A statement's first argument; {@code otherwise} where that is no number from {@code least} to {@code most}, which is told. */
    int number(Statement statement, int least, int most, int otherwise) {
        var word = statement.argument(0);
        try {
            return Values.number(word.text(), least, most);
        } catch (IllegalArgumentException wrong) {
            error(
                    word.position(),
                    "'" + statement.keyword().name() + "' is '" + word + "'",
                    String.valueOf(wrong.getMessage()),
                    "");
            return otherwise;
        }
    }

    void error(Position at, String what) {
        error(at, what, "", "");
    }

    void warning(Position at, String what, String remedy) {
        var problem = Problem.warning("", what).remedy(remedy).at(at);
        if (wrong.add(problem)) {
            problems.add(problem);
        }
    }

    void notice(Position at, String what) {
        problems.add(Problem.notice("", what).at(at));
    }

    /** Says once for each name that it does nothing here. */
    void accepted(Position at, String name, String why) {
        if (told.add(name)) {
            notice(at, "'" + name + "' is accepted without effect: " + why);
        }
    }

    /** Says that what is honoured of a parameter differs from what HAProxy does, once for each. */
    void differs(Position at, String name, String how) {
        if (told.add(name)) {
            warning(at, "'" + name + "': " + how, "");
        }
    }

    /** A file that is read when the configuration is applied: what is wrong with it then has this position. @return its name */
    String file(String name, Position at) {
        place("files." + name, at);
        return name;
    }

    void place(String path, Position at) {
        positions.putIfAbsent(path, at);
    }
}
