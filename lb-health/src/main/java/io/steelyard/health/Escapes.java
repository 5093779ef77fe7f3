package io.steelyard.health;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Bytes as text: {@code \r \n \t \0 \\ \"} and {@code \xNN} with two hexadecimal digits; everything else is itself, in UTF-8. */
final class Escapes {
    private Escapes() {}

    /**
     * The bytes that {@code text} stands for.
     *
     * @throws IllegalArgumentException for a backslash that nothing of the above follows
     */
    static byte[] decode(String text) {
        var bytes = new ByteArrayOutputStream();
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            if (c != '\\') {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
                at += Character.charCount(c);
                continue;
            }
            char kind = at + 1 < text.length() ? text.charAt(at + 1) : 0;
            if (kind == 'x') {
                bytes.write(hexByte(text, at));
                at += 4;
            } else {
                bytes.write(simple(text, at, kind));
                at += 2;
            }
        }
        return bytes.toByteArray();
    }

    private static int simple(String text, int at, char kind) {
        return switch (kind) {
            case 'r' -> '\r';
            case 'n' -> '\n';
            case 't' -> '\t';
            case '0' -> 0;
            case '\\', '"' -> kind;
            default -> throw wrong(text, at);
        };
    }

    private static int hexByte(String text, int at) {
        int high = at + 3 < text.length() ? Character.digit(text.charAt(at + 2), 16) : -1;
        int low = at + 3 < text.length() ? Character.digit(text.charAt(at + 3), 16) : -1;
        if (high < 0 || low < 0) {
            throw wrong(text, at);
        }
        return high << 4 | low;
    }

    private static IllegalArgumentException wrong(String text, int at) {
        return new IllegalArgumentException("the escape at character " + (at + 1) + " of '" + text
                + "' is unknown; expected \\r, \\n, \\t, \\0, \\\\, \\\" or \\xNN");
    }

    /** Bytes for people: printable ASCII as it is, the rest escaped, cut after {@code most} bytes. */
    static String show(byte[] bytes, int length, int most) {
        var text = new StringBuilder();
        for (int i = 0; i < Math.min(length, most); i++) {
            int b = bytes[i] & 0xFF;
            switch (b) {
                case '\r' -> text.append("\\r");
                case '\n' -> text.append("\\n");
                case '\\' -> text.append("\\\\");
                default -> text.append(b >= 0x20 && b < 0x7F ? Character.toString(b) : "\\x%02x".formatted(b));
            }
        }
        return text + (length > most ? "…" : "");
    }
}
