package io.steelyard.config.haproxy.expression;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A log line, header value or path made of text, {@code %[expression]} and fields such as {@code %ci} (configuration manual 2.6, section
 * 8.2.4). Immutable and safe for all threads.
 */
public record LogFormat(List<Part> parts) {
    /** Every field there is, without the {@code %}. */
    public static final Set<String> FIELDS = Set.of(
            ("B CC CS H HM HP HPO HQ HU HV ID ST T Ta Tc Td Tf Th Ti Tl Tq TR Tr Ts Tt Tu Tw U ac b bc bi bp bq cc ci cp f fc fi fp ft "
                            + "h hr hrl hs hsl lc ms o pid r rc rt s sc si sp sq sslc sslv t tr trg trl ts tsc Trl Trg")
                    .split(" "));

    /** Fields that are left out where nothing is captured. */
    private static final Set<String> CAPTURES = Set.of("hr", "hs");

    private static final LogFormat NONE = new LogFormat(List.of());

    /** How a value is written. */
    public record Style(boolean isQuoted, boolean isEscaped, boolean isHexadecimal) {
        static final Style PLAIN = new Style(false, false, false);

        Style with(String flag) {
            boolean isOn = flag.startsWith("+");
            return switch (flag.substring(1)) {
                case "Q" -> new Style(isOn, isEscaped, isHexadecimal);
                case "E" -> new Style(isQuoted, isOn, isHexadecimal);
                case "X" -> new Style(isQuoted, isEscaped, isOn);
                default -> throw new IllegalArgumentException("unknown flag '" + flag + "', expected Q, E or X");
            };
        }

        String write(Optional<String> value, boolean isLog) {
            var text = value.orElse(isQuoted || !isLog ? "" : "-");
            if (isHexadecimal && text.matches("\\d{1,18}")) {
                text = HexFormat.of()
                        .withUpperCase()
                        .toHexDigits(Long.parseLong(text))
                        .replaceFirst("^0+(?=.)", "");
            }
            if (isEscaped) {
                text = text.replaceAll("([\"\\\\\\]])", "\\\\$1");
            }
            return isQuoted ? "\"" + text + "\"" : text;
        }
    }

    /** A piece of it. */
    public sealed interface Part {
        /** Fixed text. */
        record Text(String text) implements Part {}

        /** A field by name. */
        record Field(String name, Style style) implements Part {}

        /** The value of an expression. */
        record Value(Expression expression, Style style) implements Part {}
    }

    public LogFormat {
        parts = List.copyOf(parts);
    }

    /**
     * Reads a format.
     *
     * @throws IllegalArgumentException with what is wrong with it
     */
    public static LogFormat parse(String text) {
        return text.isEmpty() ? NONE : new Reading(text).read();
    }

    /**
     * Writes it.
     *
     * @param fields the value of each field; absent for none
     */
    public String write(SampleSource samples, Function<String, Optional<String>> fields) {
        return write(samples, fields, false);
    }

    /** Writes a line of a log: what has no value is a dash, and blanks around what is left out are one. */
    public String writeLog(SampleSource samples, Function<String, Optional<String>> fields) {
        return write(samples, fields, true);
    }

    private String write(SampleSource samples, Function<String, Optional<String>> fields, boolean isLog) {
        var line = new StringBuilder();
        for (var part : parts) {
            switch (part) {
                case Part.Text fixed -> {
                    boolean isDouble = isLog
                            && fixed.text().startsWith(" ")
                            && !line.isEmpty()
                            && line.charAt(line.length() - 1) == ' ';
                    line.append(fixed.text(), isDouble ? 1 : 0, fixed.text().length());
                }
                case Part.Field field -> {
                    var value = fields.apply(field.name());
                    boolean isLeftOut = value.isEmpty() && CAPTURES.contains(field.name());
                    line.append(isLeftOut ? "" : field.style().write(value, isLog));
                }
                case Part.Value value ->
                    line.append(value.style()
                            .write(value.expression().value(samples).map(Sample::text), isLog));
            }
        }
        return line.toString();
    }

    /** Every expression in it. */
    public List<Expression> expressions() {
        return parts.stream()
                .filter(Part.Value.class::isInstance)
                .map(part -> ((Part.Value) part).expression())
                .toList();
    }

    private static final class Reading {
        private final String text;
        private final List<Part> parts = new ArrayList<>();
        private final StringBuilder fixed = new StringBuilder();
        /** What {@code %{+Q}o} sets for all that follow. */
        private Style style = Style.PLAIN;

        private int at;

        Reading(String text) {
            this.text = text;
        }

        LogFormat read() {
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (c != '%') {
                    fixed.append(c);
                } else if (at < text.length() && text.charAt(at) == '%') {
                    fixed.append('%');
                    at++;
                } else {
                    value();
                }
            }
            flush();
            return new LogFormat(parts);
        }

        private void flush() {
            if (!fixed.isEmpty()) {
                parts.add(new Part.Text(fixed.toString()));
                fixed.setLength(0);
            }
        }

        private void value() {
            var own = style;
            if (at < text.length() && text.charAt(at) == '{') {
                int end = text.indexOf('}', at);
                if (end < 0) {
                    throw new IllegalArgumentException("'%{' has no '}'");
                }
                for (var flag : text.substring(at + 1, end).split(",")) {
                    if (flag.length() < 2 || "+-".indexOf(flag.charAt(0)) < 0) {
                        throw new IllegalArgumentException("'" + flag + "' is no flag, expected +Q, +E or +X");
                    }
                    own = own.with(flag);
                }
                at = end + 1;
            }
            flush();
            if (at < text.length() && text.charAt(at) == '[') {
                expression(own);
            } else {
                field(own);
            }
        }

        private void expression(Style own) {
            int start = ++at;
            int depth = 0;
            char quote = 0;
            for (; at < text.length(); at++) {
                char c = text.charAt(at);
                if (quote != 0) {
                    quote = c == quote ? 0 : quote;
                } else if (c == '"' || c == '\'') {
                    quote = c;
                } else if (c == '(') {
                    depth++;
                } else if (c == ')') {
                    depth--;
                } else if (c == ']' && depth <= 0) {
                    parts.add(new Part.Value(Expression.parse(text.substring(start, at)), own));
                    at++;
                    return;
                }
            }
            throw new IllegalArgumentException("'%[' has no ']'");
        }

        private void field(Style own) {
            int end = at;
            while (end < text.length() && end < at + 4 && Character.isLetter(text.charAt(end))) {
                end++;
            }
            // The longest name wins, as %Tr does over %T.
            while (end > at && !FIELDS.contains(text.substring(at, end))) {
                end--;
            }
            if (end == at) {
                throw new IllegalArgumentException(
                        "'%" + text.substring(at, Math.min(at + 4, text.length())) + "' is no field of a log");
            }
            var name = text.substring(at, end);
            at = end;
            if (name.equals("o")) {
                style = own;
            } else {
                parts.add(new Part.Field(name, own));
            }
        }
    }
}
