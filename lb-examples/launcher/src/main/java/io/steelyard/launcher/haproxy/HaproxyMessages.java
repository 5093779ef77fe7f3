package io.steelyard.launcher.haproxy;

import io.steelyard.api.Problem;
import java.util.regex.Pattern;

/** Our problems in HAProxy's words, which exporters and people read. Pure. */
final class HaproxyMessages {
    private static final Pattern UNKNOWN = Pattern.compile("unknown keyword '([^']*)' in '?([a-z]+).*", Pattern.DOTALL);

    private HaproxyMessages() {}

    /** {@code [ALERT]    (PID) : config : parsing [FILE:LINE] : what}. */
    static String line(Problem problem, long pid) {
        var where = problem.position()
                .map(at -> "parsing [" + at.file() + ":" + at.line() + "] : ")
                .orElse("");
        var unknown = UNKNOWN.matcher(problem.what());
        var text = unknown.matches()
                ? "unknown keyword '" + unknown.group(1) + "' in '" + unknown.group(2) + "' section"
                : problem.text();
        return line(problem.isError() ? "ALERT" : "WARNING", pid, "config : " + where + text);
    }

    /** {@code [LEVEL]    (PID) : text}, the level's column padded. */
    static String line(String level, long pid, String text) {
        return "%-10s (%d) : %s".formatted("[" + level + "]", pid, text);
    }
}
