package io.steelyard.config.yaml;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** Writes a tree as text that reads back as the same tree. */
final class YamlEmitter {
    /** Texts that need no quotes anywhere, not even inside [ ] and { }. */
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9_/$.][A-Za-z0-9_/$.@+*-]*(:[A-Za-z0-9_/$.@+*-]+)*");
    /** Texts other YAML programs would take for something else than a text. */
    private static final Pattern MISREAD =
            Pattern.compile("(?i)null|true|false|yes|no|on|off|y|n|[.\\d][-+.\\d_:eEoOxXa-fA-F]*|\\.(inf|nan)|[.]+");

    private YamlEmitter() {}

    /** The whole document. */
    static String emit(Yaml.Mapping document) {
        if (document.entries().isEmpty()) {
            return "{}\n";
        }
        var out = new StringBuilder();
        for (var entry : document.entries()) {
            out.append(out.isEmpty() ? "" : "\n");
            entry(entry, 0, out);
        }
        return out.toString();
    }

    /** On one line. */
    static String inline(Yaml yaml) {
        return switch (yaml) {
            case Yaml.Scalar scalar -> scalar(scalar);
            case Yaml.Sequence sequence ->
                sequence.items().stream().map(YamlEmitter::inline).collect(Collectors.joining(", ", "[", "]"));
            case Yaml.Mapping mapping ->
                mapping.entries().stream()
                        .map(entry -> scalar(entry.key()) + ": " + inline(entry.value()))
                        .collect(Collectors.joining(", ", "{", "}"));
        };
    }

    private static void entry(Yaml.Entry entry, int indent, StringBuilder out) {
        out.repeat(' ', indent).append(scalar(entry.key())).append(':');
        if (entry.value() instanceof Yaml.Mapping mapping && !mapping.entries().isEmpty()) {
            out.append('\n');
            mapping.entries().forEach(inner -> entry(inner, indent + 2, out));
        } else if (entry.value() instanceof Yaml.Sequence sequence
                && !sequence.items().isEmpty()) {
            out.append('\n');
            sequence.items().forEach(item -> item(item, indent + 2, out));
        } else {
            out.append(' ').append(inline(entry.value())).append('\n');
        }
    }

    private static void item(Yaml item, int indent, StringBuilder out) {
        if (item instanceof Yaml.Mapping mapping && !mapping.entries().isEmpty()) {
            int start = out.length();
            mapping.entries().forEach(entry -> entry(entry, indent + 2, out));
            out.setCharAt(start + indent, '-');
        } else {
            out.repeat(' ', indent).append("- ").append(inline(item)).append('\n');
        }
    }

    private static String scalar(Yaml.Scalar scalar) {
        var text = scalar.text();
        boolean isSafe = SAFE.matcher(text).matches()
                && (scalar.isPlain() || !MISREAD.matcher(text).matches() || isAddress(text));
        return isSafe || scalar.isPlain() ? text : quoted(text);
    }

    /** Dots and colons in the manner of {@code 10.0.0.1:80}, which no YAML program takes for a number. */
    private static boolean isAddress(String text) {
        return text.matches("\\d+(\\.\\d+){3}(:[0-9-]+|/\\d+)?");
    }

    private static String quoted(String text) {
        var out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x7F && c >= 0x20 || c > 0xA0 && isVisible(c)) {
                        out.appendCodePoint(c);
                    } else {
                        out.append(c > 0xFFFF ? "\\U%08x".formatted(c) : "\\u%04x".formatted(c));
                    }
                }
            }
        }
        return out.append('"').toString();
    }

    private static boolean isVisible(int c) {
        return StreamReader.isPrintable(c)
                && Character.isDefined(c)
                && switch (Character.getType(c)) {
                    case Character.FORMAT,
                            Character.CONTROL,
                            Character.SPACE_SEPARATOR,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SURROGATE -> false;
                    default -> true;
                };
    }
}
