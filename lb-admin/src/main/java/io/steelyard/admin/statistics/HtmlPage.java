package io.steelyard.admin.statistics;

import io.steelyard.admin.statistics.StatisticsCsv.Kind;
import io.steelyard.admin.statistics.StatisticsCsv.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows of statistics as a page for browsers: a table for each proxy, with a row for its frontend, each server and its backend. Pure but for the time. */
final class HtmlPage {
    /** Headings over groups of columns, and the columns of each: heading, column of {@link StatisticsCsv}. */
    private static final Map<String, List<String[]>> GROUPS = new LinkedHashMap<>();

    static {
        group("Queue", "Cur", "qcur", "Max", "qmax", "Limit", "qlimit");
        group("Session rate", "Cur", "rate", "Max", "rate_max", "Limit", "rate_lim");
        group(
                "Sessions",
                "Cur",
                "scur",
                "Max",
                "smax",
                "Limit",
                "slim",
                "Total",
                "stot",
                "LbTot",
                "lbtot",
                "Last",
                "lastsess");
        group("Bytes", "In", "bin", "Out", "bout");
        group("Denied", "Req", "dreq", "Resp", "dresp");
        group("Errors", "Req", "ereq", "Conn", "econ", "Resp", "eresp");
        group("Warnings", "Retr", "wretr", "Redis", "wredis");
        group(
                "HTTP answers",
                "1xx",
                "hrsp_1xx",
                "2xx",
                "hrsp_2xx",
                "3xx",
                "hrsp_3xx",
                "4xx",
                "hrsp_4xx",
                "5xx",
                "hrsp_5xx");
        group(
                "Server",
                "Status",
                "status",
                "LastChk",
                "check_status",
                "Wght",
                "weight",
                "Act",
                "act",
                "Bck",
                "bck",
                "Chk",
                "chkfail",
                "Dwn",
                "chkdown");
    }

    private static final String STYLE = """
            body{font:13px/1.4 sans-serif;margin:1.5em;color:#222}
            table{border-collapse:collapse;margin:.3em 0 1.6em}
            th,td{border:1px solid #bbb;padding:.15em .45em;text-align:right;white-space:nowrap}
            th{background:#eee;font-weight:600}td:first-child,td.s{text-align:left}
            h2{font-size:1.15em;margin:1em 0 0}dl{display:grid;grid-template-columns:max-content auto;gap:.1em 1em}
            dt{color:#666}dd{margin:0}tr.frontend,tr.backend{background:#f4f4f4}
            tr.up{background:#dfd}tr.down{background:#fdd}tr.maint{background:#eda}tr.drain{background:#ddf}
            tr.no-check{background:#fff}.legend{color:#666}
            """;

    private final boolean hidesVersion;
    private final boolean showsLegends;
    private final String node;
    private final String description;

    HtmlPage(boolean hidesVersion, boolean showsLegends, String node, String description) {
        this.hidesVersion = hidesVersion;
        this.showsLegends = showsLegends;
        this.node = node;
        this.description = description;
    }

    private static void group(String heading, String... headingsAndColumns) {
        var columns = new java.util.ArrayList<String[]>();
        for (int i = 0; i < headingsAndColumns.length; i += 2) {
            columns.add(new String[] {headingsAndColumns[i], headingsAndColumns[i + 1]});
        }
        GROUPS.put(heading, List.copyOf(columns));
    }

    String text(String uri, long refreshSeconds, List<Row> rows, Map<String, Long> connections) {
        var page = new StringBuilder(16_384);
        page.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>Statistics Report");
        page.append(node.isEmpty() ? "" : " for " + escaped(node)).append("</title>\n<style>");
        page.append(STYLE).append("</style></head>\n<body>\n<h1>Statistics Report");
        page.append(node.isEmpty() ? "" : " for " + escaped(node)).append("</h1>\n");
        if (!description.isEmpty()) {
            page.append("<p>").append(escaped(description)).append("</p>\n");
        }
        process(page, connections);
        links(page, uri, refreshSeconds);
        var byProxy = new LinkedHashMap<String, List<Row>>();
        for (var row : rows) {
            byProxy.computeIfAbsent(row.value("pxname"), first -> new java.util.ArrayList<>())
                    .add(row);
        }
        byProxy.forEach((name, ofProxy) -> proxy(page, name, ofProxy));
        return page.append("</body></html>\n").toString();
    }

    private void process(StringBuilder page, Map<String, Long> connections) {
        var self = ProcessHandle.current();
        var up = Duration.between(self.info().startInstant().orElse(Instant.now()), Instant.now());
        page.append("<dl>");
        if (!hidesVersion) {
            var version = HtmlPage.class.getPackage().getImplementationVersion();
            fact(page, "version", "Steelyard " + (version == null ? "0.1.0" : version));
        }
        fact(page, "pid", Long.toString(self.pid()));
        fact(
                page,
                "uptime",
                "%dd %dh%02dm%02ds".formatted(up.toDays(), up.toHoursPart(), up.toMinutesPart(), up.toSecondsPart()));
        fact(page, "current conns", String.valueOf(connections.get("open")));
        fact(page, "total conns", String.valueOf(connections.get("accepted")));
        page.append("</dl>\n");
    }

    private static void fact(StringBuilder page, String name, String value) {
        page.append("<dt>")
                .append(name)
                .append("</dt><dd>")
                .append(escaped(value))
                .append("</dd>");
    }

    private static void links(StringBuilder page, String uri, long refreshSeconds) {
        var address = escaped(uri);
        page.append("<p><a href=\"").append(address).append(";up\">Hide servers that are down</a> · ");
        if (refreshSeconds > 0) {
            page.append("<a href=\"").append(address).append(";norefresh\">Disable refresh</a> · ");
        }
        page.append("<a href=\"").append(address).append("\">Refresh now</a> · ");
        page.append("<a href=\"").append(address).append(";csv;norefresh\">CSV export</a></p>\n");
    }

    private void proxy(StringBuilder page, String name, List<Row> rows) {
        page.append("<h2 id=\"")
                .append(escaped(name))
                .append("\">")
                .append(escaped(name))
                .append("</h2>\n");
        if (showsLegends) {
            var last = rows.getLast();
            page.append("<div class=\"legend\">mode ").append(escaped(last.value("mode")));
            page.append(last.value("algo").isEmpty() ? "" : ", balancing " + escaped(last.value("algo")));
            page.append("</div>\n");
        }
        page.append("<table><thead><tr><th rowspan=\"2\"></th>");
        GROUPS.forEach((heading, columns) -> page.append("<th colspan=\"")
                .append(columns.size())
                .append("\">")
                .append(heading)
                .append("</th>"));
        page.append("</tr>\n<tr>");
        GROUPS.values()
                .forEach(columns -> columns.forEach(
                        column -> page.append("<th>").append(column[0]).append("</th>")));
        page.append("</tr></thead>\n<tbody>\n");
        rows.forEach(row -> row(page, row));
        page.append("</tbody></table>\n");
    }

    private void row(StringBuilder page, Row row) {
        page.append("<tr class=\"")
                .append(style(row))
                .append("\"><td>")
                .append(title(row))
                .append("</td>");
        GROUPS.values()
                .forEach(columns -> columns.forEach(column -> {
                    boolean isText = column[1].equals("status") || column[1].equals("check_status");
                    page.append(isText ? "<td class=\"s\">" : "<td>")
                            .append(escaped(shown(row, column[1])))
                            .append("</td>");
                }));
        page.append("</tr>\n");
    }

    private String title(Row row) {
        var name = switch (row.kind()) {
            case FRONTEND -> "Frontend";
            case BACKEND -> "Backend";
            case SERVER -> row.value("svname");
        };
        boolean isWide = showsLegends && !row.value("addr").isEmpty();
        return escaped(name) + (isWide ? " <span class=\"legend\">" + escaped(row.value("addr")) + "</span>" : "");
    }

    private static String shown(Row row, String column) {
        var value = row.value(column);
        return switch (column) {
            case "lastsess" -> value.isEmpty() || value.equals("-1") ? "?" : value + "s";
            case "check_status" -> value.isEmpty() ? "" : value + " " + row.value("last_chk");
            default -> value;
        };
    }

    private static String style(Row row) {
        if (row.kind() != Kind.SERVER) {
            return row.kind() == Kind.FRONTEND ? "frontend" : "backend";
        }
        return row.value("status").toLowerCase(java.util.Locale.ROOT).replace(' ', '-');
    }

    /** Text that can stand anywhere in HTML, attributes too. */
    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
