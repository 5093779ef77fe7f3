package io.steelyard.admin.statistics;

import io.steelyard.api.Configuration;
import io.steelyard.api.Status;
import io.steelyard.api.http.StatusPage;
import io.steelyard.api.plugin.Options;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * HAProxy's statistics page. What follows the address says what is wanted, as in HAProxy: {@code ;csv}, {@code ;up} without servers that are
 * down, {@code ;norefresh}, and {@code ?scope=} for proxies with a text in their names.
 */
final class HaproxyPage implements StatusPage {
    private final String uri;
    private final long refreshSeconds;
    private final Set<String> scope;
    private final HtmlPage html;

    HaproxyPage(Options options) {
        uri = options.text("uri");
        refreshSeconds = options.duration("refresh").toSeconds();
        var names = options.text("scope").strip();
        scope = names.isEmpty() ? Set.of() : Set.of(names.split(" +"));
        html = new HtmlPage(
                options.flag("hide-version"),
                options.flag("show-legends"),
                options.text("node"),
                options.text("description"));
    }

    @Override
    public Document document(String target, Configuration configuration, Status status) {
        var wanted = target.startsWith(uri) ? target.substring(uri.length()) : target;
        boolean hidesDown = wanted.contains(";up");
        var part = between(wanted, "scope=");
        var rows = StatisticsCsv.rows(configuration, status).stream()
                .filter(row -> isInScope(row.value("pxname"), part))
                .filter(row -> !hidesDown || !isDown(row))
                .toList();
        var fields = new HashMap<String, String>();
        fields.put("cache-control", "no-cache");
        if (refreshSeconds > 0 && !wanted.contains(";norefresh")) {
            fields.put("refresh", Long.toString(refreshSeconds));
        }
        if (wanted.contains(";csv")) {
            fields.put("content-type", "text/plain");
            return new Document(200, fields, StatisticsCsv.csv(rows, row -> true));
        }
        fields.put("content-type", "text/html; charset=utf-8");
        return new Document(200, fields, html.text(uri, refreshSeconds, rows, opened(status)));
    }

    private boolean isInScope(String proxy, String part) {
        return (scope.isEmpty() || scope.contains(proxy)) && proxy.contains(part);
    }

    /** As HAProxy: servers that are down, and those in maintenance. */
    private static boolean isDown(StatisticsCsv.Row row) {
        return row.kind() == StatisticsCsv.Kind.SERVER
                && List.of("DOWN", "MAINT").contains(row.value("status"));
    }

    private static String between(String text, String name) {
        int at = text.indexOf(name);
        if (at < 0) {
            return "";
        }
        var rest = text.substring(at + name.length());
        int end = 0;
        while (end < rest.length() && "&;".indexOf(rest.charAt(end)) < 0) {
            end++;
        }
        return rest.substring(0, end);
    }

    /** Clients' connections now, and ever accepted. */
    private static Map<String, Long> opened(Status status) {
        long open = 0;
        long accepted = 0;
        for (var listener : status.listeners()) {
            open += listener.open();
            accepted += listener.accepted();
        }
        return Map.of("open", open, "accepted", accepted);
    }
}
