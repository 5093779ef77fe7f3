package io.steelyard.launcher;

import static org.awaitility.Awaitility.await;

import io.steelyard.launcher.HaproxyPair.Side;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@code show stat} tells of servers. Stateless. */
final class StatisticsRows {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CHECK_STATUS = 36;

    private StatisticsRows() {}

    /** The cells of {@code show stat} about the servers of this name, by backend. */
    static Map<String, List<String>> of(Side side, String server) throws IOException {
        var rows = new HashMap<String, List<String>>();
        for (var line : CommandCall.ask(side, "show stat").lines().toList()) {
            var cells = cells(line);
            if (cells.size() > 1 && cells.get(1).equals(server)) {
                rows.put(cells.get(0), cells);
            }
        }
        return rows;
    }

    /**
     * The same of these backends, each at a moment at which a check has been made and none is under way: HAProxy forgets what a check found when
     * it begins the next.
     */
    static Map<String, List<String>> atRest(Side side, String server, Collection<String> backends) {
        var found = new HashMap<String, List<String>>();
        await(side.name() + " has checked all servers").atMost(PATIENCE).until(() -> {
            of(side, server).forEach((backend, row) -> {
                if (!row.get(CHECK_STATUS).startsWith("* ")
                        && !row.get(CHECK_STATUS).equals("INI")) {
                    found.putIfAbsent(backend, row);
                }
            });
            return found.keySet().containsAll(backends);
        });
        return found;
    }

    /** The cells of a line of CSV (RFC 4180). */
    private static List<String> cells(String line) {
        var cells = new ArrayList<String>();
        var cell = new StringBuilder();
        boolean isQuoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && isQuoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                cell.append('"');
                i++;
            } else if (c == '"') {
                isQuoted = !isQuoted;
            } else if (c == ',' && !isQuoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }
}
