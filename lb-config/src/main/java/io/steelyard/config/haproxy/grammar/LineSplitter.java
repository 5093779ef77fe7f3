package io.steelyard.config.haproxy.grammar;

import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts one line into words by HAProxy's rules (configuration manual 2.6, sections 2.2 and 2.3; compared with the program). White space parts
 * words and {@code #} ends the line; within double quotes escapes and variables are replaced, within single quotes nothing is; a quote may
 * begin and end anywhere in a word. Elsewhere than in double quotes {@code $} is itself.
 *
 * <p>Unlike HAProxy it takes the white space that word processors and web pages leave behind for white space. One line, one thread.
 */
final class LineSplitter {
    /** How many words a line may have. */
    static final int MOST_WORDS = 64;

    private final Position start;
    private final String text;
    private final Environment environment;
    private final String section;
    private final Consumer<Character> oddSpace;

    private final List<Word> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private int at;
    private int wordStart = -1;
    private int doubleQuote = -1;
    private int singleQuote = -1;
    private @Nullable Problem problem;

    /**
     * Prepares for a line.
     *
     * @param start the line's first character
     * @param section what {@code .SECTION} stands for
     * @param oddSpace told of each character taken for white space that HAProxy would not
     */
    LineSplitter(Position start, String text, Environment environment, String section, Consumer<Character> oddSpace) {
        this.start = start;
        this.text = text;
        this.environment = environment;
        this.section = section;
        this.oddSpace = oddSpace;
    }

    /** The words; none for a line that is empty or has a {@link #problem}. */
    List<Word> split() {
        while (at < text.length() && problem == null) {
            char c = text.charAt(at);
            boolean isPlain = doubleQuote < 0 && singleQuote < 0;
            if (c == '"' && singleQuote < 0) {
                doubleQuote = doubleQuote < 0 ? at : -1;
                open();
                at++;
            } else if (c == '\'' && doubleQuote < 0) {
                singleQuote = singleQuote < 0 ? at : -1;
                open();
                at++;
            } else if (c == '\\' && singleQuote < 0) {
                open();
                escape();
            } else if (c == '#' && isPlain) {
                break;
            } else if (isPlain && (isSpace(c) || isOddSpace(c))) {
                if (isOddSpace(c)) {
                    oddSpace.accept(c);
                }
                close();
                at++;
            } else if (c == '$' && doubleQuote >= 0) {
                open();
                variable();
            } else {
                open();
                word.append(c);
                at++;
            }
        }
        if (problem == null && (doubleQuote >= 0 || singleQuote >= 0)) {
            fail(Math.max(doubleQuote, singleQuote), "the quote opened here is never closed", "close it on this line");
        }
        close();
        if (problem == null && words.size() > MOST_WORDS) {
            problem = Problem.error("", "the line has " + words.size() + " words")
                    .expected("at most " + MOST_WORDS)
                    .remedy("quote what belongs together, or use several lines")
                    .at(words.get(MOST_WORDS).position());
        }
        return problem == null ? words : List.of();
    }

    /** What is wrong with the line. */
    Optional<Problem> problem() {
        return Optional.ofNullable(problem);
    }

    private void open() {
        if (wordStart < 0) {
            wordStart = at;
        }
    }

    private void close() {
        if (wordStart >= 0) {
            words.add(new Word(word.toString(), position(wordStart), position(at)));
            word.setLength(0);
            wordStart = -1;
        }
    }

    private void escape() {
        char next = at + 1 < text.length() ? text.charAt(at + 1) : 0;
        switch (next) {
            case ' ', '\\', '#', '\'', '"' -> word.append(next);
            case 't' -> word.append('\t');
            case 'r' -> word.append('\r');
            case 'n' -> word.append('\n');
            case '$' -> word.append(doubleQuote >= 0 ? "$" : "\\$");
            case 'x' -> {
                int value = hexByte();
                if (value < 0) {
                    fail(at, "'\\x' is not followed by two hexadecimal digits", "write \\\\ for a backslash");
                    return;
                }
                word.append((char) value);
                at += 2;
            }
            default -> {
                word.append('\\');
                at--;
            }
        }
        at += 2;
    }

    private int hexByte() {
        if (at + 3 >= text.length()) {
            return -1;
        }
        int high = hexDigit(text.charAt(at + 2));
        int low = hexDigit(text.charAt(at + 3));
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static int hexDigit(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    /** At a {@code $}: {@code $NAME}, <code>${NAME}</code>, <code>${NAME-default}</code> or <code>${NAME[*]}</code>. */
    private void variable() {
        int dollar = at;
        at++;
        boolean isBraced = peek() == '{';
        if (isBraced) {
            at++;
        }
        int nameStart = at;
        if (!isNameStart(peek()) && peek() != '.') {
            fail(at, "a variable's name begins with " + shown(peek()), "write \\$ for a dollar sign");
            return;
        }
        at++;
        while (isNamePart(peek())) {
            at++;
        }
        var name = text.substring(nameStart, at);
        boolean isList = isBraced && peek() == '[';
        if (isList) {
            if (!text.startsWith("[*]", at)) {
                fail(at, "'[' after a variable's name begins no '[*]'", "write ${" + name + "[*]} for one word each");
                return;
            }
            at += 3;
        }
        var value = name.startsWith(".") ? pseudoVariable(name, nameStart) : environment.value(name);
        if (isBraced) {
            int close = text.indexOf('}', at);
            if (close < 0 || (peek() != '-' && close != at)) {
                fail(
                        dollar + 1,
                        "'${" + name + "' has no closing brace",
                        "write ${" + name + "} or ${" + name + "-default}");
                return;
            }
            if (value.isEmpty() && peek() == '-') {
                value = Optional.of(text.substring(at + 1, close));
            }
            at = close + 1;
        }
        emit(value.orElse(""), isList);
    }

    private void emit(String value, boolean isList) {
        for (int i = 0; i < value.length() && words.size() <= MOST_WORDS; i++) {
            if (isList && isSpace(value.charAt(i))) {
                int from = wordStart;
                close();
                wordStart = from;
                while (i + 1 < value.length() && isSpace(value.charAt(i + 1))) {
                    i++;
                }
            } else {
                word.append(value.charAt(i));
            }
        }
    }

    private Optional<String> pseudoVariable(String name, int nameStart) {
        return switch (name) {
            case ".FILE" -> Optional.of(start.file());
            case ".LINE" -> Optional.of(Integer.toString(start.line()));
            case ".SECTION" -> Optional.of(section);
            default -> {
                fail(nameStart, "unknown variable '" + name + "'", "use .FILE, .LINE or .SECTION");
                yield Optional.empty();
            }
        };
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private static boolean isNameStart(char c) {
        return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_';
    }

    private static boolean isNamePart(char c) {
        return isNameStart(c) || c >= '0' && c <= '9';
    }

    private static String shown(char c) {
        return c < 0x20 || c == 0x7F ? (c == 0 ? "nothing" : String.format("\\x%02x", (int) c)) : "'" + c + "'";
    }

    private void fail(int where, String what, String remedy) {
        if (problem == null) {
            problem = Problem.error("", what).remedy(remedy).at(position(where));
        }
    }

    private Position position(int index) {
        return new Position(
                start.file(), start.line(), start.column() + text.codePointCount(0, Math.min(index, text.length())));
    }

    static boolean isSpace(char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    /** White space to the eye that HAProxy takes for part of a word. */
    static boolean isOddSpace(char c) {
        return c > 0x7F && (Character.isSpaceChar(c) || c == '\uFEFF' || c == '\u200B');
    }
}
