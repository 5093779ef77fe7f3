package io.steelyard.health;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The status line and header of an answer (RFC 9112 sections 4 and 5), as far as a health check needs them.
 *
 * @param status 100 to 999
 * @param bodyStart where in the answer the body begins
 * @param contentLength the body's length where it is given
 * @param isChunked whether the body comes in chunks
 * @param fields by name in lower case; values of a field that came several times are joined by a comma and a space
 * @param start where in the answer it begins
 * @param lines the fields as they came
 */
record HttpHead(
        int status,
        int bodyStart,
        OptionalLong contentLength,
        boolean isChunked,
        Map<String, String> fields,
        int start,
        List<Line> lines) {
    /**
     * A field.
     *
     * @param name in lower case
     */
    record Line(String name, String value) {}

    /** An answer that is no HTTP. The message is a phrase for people. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    private static final int STATUS_LINE_LEAST = "HTTP/1.1 200".length();

    /**
     * The status in the line from {@code start}, where that line is complete: {@code HTTP/1.}digit, one space, three digits, and nothing or
     * a space and a phrase.
     */
    static Optional<Integer> status(Answer answer, int start) throws Malformed {
        int end = answer.indexOf("\r\n", start);
        var line = text(answer, start, end < 0 ? Math.min(answer.length(), start + 9) : end);
        if (!"HTTP/1.".startsWith(line.substring(0, Math.min(7, line.length())))
                || (line.length() > 7 && !isDigit(line.charAt(7)))
                || (line.length() > 8 && line.charAt(8) != ' ')) {
            throw new Malformed("answer '" + answer.show() + "' is not HTTP/1");
        }
        if (end < 0) {
            return Optional.empty();
        }
        boolean isWellFormed = line.length() >= STATUS_LINE_LEAST
                && line.charAt(9) != '0'
                && isDigit(line.charAt(9))
                && isDigit(line.charAt(10))
                && isDigit(line.charAt(11))
                && (line.length() == STATUS_LINE_LEAST || line.charAt(12) == ' ');
        if (!isWellFormed) {
            throw new Malformed("status line '"
                    + Escapes.show(line.getBytes(StandardCharsets.ISO_8859_1), line.length(), 60) + "' is malformed");
        }
        return Optional.of(Integer.parseInt(line.substring(9, 12)));
    }

    /** What stands behind the status in the complete line from {@code start}, with the space before it; what is unprintable escaped. */
    static String phrase(Answer answer, int start) {
        var bytes = text(answer, start + STATUS_LINE_LEAST, answer.indexOf("\r\n", start))
                .stripTrailing()
                .getBytes(StandardCharsets.ISO_8859_1);
        return Escapes.show(bytes, bytes.length, 60);
    }

    /** The whole head from {@code start}, where it is complete. */
    static Optional<HttpHead> read(Answer answer, int start) throws Malformed {
        var status = status(answer, start);
        int end = answer.indexOf("\r\n\r\n", start);
        if (status.isEmpty() || end < 0) {
            return Optional.empty();
        }
        var length = OptionalLong.empty();
        boolean isChunked = false;
        var fields = new HashMap<String, String>();
        var lines = new ArrayList<Line>();
        for (var line : text(answer, start, end).split("\r\n", -1)) {
            int colon = line.indexOf(':');
            var name = colon < 0 ? "" : line.substring(0, colon).toLowerCase(Locale.ROOT);
            var value = colon < 0 ? "" : line.substring(colon + 1).strip();
            if (!name.isEmpty()) {
                fields.merge(name, value, (before, more) -> before + ", " + more);
                lines.add(new Line(name, value));
            }
            if (name.equals("content-length")) {
                length = OptionalLong.of(contentLength(value));
            } else if (name.equals("transfer-encoding")) {
                isChunked |= value.toLowerCase(Locale.ROOT).contains("chunked");
            }
        }
        return Optional.of(new HttpHead(
                status.get(), end + 4, isChunked ? OptionalLong.empty() : length, isChunked, fields, start, lines));
    }

    /** The value of a field, in whatever case its name is. */
    Optional<String> field(String name) {
        return Optional.ofNullable(fields.get(name.toLowerCase(Locale.ROOT)));
    }

    /** The values that commas part, but for commas within quotes (RFC 9110 section 5.6). */
    static List<String> values(String field) {
        var values = new ArrayList<String>();
        int from = 0;
        boolean isQuoted = false;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (isQuoted && c == '\\') {
                i++;
            } else if (c == '"') {
                isQuoted = !isQuoted;
            } else if (c == ',' && !isQuoted) {
                values.add(field.substring(from, i).strip());
                from = i + 1;
            }
        }
        values.add(field.substring(from).strip());
        return values;
    }

    private static long contentLength(String value) throws Malformed {
        if (value.isEmpty() || value.length() > 18 || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new Malformed("content length '" + value + "' is malformed");
        }
        return Long.parseLong(value);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static String text(Answer answer, int start, int end) {
        return new String(answer.bytes(), start, end - start, StandardCharsets.ISO_8859_1);
    }
}
