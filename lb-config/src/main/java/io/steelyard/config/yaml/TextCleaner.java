package io.steelyard.config.yaml;

import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Takes out what editors, terminals and web pages put into text without anybody seeing it. Every character that is replaced is replaced by
 * one space, so that places stay true.
 *
 * @param text what is left
 * @param problems a notice for each kind of thing that was harmless, an error for each character that may not be there
 */
record TextCleaner(String text, List<Problem> problems) {
    private static final int MAX_ERRORS = 20;

    static TextCleaner clean(ConfigurationSource source) {
        var problems = new ArrayList<Problem>();
        var text = source.text();
        if (text.startsWith("\uFEFF")) {
            text = text.substring(1);
            problems.add(Problem.notice("", "the file begins with a byte order mark, which is ignored")
                    .at(new Position(source.name(), 1, 1)));
        }
        var cleaned = new StringBuilder(text.length());
        boolean isSpaceTold = false;
        boolean isReturnTold = false;
        int errors = 0;
        int line = 1;
        int column = 1;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            int kept = c;
            if (c == '\r' && i < text.length() && text.charAt(i) == '\n' && !isReturnTold) {
                isReturnTold = true;
                problems.add(Problem.notice("", "lines end in CR LF, which is read as LF")
                        .at(new Position(source.name(), line, column)));
            } else if (isOddSpace(c)) {
                kept = ' ';
                if (!isSpaceTold) {
                    isSpaceTold = true;
                    problems.add(Problem.notice("", "no-break or wide spaces (" + name(c) + ") are read as spaces")
                            .at(new Position(source.name(), line, column)));
                }
            } else if (isForbidden(c)) {
                kept = ' ';
                if (errors++ < MAX_ERRORS) {
                    problems.add(Problem.error("", "the invisible character " + name(c) + " stands here")
                            .at(new Position(source.name(), line, column))
                            .remedy("delete it, or write it as an escape in a quoted text"));
                }
            }
            cleaned.appendCodePoint(kept);
            boolean isEndOfLine = c == '\n' || c == '\r' && !(i < text.length() && text.charAt(i) == '\n');
            line += isEndOfLine ? 1 : 0;
            column = isEndOfLine ? 1 : column + 1;
        }
        return new TextCleaner(cleaned.toString(), problems);
    }

    private static boolean isOddSpace(int c) {
        return c == 0xA0 || c >= 0x2000 && c <= 0x200A || c == 0x202F || c == 0x205F || c == 0x3000;
    }

    private static boolean isForbidden(int c) {
        return !StreamReader.isPrintable(c)
                || c >= 0x200B && c <= 0x200F
                || c == 0x2028
                || c == 0x2029
                || c == 0x2060
                || c == 0x85
                || c == 0xFEFF;
    }

    private static String name(int c) {
        return "U+%04X".formatted(c);
    }
}
