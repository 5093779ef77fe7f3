package io.steelyard.config.haproxy.expression;

import io.steelyard.api.http.HttpFacts.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code hdr} and its kin make of header fields. */
final class FieldSamples {
    private FieldSamples() {}

    /** @param prefix {@code req.} or {@code res.}, which the fetch's name begins with */
    static List<Sample> of(Fields fields, Fetch fetch, String prefix) {
        var name = fetch.argument(0);
        var kind = fetch.method().name().substring(prefix.length());
        return switch (kind) {
            case "hdr" -> texts(chosen(parts(fields, name), fetch.argument(1)));
            case "fhdr" -> texts(chosen(values(fields, name), fetch.argument(1)));
            case "hdr_cnt" -> List.of(new Sample.Sint(parts(fields, name).size()));
            case "fhdr_cnt" -> List.of(new Sample.Sint(values(fields, name).size()));
            case "hdr_ip" -> cast(chosen(parts(fields, name), fetch.argument(1)), Sample.Type.ADDR);
            case "hdr_val" -> cast(chosen(parts(fields, name), fetch.argument(1)), Sample.Type.SINT);
            case "hdr_names" -> List.of(new Sample.Str(names(fields, name.isEmpty() ? "," : name)));
            case "hdrs" -> List.of(new Sample.Str(all(fields)));
            default -> List.of();
        };
    }

    /** The last value of a name; null where there is none. */
    static @Nullable String last(Fields fields, String name) {
        for (int i = fields.count() - 1; i >= 0; i--) {
            if (fields.isNamed(i, name)) {
                return fields.value(i);
            }
        }
        return null;
    }

    private static List<Sample> texts(List<String> values) {
        var samples = new ArrayList<Sample>(values.size());
        for (var value : values) {
            samples.add(new Sample.Str(value));
        }
        return samples;
    }

    private static List<Sample> cast(List<String> values, Sample.Type type) {
        var samples = new ArrayList<Sample>(values.size());
        for (var value : values) {
            // An address may have a port behind it, as proxies write it.
            int colon = value.indexOf(':');
            boolean hasPort = type == Sample.Type.ADDR && value.indexOf('.') >= 0 && colon > 0;
            new Sample.Str(hasPort ? value.substring(0, colon) : value).as(type).ifPresent(samples::add);
        }
        return samples;
    }

    /** The value at a place, counted from 1, or from the end below 0; all where none is given. */
    private static List<String> chosen(List<String> values, String place) {
        if (place.isEmpty() || place.equals("0")) {
            return values;
        }
        int number = Integer.parseInt(place);
        int index = number > 0 ? number - 1 : values.size() + number;
        return index >= 0 && index < values.size() ? List.of(values.get(index)) : List.of();
    }

    private static List<String> values(Fields fields, String name) {
        var values = new ArrayList<String>(1);
        for (int i = 0; i < fields.count(); i++) {
            if (name.isEmpty() || fields.isNamed(i, name)) {
                values.add(fields.value(i));
            }
        }
        return values;
    }

    /** The parts between commas, those in quotes aside, of all values. */
    private static List<String> parts(Fields fields, String name) {
        var parts = new ArrayList<String>(1);
        for (int i = 0; i < fields.count(); i++) {
            if (name.isEmpty() || fields.isNamed(i, name)) {
                split(fields.value(i), parts);
            }
        }
        return parts;
    }

    private static void split(String value, List<String> parts) {
        if (value.indexOf(',') < 0) {
            parts.add(value);
            return;
        }
        boolean isQuoted = false;
        int start = 0;
        for (int i = 0; i <= value.length(); i++) {
            char c = i == value.length() ? ',' : value.charAt(i);
            if (c == '\\' && isQuoted) {
                i++;
            } else if (c == '"') {
                isQuoted = !isQuoted;
            } else if (c == ',' && (!isQuoted || i == value.length())) {
                parts.add(value.substring(start, i).strip());
                start = i + 1;
            }
        }
    }

    private static String names(Fields fields, String separator) {
        var names = new ArrayList<String>();
        for (int i = 0; i < fields.count(); i++) {
            var name = fields.name(i).toLowerCase(Locale.ROOT);
            if (!names.contains(name)) {
                names.add(name);
            }
        }
        return String.join(separator, names);
    }

    private static String all(Fields fields) {
        var text = new StringBuilder();
        for (int i = 0; i < fields.count(); i++) {
            text.append(fields.name(i).toLowerCase(Locale.ROOT))
                    .append(": ")
                    .append(fields.value(i))
                    .append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    /** Names and values of cookies. */
    static List<Map.Entry<String, String>> cookies(Fields fields, String field) {
        var cookies = new ArrayList<Map.Entry<String, String>>();
        for (int i = 0; i < fields.count(); i++) {
            if (fields.isNamed(i, field)) {
                var pairs = fields.value(i).split(";");
                for (var pair : field.equals("cookie")
                        ? List.of(pairs)
                        : List.of(pairs).subList(0, Math.min(1, pairs.length))) {
                    int equals = pair.indexOf('=');
                    if (equals > 0) {
                        cookies.add(Map.entry(
                                pair.substring(0, equals).strip(),
                                unquoted(pair.substring(equals + 1).strip())));
                    }
                }
            }
        }
        return cookies;
    }

    private static String unquoted(String value) {
        return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }
}
