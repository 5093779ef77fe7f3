package io.steelyard.health;

import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.health.ProbeResult.Verdict;
import io.steelyard.api.health.ServerAdvice;
import io.steelyard.api.pool.AdminState;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an agent says (HAProxy 2.6, configuration manual 5.2, {@code agent-check}): a line that ends with CR or LF, of words parted by blanks,
 * tabs and commas, in capitals or not, the last of a kind being what counts, and behind a {@code #} why.
 *
 * <pre>
 *   up                      can serve
 *   down stopped fail       cannot
 *   ready drain maint       as an operator would set it
 *   75%                     of its configured weight
 *   maxconn:30              flows at once
 * </pre>
 *
 * Pure functions.
 */
final class AgentAnswer {
    private AgentAnswer() {}

    /** The first line; empty where it has not ended yet. */
    static Optional<String> line(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\r' || bytes[i] == '\n' || bytes[i] == 0) {
                return Optional.of(new String(bytes, 0, i, StandardCharsets.ISO_8859_1));
            }
        }
        return Optional.empty();
    }

    static ProbeResult parse(String line) {
        int sharp = descriptionAt(line);
        var why = sharp < 0 ? "" : line.substring(sharp + 1).strip();
        var verdict = Verdict.UNDECIDED;
        var said = "";
        var state = Optional.<AdminState>empty();
        var weight = OptionalInt.empty();
        var limit = OptionalInt.empty();
        for (var word : (sharp < 0 ? line : line.substring(0, sharp)).split("[ \t,]+")) {
            var lower = word.toLowerCase(Locale.ROOT);
            switch (lower) {
                case "up" -> {
                    verdict = Verdict.PASSED;
                    said = lower;
                }
                case "down", "stopped", "fail" -> {
                    verdict = Verdict.FAILED;
                    said = lower;
                }
                case "ready" -> state = Optional.of(AdminState.ENABLED);
                case "drain" -> state = Optional.of(AdminState.DRAINING);
                case "maint" -> state = Optional.of(AdminState.DISABLED);
                default -> {
                    if (lower.matches("\\d+%")) {
                        weight = number(lower.substring(0, lower.length() - 1));
                    } else if (lower.startsWith("maxconn:")) {
                        limit = number(lower.substring("maxconn:".length()));
                    }
                }
            }
        }
        var reason = why.isEmpty() ? said : said.isEmpty() ? why : said + " (" + why + ")";
        return new ProbeResult(
                verdict,
                reason.isEmpty() ? "the agent says nothing of its health" : reason,
                new ServerAdvice(state, weight, limit));
    }

    /** A {@code #} begins the reason where a word could begin. */
    private static int descriptionAt(String line) {
        for (int at = line.indexOf('#'); at >= 0; at = line.indexOf('#', at + 1)) {
            if (at == 0 || " \t,".indexOf(line.charAt(at - 1)) >= 0) {
                return at;
            }
        }
        return -1;
    }

    private static OptionalInt number(String digits) {
        return digits.matches("\\d{1,9}") ? OptionalInt.of(Integer.parseInt(digits)) : OptionalInt.empty();
    }
}
