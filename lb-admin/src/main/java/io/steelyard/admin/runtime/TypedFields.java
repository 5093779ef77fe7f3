package io.steelyard.admin.runtime;

import io.steelyard.admin.statistics.StatisticsCsv;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Statistics with what each value is: the forms {@code typed} and {@code json} of {@code show stat} and {@code show info} (HAProxy management guide
 * 2.6, section 9.3, "Typed output format"). Fields without a value are left out. Pure.
 */
final class TypedFields {
    private static final Map<Character, String> ORIGINS =
            Map.of('K', "Key", 'M', "Metric", 'C', "Config", 'S', "Status", 'P', "Product");
    private static final Map<Character, String> NATURES = Map.of(
            'N',
            "Name",
            'G',
            "Gauge",
            'M',
            "Max",
            'L',
            "Limit",
            'C',
            "Counter",
            'R',
            "Rate",
            'a',
            "Avg",
            'A',
            "Age",
            'O',
            "Output",
            'D',
            "Duration");
    private static final Map<Character, String> SCOPES = Map.of('S', "Service", 'P', "Process");

    /** Tags and type of each column, as HAProxy has them of servers. */
    private static final Map<String, Kind> COLUMNS = new HashMap<>();

    static {
        columns("KNS str", "pxname svname");
        columns("MGP u32", "qcur scur");
        columns("MMP u32", "qmax smax rate_max req_rate_max conn_rate_max");
        columns("CLP u32", "slim");
        columns("MCP u64", "stot bin bout econ wretr lbtot req_tot conn_tot");
        columns("MCP u64", "hrsp_1xx hrsp_2xx hrsp_3xx hrsp_4xx hrsp_5xx hrsp_other");
        columns("SGP str", "status");
        columns("SGP u32", "act bck");
        columns("KGP u32", "pid");
        columns("KGS u32", "iid sid");
        columns("CGS u32", "qlimit type check_rise check_fall check_health");
        columns("MRP u32", "rate req_rate conn_rate");
        columns("CGS str", "addr mode algo");
        columns("MaP u32", "weight uweight");
        columns("MOP str", "check_status last_chk check_desc");
        columns("MAP s32", "lastsess");
        columns("CNS str", "cookie");
    }

    private TypedFields() {}

    /**
     * What a value is.
     *
     * @param tags three letters: origin, nature, scope
     * @param type {@code str}, {@code u32}, {@code u64} or {@code s32}
     */
    private record Kind(String tags, String type) {}

    /**
     * A value of the process.
     *
     * @param position in HAProxy's list
     */
    record Field(int position, String name, String tags, String type, String value) {
        Field(int position, String name, String tags, String type, long value) {
            this(position, name, tags, type, Long.toString(value));
        }
    }

    private static void columns(String kind, String names) {
        var words = kind.split(" ");
        for (var name : names.split(" ")) {
            COLUMNS.put(name, new Kind(words[0], words[1]));
        }
    }

    /** {@code show info}: a name and a value a line. */
    static String plain(List<Field> fields) {
        return fields.stream()
                .map(field -> field.name() + ": " + field.value() + "\n")
                .collect(Collectors.joining());
    }

    /** {@code show info typed}. */
    static String typed(List<Field> fields) {
        return fields.stream()
                .map(field -> field.position() + "." + field.name() + ".1:" + field.tags() + ":" + field.type() + ":"
                        + field.value() + "\n")
                .collect(Collectors.joining());
    }

    /** {@code show info json}. */
    static String json(List<Field> fields) {
        return fields.stream().map(field -> json("", field)).collect(Collectors.joining(",", "[", "]\n"));
    }

    /** {@code show stat typed}. */
    static String typedRows(List<StatisticsCsv.Row> rows) {
        var text = new StringBuilder();
        for (var row : rows) {
            var place = type(row).charAt(0) + "." + row.proxyNumber() + "." + row.serverNumber() + ".";
            fields(row).forEach(field -> text.append(place).append(typed(List.of(field))));
        }
        return text.toString();
    }

    /** {@code show stat json}. */
    static String jsonRows(List<StatisticsCsv.Row> rows) {
        return rows.stream()
                .map(row -> {
                    var about = "\"objType\":\"" + type(row) + "\",\"proxyId\":" + row.proxyNumber() + ",\"id\":"
                            + row.serverNumber() + ",";
                    return fields(row).stream()
                            .map(field -> json(about, field))
                            .collect(Collectors.joining(",", "[", "]"));
                })
                .collect(Collectors.joining(",", "[", "]\n"));
    }

    private static String type(StatisticsCsv.Row row) {
        return switch (row.kind()) {
            case FRONTEND -> "Frontend";
            case BACKEND -> "Backend";
            case SERVER -> "Server";
        };
    }

    private static List<Field> fields(StatisticsCsv.Row row) {
        var fields = new ArrayList<Field>();
        for (int i = 0; i < StatisticsCsv.COLUMNS.size(); i++) {
            var column = StatisticsCsv.COLUMNS.get(i);
            var value = row.value(column);
            if (!value.isEmpty()) {
                var kind = kind(row, column);
                fields.add(new Field(i, column, kind.tags(), kind.type(), value));
            }
        }
        return fields;
    }

    /** Of a backend some are sums, and have other tags. */
    private static Kind kind(StatisticsCsv.Row row, String column) {
        boolean isSum = row.kind() == StatisticsCsv.Kind.BACKEND
                && List.of("act", "bck", "rate", "rate_max").contains(column);
        return isSum
                ? new Kind("MGP", "u32")
                : Objects.requireNonNull(COLUMNS.get(column), () -> column + " has no type");
    }

    private static String json(String about, Field field) {
        var value = field.type().equals("str") ? quoted(field.value()) : field.value();
        return "{" + about + "\"field\":{\"pos\":" + field.position() + ",\"name\":" + quoted(field.name())
                + "},\"processNum\":1,\"tags\":{\"origin\":\""
                + ORIGINS.get(field.tags().charAt(0))
                + "\",\"nature\":\"" + NATURES.get(field.tags().charAt(1)) + "\",\"scope\":\""
                + SCOPES.get(field.tags().charAt(2)) + "\"},\"value\":{\"type\":\"" + field.type() + "\",\"value\":"
                + value + "}}";
    }

    /** As JSON has it (RFC 8259, section 7). */
    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < 0x20) {
                quoted.append("\\u%04x".formatted(c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
