package io.steelyard.pool.variable;

import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.AccessLog.Escape;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The lines of an access log, with their escapes as nginx has them. Immutable and safe to share. */
public final class LogLine {
    private static final String HEXADECIMAL = "0123456789ABCDEF";

    private final CompiledTemplate format;
    private final Escape escape;
    private final Optional<CompiledTemplate> condition;

    private LogLine(CompiledTemplate format, Escape escape, Optional<CompiledTemplate> condition) {
        this.format = format;
        this.escape = escape;
        this.condition = condition;
    }

    /** Prepares the lines of a log. */
    public static LogLine compile(VariableTable table, AccessLog log) {
        return new LogLine(
                table.compile(log.format()), log.escape(), log.condition().map(table::compile));
    }

    /** Whether the connection gets a line. */
    public boolean isWanted(Evaluation evaluation) {
        return condition.isEmpty() || evaluation.isTrue(condition.get());
    }

    /** The line's bytes with a line feed at the end. */
    public byte[] bytes(Evaluation evaluation) {
        var line = new StringBuilder();
        for (var part : format.parts()) {
            var value = evaluation.value(part);
            if (part instanceof CompiledTemplate.Part.Literal) {
                line.append(value);
            } else if (value == null) {
                line.append(escape == Escape.DEFAULT ? "-" : "");
            } else {
                append(value, line);
            }
        }
        return line.append('\n').toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private void append(String value, StringBuilder line) {
        switch (escape) {
            case NONE -> line.append(value);
            case DEFAULT -> {
                for (int i = 0; i < value.length(); i++) {
                    char c = value.charAt(i);
                    if (c < 0x20 || c > 0x7E || c == '"' || c == '\\') {
                        line.append("\\x").append(HEXADECIMAL.charAt(c >> 4)).append(HEXADECIMAL.charAt(c & 0xF));
                    } else {
                        line.append(c);
                    }
                }
            }
            case JSON -> {
                for (int i = 0; i < value.length(); i++) {
                    appendJson(value.charAt(i), line);
                }
            }
        }
    }

    private static void appendJson(char c, StringBuilder line) {
        switch (c) {
            case '"', '\\' -> line.append('\\').append(c);
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            case '\b' -> line.append("\\b");
            case '\f' -> line.append("\\f");
            default -> {
                if (c < 0x20) {
                    line.append("\\u00").append(HEXADECIMAL.charAt(c >> 4)).append(HEXADECIMAL.charAt(c & 0xF));
                } else {
                    line.append(c);
                }
            }
        }
    }
}
