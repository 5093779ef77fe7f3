package io.steelyard.config.haproxy.expression;

import java.nio.charset.StandardCharsets;

/** Percent-encoding (RFC 3986 section 2.1), a character for each byte. */
final class UrlText {
    private UrlText() {}

    /** Replaces {@code %HH}; {@code +} is a space behind the first {@code ?}. A text whose percent sign begins no byte gives nothing. */
    static String decode(String text) {
        var plain = new StringBuilder(text.length());
        boolean isQuery = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            isQuery |= c == '?';
            int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high >= 0 ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (c == '%' && low < 0) {
                return "";
            }
            if (low >= 0) {
                plain.append((char) (high << 4 | low));
                i += 2;
            } else {
                plain.append(c == '+' && isQuery ? ' ' : c);
            }
        }
        return plain.toString();
    }

    /** Encodes every byte but letters, digits and {@code -._~}. */
    static String encode(String text) {
        var encoded = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
            char c = (char) (b & 0xFF);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0)) {
                encoded.append(c);
            } else {
                encoded.append(String.format("%%%02X", (int) c));
            }
        }
        return encoded.toString();
    }
}
