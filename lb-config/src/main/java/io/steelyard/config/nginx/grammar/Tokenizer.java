package io.steelyard.config.nginx.grammar;

import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import java.util.function.Consumer;

/**
 * Cuts a text into tokens by the rules of nginx 1.22 ({@code ngx_conf_file.c}): a word ends at white space, {@code ;} or an opening brace,
 * but not at a closing one, and not at the brace of <code>${name}</code>; a backslash takes the meaning from the next character.
 *
 * <p>Unlike nginx it takes the white space that word processors and web pages leave behind (no-break spaces, byte-order marks) for white
 * space, says so once, and goes on after a fault.
 */
final class Tokenizer {
    private final String file;
    private final String text;
    private final Consumer<Problem> problems;

    private int at;
    private int line = 1;
    private int column = 1;
    private boolean toldOddSpace;
    private boolean isAfterQuote;
    private boolean isStray;

    Tokenizer(String file, String text, Consumer<Problem> problems) {
        this.file = file;
        this.text = text;
        this.problems = problems;
    }

    /** The next token; {@link Token.End} again and again at the end. */
    Token next() {
        skipSpaceAndComments();
        if (isStray) {
            isStray = false;
            plainWord(here());
            skipSpaceAndComments();
        }
        var here = here();
        if (at == text.length()) {
            return new Token.End(here);
        }
        return switch (text.charAt(at)) {
            case ';' -> {
                step();
                yield new Token.Semicolon(here);
            }
            case '{' -> {
                step();
                yield new Token.Open(here);
            }
            case '}' -> {
                step();
                yield new Token.Close(here);
            }
            case '"', '\'' -> quotedWord(here);
            default -> plainWord(here);
        };
    }

    private void skipSpaceAndComments() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                while (at < text.length() && text.charAt(at) != '\n') {
                    step();
                }
            } else if (isSpace(c)) {
                step();
            } else if (isOddSpace(c)) {
                tellOddSpace(c);
                step();
            } else {
                if (isAfterQuote && c != ';' && c != '{' && c != ')') {
                    problems.accept(Problem.error("", "unexpected '" + printable(c) + "' right after a closing quote")
                            .expected("white space, ';' or '{'")
                            .at(here()));
                    isStray = c != '"' && c != '\'' && c != '}';
                }
                break;
            }
            isAfterQuote = false;
        }
        isAfterQuote = false;
    }

    private Token quotedWord(Position start) {
        char quote = text.charAt(at);
        int startAt = at;
        int startLine = line;
        int startColumn = column;
        step();
        int first = at;
        while (at < text.length() && text.charAt(at) != quote) {
            stepOverEscape();
        }
        if (at < text.length()) {
            var word = unescape(first, at);
            step();
            isAfterQuote = true;
            return new Token.Text(new Word(word, true, start, here()));
        }
        problems.accept(Problem.error("", "the quote " + quote + " opened here is never closed")
                .remedy("close it, or write \\" + quote + " where the character itself is meant")
                .at(start));
        // Take it as closed before the line's ';' or at its end, so that the rest of the file is looked at too.
        at = startAt;
        line = startLine;
        column = startColumn;
        step();
        int end = first;
        while (end < text.length() && text.charAt(end) != '\n') {
            end++;
        }
        int semicolon = text.lastIndexOf(';', end);
        if (semicolon >= first) {
            end = semicolon;
        }
        while (at < end) {
            step();
        }
        return new Token.Text(new Word(unescape(first, at), true, start, here()));
    }

    private Token plainWord(Position start) {
        int first = at;
        boolean isAfterDollar = false;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '{' && isAfterDollar) {
                step();
                isAfterDollar = false;
                continue;
            }
            if (isSpace(c) || isOddSpace(c) || c == ';' || c == '{') {
                break;
            }
            isAfterDollar = c == '$';
            stepOverEscape();
        }
        return new Token.Text(new Word(unescape(first, at), false, start, here()));
    }

    private void stepOverEscape() {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
            step();
        }
        step();
    }

    private String unescape(int from, int to) {
        var plain = new StringBuilder(to - from);
        int i = from;
        while (i < to) {
            char c = text.charAt(i++);
            char next = c == '\\' && i < to ? text.charAt(i++) : 0;
            switch (next) {
                case '"', '\'', '\\' -> plain.append(next);
                case 't' -> plain.append('\t');
                case 'r' -> plain.append('\r');
                case 'n' -> plain.append('\n');
                case 0 -> plain.append(c);
                default -> {
                    plain.append(c);
                    i--;
                }
            }
        }
        return plain.toString();
    }

    private void step() {
        char c = text.charAt(at++);
        if (c == '\n') {
            line++;
            column = 1;
        } else if (!Character.isLowSurrogate(c)) {
            column++;
        }
    }

    private Position here() {
        return new Position(file, line, column);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    /** White space to the eye that nginx takes for part of a word. */
    private static boolean isOddSpace(char c) {
        return c > 0x7F && (Character.isSpaceChar(c) || c == '\uFEFF' || c == '\u200B');
    }

    private void tellOddSpace(char c) {
        if (!toldOddSpace) {
            toldOddSpace = true;
            var name = c == '\uFEFF' ? "a byte-order mark" : c == '\u00A0' ? "a no-break space" : "an unusual space";
            problems.accept(Problem.notice(
                            "",
                            String.format(
                                    "%s (U+%04X) is taken for white space, as are all others like it", name, (int) c))
                    .remedy("nginx would take it for part of a word; remove it to share the file")
                    .at(here()));
        }
    }

    private static String printable(char c) {
        return c < 0x20 || c == 0x7F ? String.format("\\x%02x", (int) c) : String.valueOf(c);
    }
}
