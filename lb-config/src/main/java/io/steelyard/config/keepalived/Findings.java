package io.steelyard.config.keepalived;

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

    List<Problem> problems() {
        return problems;
    }

    Map<String, Position> positions() {
        return positions;
    }

    boolean isSound() {
        return problems.stream().noneMatch(Problem::isError);
    }

    void add(Problem problem) {
        problems.add(problem);
    }

    void error(Position at, String what, String expected) {
        problems.add(Problem.error("", what).expected(expected).at(at));
    }

    void error(Position at, String what, String expected, String remedy) {
        problems.add(Problem.error("", what).expected(expected).remedy(remedy).at(at));
    }

    /** A part of the model does not take the value. */
    void refused(Position at, IllegalArgumentException wrong) {
        problems.add(Problem.error("", String.valueOf(wrong.getMessage())).at(at));
    }

    void warning(Position at, String what, String remedy) {
        problems.add(Problem.warning("", what).remedy(remedy).at(at));
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

    void place(String path, Position at) {
        positions.putIfAbsent(path, at);
    }
}
