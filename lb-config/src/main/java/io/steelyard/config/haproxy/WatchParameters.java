package io.steelyard.config.haproxy;

import io.steelyard.api.pool.Observation;
import io.steelyard.api.pool.ServerAddress;
import java.util.Set;

/** The parameters of a server about what it is watched by besides its checks: real traffic, and an agent. */
final class WatchParameters {
    private static final Set<String> NAMES = Set.of(
            "observe",
            "error-limit",
            "on-error",
            "on-marked-down",
            "on-marked-up",
            "agent-port",
            "agent-addr",
            "agent-inter",
            "agent-send");

    private WatchParameters() {}

    static boolean knows(String name) {
        return NAMES.contains(name);
    }

    /** Takes one in. @throws IllegalArgumentException with what was expected */
    static void take(String name, String value, ServerDraft draft) {
        switch (name) {
            case "observe" ->
                draft.observed = switch (value) {
                    case "none" -> null;
                    case "layer4" -> Observation.Layer.CONNECTION;
                    case "layer7" -> Observation.Layer.ANSWER;
                    default -> throw new IllegalArgumentException("none, layer4 or layer7");
                };
            case "error-limit" -> draft.errorLimit = Values.number(value, 1, Integer.MAX_VALUE);
            case "on-error" ->
                draft.onError = switch (value) {
                    case "fastinter" -> Observation.Reaction.PROBE_SOON;
                    case "fail-check" -> Observation.Reaction.FAILED_PROBE;
                    case "sudden-death" -> Observation.Reaction.LAST_FAILED_PROBE;
                    case "mark-down" -> Observation.Reaction.DOWN;
                    default -> throw new IllegalArgumentException("fastinter, fail-check, sudden-death or mark-down");
                };
            case "on-marked-down" -> draft.endsFlowsWhenDown = only("shutdown-sessions", value);
            case "on-marked-up" -> draft.endsBackupFlowsWhenUp = only("shutdown-backup-sessions", value);
            case "agent-port" -> draft.agentPort = Values.number(value, 0, 65_535);
            case "agent-addr" ->
                draft.agentAddress = ServerAddress.numericAddress(value.equals("localhost") ? "127.0.0.1" : value);
            case "agent-inter" -> draft.agentInterval = Values.positiveTime(value);
            case "agent-send" -> draft.agentSend = value;
            default -> throw new IllegalStateException(name);
        }
    }

    private static boolean only(String word, String value) {
        if (!value.equals(word)) {
            throw new IllegalArgumentException(word);
        }
        return true;
    }
}
