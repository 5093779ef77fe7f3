package io.steelyard.launcher.difference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A line of an access log that names each value: {@code name=value}, parted by {@code <>}. */
record LogLine(Map<String, String> values) {
    private static final String PARTING = "<>";

    /** What is another each time, of which the form is compared: numbers of so many digits and signs. */
    private static final Set<String> NUMBERS = Set.of(
            "connection", "pid", "remote_port", "realip_remote_port", "request_id", "time_local", "time_iso8601");

    /** The form that logs these variables. */
    static String format(List<String> names) {
        var parts = new ArrayList<String>();
        names.forEach(name -> parts.add(name + "=$" + name));
        return String.join(PARTING, parts);
    }

    static LogLine parse(String line) {
        var values = new LinkedHashMap<String, String>();
        for (var part : line.split(PARTING)) {
            int equals = part.indexOf('=');
            values.put(part.substring(0, equals), part.substring(equals + 1));
        }
        return new LogLine(values);
    }

    String value(String name) {
        return values.getOrDefault(name, "");
    }

    /** With the form in place of each value that is a time or a number of its own, and names for ports. */
    LogLine normal(Map<Integer, String> ports) {
        var normal = new LinkedHashMap<String, String>();
        values.forEach((name, value) -> {
            var text = value;
            if (NUMBERS.contains(name)) {
                text = form(text);
            } else if (name.endsWith("_time") || name.equals("msec")) {
                text = text.replaceAll("\\d+\\.\\d{3}(?!\\d)", "T");
            }
            for (var port : ports.entrySet()) {
                text = text.replace(":" + port.getKey(), ":" + port.getValue())
                        .replaceAll("^" + port.getKey() + "$", port.getValue());
            }
            normal.put(name, text);
        });
        return new LogLine(normal);
    }

    private static String form(String text) {
        return text.replaceAll("[A-Z][a-z]{2}", "Mon")
                .replaceAll("^[0-9a-f]{32}$", "id")
                .replaceAll(text.length() > 6 ? "[0-9]" : "[0-9]+", "0");
    }

    /** The values that are others, each as {@code name theirs / ours}. */
    List<String> differences(LogLine other) {
        var found = new ArrayList<String>();
        values.forEach((name, value) -> {
            if (!value.equals(other.value(name))) {
                found.add(name + " " + value + " / " + other.value(name));
            }
        });
        return found;
    }
}
