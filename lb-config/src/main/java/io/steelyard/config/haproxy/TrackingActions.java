package io.steelyard.config.haproxy;

import io.steelyard.api.affinity.Counting;
import io.steelyard.api.affinity.StickCount;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.text.Template;
import java.util.List;
import java.util.Optional;

/**
 * Makes of {@code track-sc0} to {@code track-sc2} and {@code sc-inc-gpc0}, {@code sc-inc-gpc} and their like what the model has. Each method throws {@link
 * IllegalArgumentException} with what cannot be.
 */
final class TrackingActions {
    private TrackingActions() {}

    /** A key and perhaps a table, which else is the proxy's own; empty for another action. */
    static Optional<Tracking> tracking(Proxy proxy, Texts texts, String name, List<String> rest) {
        if (!name.startsWith("track-sc")) {
            return Optional.empty();
        }
        var slot = name.substring("track-sc".length());
        if (!slot.matches("[0-2]")) {
            throw new IllegalArgumentException("'" + name + "' has no such counter, expected track-sc0 to track-sc2");
        }
        int table = rest.indexOf("table");
        if (rest.isEmpty() || table >= 0 && table != rest.size() - 2) {
            throw new IllegalArgumentException("'" + name + "' has an expression, and perhaps 'table' and its name");
        }
        var key = String.join("", table < 0 ? rest : rest.subList(0, table));
        var owner = table < 0 ? proxy.name().text() : rest.getLast();
        texts.usesTable(proxy, owner);
        return Optional.of(new Tracking(Integer.parseInt(slot), owner, texts.format(proxy, "%[" + key + "]")));
    }

    /** Empty for another action. */
    static Optional<Counting> counting(Proxy proxy, Texts texts, String name, List<String> rest) {
        int open = name.indexOf('(');
        if (!name.startsWith("sc-") || open < 0 || !name.endsWith(")")) {
            return Optional.empty();
        }
        var action = name.substring(0, open);
        boolean hasIndex = action.equals("sc-inc-gpc") || action.equals("sc-set-gpt");
        var numbers = name.substring(open + 1, name.length() - 1);
        int comma = numbers.indexOf(',');
        if (hasIndex && !numbers.matches("-?[0-9]+,.*")) {
            throw new IllegalArgumentException("'" + name + "' has no such array, expected " + action
                    + "(INDEX,COUNTER), such as " + action + "(0,0)");
        }
        int index = hasIndex ? index(name, numbers.substring(0, comma)) : 0;
        var slot = hasIndex ? numbers.substring(comma + 1) : numbers;
        if (!slot.matches("[0-2]")) {
            throw new IllegalArgumentException("'" + name + "' has no such counter, expected 0 to 2 in parentheses");
        }
        int number = Integer.parseInt(slot);
        return switch (action) {
            case "sc-inc-gpc" -> Optional.of(new Counting(number, StickCount.GPC, index, false, Template.literal("1")));
            case "sc-set-gpt" ->
                Optional.of(
                        new Counting(number, StickCount.GPT, index, true, value(proxy, texts, String.join("", rest))));
            case "sc-inc-gpc0" -> Optional.of(new Counting(number, StickCount.GPC0, false, Template.literal("1")));
            case "sc-inc-gpc1" -> Optional.of(new Counting(number, StickCount.GPC1, false, Template.literal("1")));
            case "sc-set-gpt0" ->
                Optional.of(new Counting(number, StickCount.GPT0, true, value(proxy, texts, String.join("", rest))));
            default -> Optional.empty();
        };
    }

    /** HAProxy takes any number; what no array has would change nothing. */
    private static int index(String name, String text) {
        if (!text.matches("[0-9]{1,2}")) {
            throw new IllegalArgumentException(
                    "'" + name + "' would change nothing: no array has the index " + text + ", expected 0 to 99");
        }
        return Integer.parseInt(text);
    }

    private static Template value(Proxy proxy, Texts texts, String text) {
        return text.matches("[0-9]+") ? Template.literal(text) : texts.format(proxy, "%[" + text + "]");
    }
}
