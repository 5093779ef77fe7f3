package io.steelyard.launcher.haproxy;

import io.steelyard.admin.statistics.ServerState;
import io.steelyard.api.Event.ServerHealthChanged;
import io.steelyard.api.Event.ServerProbed;
import io.steelyard.api.Event.ServerStopping;
import io.steelyard.api.Status.PoolStatus;
import io.steelyard.api.Status.ServerStatus;
import io.steelyard.api.health.CheckFinding;
import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.HealthState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What is logged of checks and of the servers they speak of, in HAProxy's words, which exporters and people read (HAProxy 2.6,
 * {@code set_server_check_status} and {@code srv_append_status}). One thread.
 */
final class HealthLog {
    private static final String AGENT = "agent";
    private static final Pattern STATUS = Pattern.compile("status (\\d{3})(?: (.*?))?(?:, expected .*)?");

    /** A server's check. */
    private record Place(String pool, String server, int check) {}

    /** What was found last, and how far it is to another state. */
    private record Told(String phrase, int health) {}

    private final Map<Place, Told> told = new HashMap<>();
    private final Map<Place, String> reasons = new HashMap<>();
    private final Set<String> withoutServer = new HashSet<>();

    /**
     * The line about a check; empty where HAProxy says nothing, as neither what it found nor its count is new.
     *
     * @param server the server's state
     * @param isWanted whether it is to be logged at all, by {@code option log-health-checks}
     */
    Optional<String> check(ServerProbed probed, ServerStatus server, HealthCheckSpec check, boolean isWanted) {
        var place = new Place(probed.pool(), probed.server(), probed.check());
        var reason = reason(probed, check);
        reasons.put(new Place(probed.pool(), probed.server(), -1), reason);
        int health = health(probed.state(), probed.streak(), check);
        var now = new Told(phrase(probed, check), health);
        if (now.equals(told.put(place, now)) || !isWanted) {
            return Optional.empty();
        }
        boolean isUp = health >= check.rise();
        var state = isUp ? (server.weight() == 0 ? "DRAIN" : "UP") : "DOWN";
        return Optional.of((check.type().equals(AGENT) ? "Agent" : "Health") + " check for "
                + (server.tier() > 0 ? "backup " : "") + "server " + probed.pool() + "/" + probed.server()
                + (isConditional(probed) ? " conditionally" : "") + (probed.isPassed() ? " succeeded" : " failed")
                + reason + ", status: "
                + (isUp ? health - check.rise() + 1 : health) + "/" + (isUp ? check.fall() : check.rise()) + " " + state
                + ".");
    }

    /**
     * The line about a server whose health changed.
     *
     * @param pool the pool's state after it
     * @param check the server's first check
     * @param hasCheckLine whether a line about the check was logged before, so that the reason stands there
     */
    String server(ServerHealthChanged changed, PoolStatus pool, HealthCheckSpec check, boolean hasCheckLine) {
        boolean isUp = changed.to() == HealthState.UP;
        var otherwise = ", reason: " + phrase(check, isUp, changed.reason()) + info(changed.reason());
        return line(
                pool,
                changed.server(),
                isUp ? "UP" : "DOWN",
                why(changed.pool(), changed.server(), otherwise, hasCheckLine));
    }

    /**
     * The line about a server that wants no new clients, or wants them again.
     *
     * @param pool the pool's state after it
     * @param hasCheckLine whether a line about the check was logged before, so that the reason stands there
     */
    String server(ServerStopping changed, PoolStatus pool, boolean hasCheckLine) {
        var why = why(changed.pool(), changed.server(), ", reason: " + changed.reason(), hasCheckLine);
        return line(pool, changed.server(), changed.isStopping() ? "stopping" : "UP", why);
    }

    private String why(String pool, String server, String otherwise, boolean hasCheckLine) {
        var known = reasons.remove(new Place(pool, server, -1));
        return known == null ? otherwise : hasCheckLine ? "" : known;
    }

    private static String line(PoolStatus pool, String server, String word, String why) {
        boolean isDown = word.equals("DOWN");
        var own = pool.servers().stream().filter(one -> one.id().equals(server)).findFirst();
        long active = pool.servers().stream()
                .filter(one -> isServing(one) && one.tier() == 0)
                .count();
        long backup = pool.servers().stream()
                .filter(one -> isServing(one) && one.tier() > 0)
                .count();
        int sessions = own.map(ServerStatus::active).orElse(0);
        boolean isBackup = own.map(ServerStatus::tier).orElse(0) > 0;
        var rest = active + " active and " + backup + " backup servers " + (isDown ? "left" : "online") + ". ";
        return (isBackup ? "Backup Server " : "Server ") + pool.name() + "/" + server + " is " + word + why + ". "
                + rest
                + (isDown
                        ? sessions + " sessions active, 0 requeued, " + pool.queued() + " remaining in queue."
                        : "0 sessions requeued, " + pool.queued() + " total in queue.");
    }

    /** Whether none of a pool's servers takes new flows, and one did when this was asked before. */
    boolean lostItsLastServer(PoolStatus pool) {
        if (pool.servers().stream().anyMatch(HealthLog::isServing)) {
            withoutServer.remove(pool.name());
            return false;
        }
        return withoutServer.add(pool.name());
    }

    /** Whether it takes new flows. */
    static boolean isServing(ServerStatus server) {
        return server.health() != HealthState.DOWN && !server.isStopping() && server.adminState() == AdminState.ENABLED;
    }

    /** HAProxy's count: from 0, where it is down, to {@code rise + fall - 1}; up from {@code rise} on, where it also begins. */
    static int health(HealthState state, int streak, HealthCheckSpec check) {
        return switch (state) {
            case UNKNOWN -> check.rise();
            case UP -> check.rise() + check.fall() - 1 - streak;
            case DOWN -> streak;
        };
    }

    private static String phrase(HealthCheckSpec check, boolean isPassed, String reason) {
        return ServerState.phrase(check.type(), isPassed ? HealthState.UP : HealthState.DOWN, reason);
    }

    private static boolean isConditional(ServerProbed probed) {
        return probed.finding()
                .filter(found -> found.status() == CheckStatus.ANSWERED_CONDITIONALLY)
                .isPresent();
    }

    private static String phrase(ServerProbed probed, HealthCheckSpec check) {
        return probed.finding()
                .map(found -> found.status().phrase())
                .orElseGet(() -> phrase(check, probed.isPassed(), probed.reason()));
    }

    private static String reason(ServerProbed probed, HealthCheckSpec check) {
        var phrase = phrase(probed, check);
        return ", reason: " + phrase
                + probed.finding().map(HealthLog::details).orElseGet(() -> details(phrase, probed, check))
                + ", check duration: " + probed.duration().toMillis() + "ms";
    }

    private static String details(CheckFinding found) {
        return (found.status().hasCode() ? ", code: " + found.code() : "")
                + (found.info().isEmpty() ? "" : ", info: \"" + printable(found.info()) + "\"");
    }

    /** As HAProxy writes texts into its log: what cannot be printed by its number. */
    private static String printable(String text) {
        var shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isPlain = c >= ' ' && c < 0x7F && c != '<' && c != '>' && c != '"';
            shown.append(isPlain ? String.valueOf(c) : "<%02X>".formatted((int) c));
        }
        return shown.toString();
    }

    private static String details(String phrase, ServerProbed probed, HealthCheckSpec check) {
        if (check.type().equals(AGENT)) {
            return ", code: 0, info: \"via agent : " + probed.reason() + "\"";
        }
        var status = STATUS.matcher(probed.reason());
        if (status.matches()) {
            var said = status.group(2);
            boolean isToldWhy = !probed.isPassed() && said != null;
            return ", code: " + status.group(1) + (isToldWhy ? ", info: \"" + said + "\"" : "");
        }
        boolean isOfSystem = phrase.equals("Layer4 connection problem");
        boolean isOfScript = check.type().equals("tcp") && phrase.equals("Layer7 invalid response");
        return isOfSystem || isOfScript ? info(probed.reason()) : "";
    }

    private static String info(String reason) {
        return reason.isEmpty()
                ? ""
                : ", info: \"" + reason.substring(0, 1).toUpperCase(Locale.ROOT) + reason.substring(1) + "\"";
    }
}
