package io.steelyard.launcher.difference;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads messages of HTTP/1 as they come, trusting them: both ends of a comparison are read by the same rules. */
final class HttpText {
    /** Stands behind what came of a body that is longer. */
    static final String BROKEN_OFF = " [broken off]";

    private final InputStream in;

    HttpText(InputStream in) {
        this.in = in;
    }

    /** A field, its name in lower case. */
    record Field(String name, String value) {
        @Override
        public String toString() {
            return name + ": " + value;
        }
    }

    /** A start line with its fields, in the order they came. */
    record Head(String start, List<Field> fields) {
        @Nullable
        String value(String name) {
            return fields.stream()
                    .filter(field -> field.name().equals(name))
                    .map(Field::value)
                    .findFirst()
                    .orElse(null);
        }

        boolean isChunked() {
            var coding = value("transfer-encoding");
            return coding != null && coding.toLowerCase(Locale.ROOT).endsWith("chunked");
        }
    }

    /** @return null where the stream ends before a head begins */
    @Nullable
    Head head() throws IOException {
        var start = line();
        if (start == null) {
            return null;
        }
        return new Head(start, fields());
    }

    private List<Field> fields() throws IOException {
        var fields = new ArrayList<Field>();
        for (var line = line(); line != null && !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            fields.add(
                    colon < 0
                            ? new Field(line, "")
                            : new Field(
                                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                                    line.substring(colon + 1).strip()));
        }
        return fields;
    }

    /** A line without its end; null at the end of the stream. */
    private @Nullable String line() throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return bytes.size() == 0 ? null : text(bytes);
            }
            bytes.write(b);
        }
        var text = text(bytes);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    /** A body of known length; what there is of it where the stream ends early, with a mark. */
    String fixed(int length) throws IOException {
        var bytes = in.readNBytes(length);
        return text(bytes) + (bytes.length < length ? BROKEN_OFF : "");
    }

    String rest() throws IOException {
        return text(in.readAllBytes());
    }

    /** The chunks put together, then the trailers. */
    String chunks() throws IOException {
        var body = new StringBuilder();
        try {
            while (true) {
                var size = line();
                if (size == null) {
                    return body + BROKEN_OFF;
                }
                int length = Integer.parseInt(size.replaceFirst(";.*", "").strip(), 16);
                if (length == 0) {
                    var trailers = fields();
                    return trailers.isEmpty() ? body.toString() : body + " trailers " + trailers;
                }
                body.append(text(exactly(length)));
                line();
            }
        } catch (EOFException early) {
            return body + BROKEN_OFF;
        }
    }

    private byte[] exactly(int length) throws IOException {
        var bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
