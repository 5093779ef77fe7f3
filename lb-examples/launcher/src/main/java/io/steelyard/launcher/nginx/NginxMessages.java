package io.steelyard.launcher.nginx;

import io.steelyard.api.Problem;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Our problems in nginx's words, where nginx has words for them; deployment tools read those. Pure. */
final class NginxMessages {
    private static final Pattern UNKNOWN = Pattern.compile("unknown directive '([^']*)'");
    private static final Pattern REFUSED = Pattern.compile("'([^']*)' cannot be honoured: (.*)", Pattern.DOTALL);
    private static final Pattern COUNT = Pattern.compile("'([^']*)' has (no argument|\\d+ arguments?)");
    private static final Pattern MISPLACED = Pattern.compile("'([^']*)' is not allowed here.*", Pattern.DOTALL);
    private static final Pattern DUPLICATE = Pattern.compile("'([^']*)' is duplicate.*", Pattern.DOTALL);
    private static final Pattern UNREADABLE = Pattern.compile("cannot be read: (.*)", Pattern.DOTALL);
    private static final Pattern BOUND =
            Pattern.compile("cannot (bind|listen on) (?:tcp|udp) (\\S+): (.*)", Pattern.DOTALL);

    private NginxMessages() {}

    /** The message without level: {@code unknown directive "x" in FILE:LINE}. */
    static String text(Problem problem) {
        var where = problem.position()
                .map(at -> at.file().equals("command line") ? " in command line" : " in " + at.file() + ":" + at.line())
                .orElse("");
        var bound = match(BOUND, problem.what());
        if (bound != null) {
            return bindFailure(bound);
        }
        var unreadable = match(UNREADABLE, problem.what());
        if (unreadable != null && where.isEmpty()) {
            var why = unreadable.group(1).startsWith("there is no such file")
                    ? "2: No such file or directory"
                    : unreadable.group(1).startsWith("permission") ? "13: Permission denied" : unreadable.group(1);
            return "open() \"" + problem.path() + "\" failed (" + why + ")";
        }
        if (problem.expectation().equals("'}' before the end of the file")) {
            return "unexpected end of file, expecting \"}\"" + where;
        }
        return directiveFault(problem) + where;
    }

    private static String directiveFault(Problem problem) {
        var what = problem.what();
        var unknown = match(UNKNOWN, what);
        if (unknown != null) {
            return "unknown directive \"" + unknown.group(1) + "\"";
        }
        var refused = match(REFUSED, what);
        if (refused != null) {
            return "unknown directive \"" + refused.group(1) + "\"";
        }
        var count = match(COUNT, what);
        if (count != null) {
            return "invalid number of arguments in \"" + count.group(1) + "\" directive";
        }
        var misplaced = match(MISPLACED, what);
        if (misplaced != null) {
            return "\"" + misplaced.group(1) + "\" directive is not allowed here";
        }
        var duplicate = match(DUPLICATE, what);
        if (duplicate != null) {
            return "\"" + duplicate.group(1) + "\" directive is duplicate";
        }
        return problem.text();
    }

    /** Why a directive that nginx may know is not known here; empty where there is no more to say. */
    static String reason(Problem problem) {
        var refused = match(REFUSED, problem.what());
        return refused == null ? "" : refused.group(1) + " is not supported: " + refused.group(2);
    }

    private static String bindFailure(MatchResult failed) {
        var why = failed.group(3);
        var number = "";
        if (why.startsWith("EADDRINUSE")) {
            number = "98: Address already in use";
        } else if (why.startsWith("EACCES")) {
            number = "13: Permission denied";
        } else {
            number = why.startsWith("EADDRNOTAVAIL") ? "99: Cannot assign requested address" : why;
        }
        return (failed.group(1).equals("bind") ? "bind()" : "listen()") + " to " + failed.group(2) + " failed ("
                + number + ")";
    }

    private static @Nullable MatchResult match(Pattern pattern, String text) {
        var matcher = pattern.matcher(text);
        return matcher.matches() ? matcher.toMatchResult() : null;
    }
}
