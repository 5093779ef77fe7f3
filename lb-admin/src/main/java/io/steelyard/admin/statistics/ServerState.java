package io.steelyard.admin.statistics;

import io.steelyard.api.Status.ServerStatus;
import io.steelyard.api.health.CheckFinding;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.HealthState;
import java.util.List;
import java.util.Locale;

/** A server's state and its last check in HAProxy's words (management guide 2.6, section 9.1, {@code status} and {@code check_status}). */
public final class ServerState {
    private static final String AGENT = "agent";

    private ServerState() {}

    /**
     * {@code UP}, {@code DOWN}, {@code MAINT}, {@code DRAIN}, {@code NOLB} or {@code no check}, with {@code (agent)} behind it where an agent can have said so.
     *
     * @param checks those of the server
     */
    public static String text(ServerStatus server, List<HealthCheckSpec> checks) {
        boolean hasAgent = checks.stream().anyMatch(check -> check.type().equals(AGENT));
        boolean isChecked = checks.stream().anyMatch(check -> !check.type().equals(AGENT));
        if (server.adminState() == AdminState.DISABLED) {
            return "MAINT";
        }
        if (server.health() == HealthState.DOWN) {
            return hasAgent && !isChecked ? "DOWN (agent)" : "DOWN";
        }
        if (server.adminState() == AdminState.DRAINING) {
            return hasAgent ? "DRAIN (agent)" : "DRAIN";
        }
        if (server.isStopping()) {
            return "NOLB";
        }
        return isChecked ? "UP" : "no check";
    }

    /** {@code L4OK}, {@code L4CON}, {@code L4TOUT}, {@code L7OK}, {@code L7STS}, {@code L7TOUT}, or {@code INI} before the first result. */
    public static String checkCode(String checkType, ServerStatus server) {
        return server.finding()
                .map(found -> found.status().word())
                .orElseGet(() -> code(checkType, server.health(), server.reason()));
    }

    /** The phrase of the code, such as {@code Layer4 check passed}. */
    public static String checkPhrase(String checkType, ServerStatus server) {
        return server.finding()
                .map(found -> found.status().phrase())
                .orElseGet(() -> phrase(checkType, server.health(), server.reason()));
    }

    /** What comes with the code: a status of HTTP, or how a program ended; empty where nothing does. */
    public static String checkNumber(ServerStatus server) {
        return server.finding()
                .filter(found -> found.status().hasCode())
                .map(found -> Integer.toString(found.code()))
                .orElse("");
    }

    /** What was found, for people. */
    public static String checkText(ServerStatus server) {
        return server.finding().map(CheckFinding::info).orElseGet(server::reason);
    }

    /** As {@link #checkPhrase(String, ServerStatus)}, of a state and the reason for it. */
    public static String phrase(String checkType, HealthState health, String reason) {
        return switch (code(checkType, health, reason)) {
            case "L4OK" -> "Layer4 check passed";
            case "L7OK" -> "Layer7 check passed";
            case "L4TOUT" -> "Layer4 timeout";
            case "L7TOUT" -> "Layer7 timeout";
            case "L7STS" -> "Layer7 wrong status";
            case "L7RSP" -> "Layer7 invalid response";
            case "L4CON" -> "Layer4 connection problem";
            default -> "Initializing";
        };
    }

    private static String code(String checkType, HealthState health, String reason) {
        var why = reason.toLowerCase(Locale.ROOT);
        boolean isLayer7 = !checkType.equals("tcp");
        if (health == HealthState.UNKNOWN) {
            return "INI";
        }
        if (health == HealthState.UP) {
            return isLayer7 ? "L7OK" : "L4OK";
        }
        if (why.contains("refused") || why.contains("unreachable") || why.contains("no route")) {
            return "L4CON";
        }
        if (why.contains("timed out")) {
            return isLayer7 && !why.contains("connect") ? "L7TOUT" : "L4TOUT";
        }
        if (why.contains("status") || checkType.equals(AGENT)) {
            return "L7STS";
        }
        return isLayer7 ? "L7RSP" : "L4CON";
    }
}
