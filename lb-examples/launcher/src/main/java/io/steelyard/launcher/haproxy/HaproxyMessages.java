package io.steelyard.launcher.haproxy;

import io.steelyard.admin.statistics.ServerState;
import io.steelyard.api.Event;
import io.steelyard.api.Problem;
import io.steelyard.api.Status;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.HealthState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Our problems and events in HAProxy's words, which exporters and people read. Pure. */
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

    /**
     * What is logged when a server's health changed: the check's own line, and the server's.
     *
     * @param pool the pool's state after it
     * @param check the server's check
     */
    static List<String> health(Event.ServerHealthChanged changed, Status.PoolStatus pool, HealthCheckSpec check) {
        var name = changed.pool() + "/" + changed.server();
        boolean isUp = changed.to() == HealthState.UP;
        var why = ServerState.phrase(check.type(), changed.to(), changed.reason())
                + (changed.reason().isEmpty() || isUp ? "" : ", info: \"" + capitalized(changed.reason()) + "\"");
        var status = isUp ? check.rise() + "/" + check.rise() + " UP" : "0/" + check.rise() + " DOWN";
        var lines = new ArrayList<String>();
        lines.add("Health check for server " + name + (isUp ? " succeeded" : " failed") + ", reason: " + why
                + ", status: " + status + ".");
        long active = pool.servers().stream()
                .filter(one -> isServing(one) && one.tier() == 0)
                .count();
        long backup = pool.servers().stream()
                .filter(one -> isServing(one) && one.tier() > 0)
                .count();
        int sessions = pool.servers().stream()
                .filter(one -> one.id().equals(changed.server()))
                .mapToInt(Status.ServerStatus::active)
                .sum();
        var rest = active + " active and " + backup + " backup servers " + (isUp ? "online" : "left") + ". ";
        lines.add("Server " + name + " is " + (isUp ? "UP" : "DOWN") + ", reason: " + why + ". " + rest
                + (isUp
                        ? "0 sessions requeued, " + pool.queued() + " total in queue."
                        : sessions + " sessions active, 0 requeued, " + pool.queued() + " remaining in queue."));
        return lines;
    }

    /** Whether it takes new flows. */
    static boolean isServing(Status.ServerStatus server) {
        return server.health() != HealthState.DOWN && server.adminState() == AdminState.ENABLED;
    }

    private static String capitalized(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
