package io.steelyard.config.haproxy.expression;

import java.util.ArrayList;
import java.util.List;

/** Words on one line: parted by spaces; one with anything else than letters in it stands in single quotes, where {@code \'} is a quote. */
public final class Quoting {
    private Quoting() {}

    /** The line that {@link #split} reads back. */
    public static String join(List<String> words) {
        var line = new StringBuilder();
        for (var word : words) {
            line.append(line.isEmpty() ? "" : " ").append(quoted(word));
        }
        return line.toString();
    }

    private static String quoted(String word) {
        boolean isPlain = !word.isEmpty();
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            isPlain &= c > ' ' && c != '\'' && c != '"' && c != '\\' && c != '#';
        }
        return isPlain
                ? word
                : "'" + word.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'";
    }

    /** The words of a line. */
    public static List<String> split(String line) {
        var words = new ArrayList<String>();
        int at = 0;
        while (at < line.length()) {
            if (line.charAt(at) == ' ') {
                at++;
            } else if (line.charAt(at) == '\'') {
                var word = new StringBuilder();
                at = readQuoted(line, at + 1, word);
                words.add(word.toString());
            } else {
                int end = line.indexOf(' ', at);
                end = end < 0 ? line.length() : end;
                words.add(line.substring(at, end));
                at = end;
            }
        }
        return words;
    }

    private static int readQuoted(String line, int from, StringBuilder word) {
        for (int at = from; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == '\'') {
                return at + 1;
            }
            if (c == '\\' && at + 1 < line.length()) {
                c = line.charAt(++at);
                c = c == 'n' ? '\n' : c;
            }
            word.append(c);
        }
        throw new IllegalArgumentException("a quote is not closed in: " + line);
    }
}
