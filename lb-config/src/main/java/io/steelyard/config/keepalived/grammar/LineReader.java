package io.steelyard.config.keepalived.grammar;

import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Splits lines into words. {@code #} and {@code !} begin a comment wherever they stand outside double quotes, behind a backslash they do not;
 * braces are words of their own; {@code $NAME} and {@code ${NAME}} stand for what was defined before. One file, one use.
 */
final class LineReader {
    private static final int MOST_EXPANDED = 1 << 16;
    private static final int MOST_NESTED = 8;

    private final String file;
    private final Map<String, String> definitions;
    private final List<Problem> problems;
    private final RandomNumbers numbers;
    private final Set<String> told = new HashSet<>();

    LineReader(String file, Map<String, String> definitions, List<Problem> problems, RandomNumbers numbers) {
        this.numbers = numbers;
        this.file = file;
        this.definitions = definitions;
        this.problems = problems;
    }

    /** The words of a line of the file. @param number counted from 1 */
    List<Word> words(String line, int number) {
        var words = new ArrayList<Word>();
        int at = 0;
        while (true) {
            while (at < line.length() && isSpace(line.charAt(at), number, at)) {
                at++;
            }
            if (at == line.length() || isComment(line.charAt(at))) {
                return words;
            }
            var position = new Position(file, number, at + 1);
            char first = line.charAt(at);
            if (first == '"' || first == '\'') {
                int end = closing(line, at + 1, first);
                if (end < 0) {
                    problems.add(Problem.error("", "the quote that begins here is never closed")
                            .expected("a second " + first + " in the same line")
                            .at(position));
                    end = line.length();
                }
                words.add(new Word(expanded(line.substring(at + 1, end), position), position, true));
                at = Math.min(end + 1, line.length());
            } else {
                var text = new StringBuilder();
                while (at < line.length() && !isComment(line.charAt(at)) && !isSpace(line.charAt(at), number, at)) {
                    int end = RandomNumbers.end(line, at);
                    if (end > at) {
                        // There may be spaces in it.
                        text.append(line, at, end);
                        at = end;
                        continue;
                    }
                    if (line.charAt(at) == '\\' && at + 1 < line.length() && isComment(line.charAt(at + 1))) {
                        at++;
                    }
                    text.append(line.charAt(at++));
                }
                addPlain(words, text.toString(), position);
            }
        }
    }

    /** A definition, {@code $NAME=value}, as the words of a line; told apart before anything is replaced. */
    static boolean isDefinition(String line) {
        int equals = line.indexOf('=');
        return line.startsWith("$")
                && equals > 1
                && line.substring(1, equals)
                        .chars()
                        .allMatch(
                                c -> c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z');
    }

    private void addPlain(List<Word> words, String text, Position position) {
        var expanded = expanded(text, position);
        int from = 0;
        for (int i = 0; i <= expanded.length(); i++) {
            boolean isBrace = i < expanded.length() && (expanded.charAt(i) == '{' || expanded.charAt(i) == '}');
            if (!isBrace && i < expanded.length()) {
                continue;
            }
            for (var part : expanded.substring(from, i).trim().split("\\s+")) {
                if (!part.isEmpty()) {
                    words.add(new Word(part, position, false));
                }
            }
            if (isBrace) {
                words.add(new Word(expanded.substring(i, i + 1), position, false));
            }
            from = i + 1;
        }
    }

    private String expanded(String text, Position position) {
        return expanded(text, position, 0);
    }

    /** What a name stands for may hold names itself. */
    private String expanded(String text, Position position, int depth) {
        if (text.indexOf('$') < 0 || depth > MOST_NESTED) {
            return text;
        }
        var result = new StringBuilder();
        for (int i = 0; i < text.length(); ) {
            int drawnEnd = RandomNumbers.end(text, i);
            if (drawnEnd > i) {
                result.append(drawn(text.substring(i, drawnEnd), position));
                i = drawnEnd;
                continue;
            }
            boolean isBraced = text.startsWith("${", i);
            int start = i + (isBraced ? 2 : 1);
            int end = start;
            while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
                end++;
            }
            boolean isName = text.charAt(i) == '$'
                    && end > start
                    && (!isBraced || end < text.length() && text.charAt(end) == '}');
            var value = isName ? definitions.get(text.substring(start, end)) : null;
            if (value != null && result.length() + value.length() < MOST_EXPANDED) {
                result.append(expanded(value, position, depth + 1));
                i = end + (isBraced ? 1 : 0);
            } else if (isName && isBraced) {
                problems.add(Problem.error("", "'" + text.substring(start, end) + "' is not defined")
                        .expected("a line '$" + text.substring(start, end) + "=…' before")
                        .at(position));
                i = end + 1;
            } else {
                result.append(text.charAt(i++));
            }
        }
        return result.toString();
    }

    private String drawn(String name, Position position) {
        try {
            return numbers.draw(name);
        } catch (IllegalArgumentException wrong) {
            problems.add(Problem.error("", String.valueOf(wrong.getMessage()))
                    .expected("the least number before the greatest")
                    .at(position));
            return "0";
        }
    }

    private static int closing(String line, int from, char quote) {
        for (int i = from; i < line.length(); i++) {
            if (line.charAt(i) == '\\') {
                i++;
            } else if (line.charAt(i) == quote) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isComment(char c) {
        return c == '#' || c == '!';
    }

    private boolean isSpace(char c, int line, int at) {
        if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\u000B') {
            return true;
        }
        boolean isOdd =
                c == '\u00A0' || c == '\u3000' || c == '\u202F' || c == '\uFEFF' || c >= '\u2000' && c <= '\u200B';
        if (isOdd && told.add("space")) {
            problems.add(Problem.notice("", "no-break or wide spaces (U+%04X) are read as spaces".formatted((int) c))
                    .at(new Position(file, line, at + 1)));
        }
        return isOdd;
    }
}
