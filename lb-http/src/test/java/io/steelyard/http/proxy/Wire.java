package io.steelyard.http.proxy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads HTTP/1 messages plainly, for tests. */
final class Wire {
    private Wire() {}

    /** A head with its line ends; empty at the end of the stream. */
    static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0) {
                if (!head.isEmpty()) {
                    throw new EOFException("the stream ends within a head: " + head);
                }
                return "";
            }
            head.append((char) octet);
        }
        return head.toString();
    }

    /** The body that follows a head which says its length or that it is chunked; empty otherwise. */
    static byte[] body(InputStream in, String head) throws IOException {
        return body(in, head, new StringBuilder());
    }

    /** As the other, and adds the lines behind a chunked body to {@code trailers}. */
    static byte[] body(InputStream in, String head, StringBuilder trailers) throws IOException {
        var lower = head.toLowerCase(Locale.ROOT);
        if (lower.contains("\r\ntransfer-encoding: chunked\r\n")) {
            return chunks(in, trailers);
        }
        int at = lower.indexOf("\r\ncontent-length: ");
        if (at < 0) {
            return new byte[0];
        }
        int length = Integer.parseInt(lower.substring(at + 18, lower.indexOf("\r\n", at + 18)));
        return exactly(in, length);
    }

    static byte[] exactly(InputStream in, int length) throws IOException {
        var bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the stream ends after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    private static byte[] chunks(InputStream in, StringBuilder trailers) throws IOException {
        var body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line(in), 16);
            if (size == 0) {
                for (var field = line(in); !field.isEmpty(); field = line(in)) {
                    trailers.append(field).append("\r\n");
                }
                return body.toByteArray();
            }
            body.write(exactly(in, size));
            line(in);
        }
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                throw new EOFException("the stream ends within a line: " + line);
            }
            line.write(octet);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }
}
