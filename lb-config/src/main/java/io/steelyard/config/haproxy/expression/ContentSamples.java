package io.steelyard.config.haproxy.expression;

import io.steelyard.api.http.HttpFacts;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the first bytes of a client tell (HAProxy 2.6, configuration manual, section 7.3.5). Where a request was read, nothing of it is kept but that it
 * is one. Stateless.
 */
final class ContentSamples {
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;

    /** Where the cookie of the Remote Desktop Protocol begins, behind the headers of TPKT and X.224. */
    private static final int RDP_COOKIE_AT = 11;

    private static final Pattern REQUEST_LINE =
            Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^ \r\n]+( HTTP/\\d\\.\\d)?\r?\n");

    private ContentSamples() {}

    /** @throws IllegalArgumentException where an argument that has to be a number is none */
    static void check(Fetch fetch) {
        boolean hasNumbers = fetch.method().name().startsWith("req.payload");
        for (int i = 0; hasNumbers && i < fetch.arguments().size(); i++) {
            var text = fetch.argument(i);
            if (!text.matches(i == 2 ? "[+-]?\\d{1,6}" : "\\d{1,6}")) {
                throw new IllegalArgumentException(
                        "'" + text + "' of '" + fetch.method().name() + "' is no number of bytes");
            }
        }
    }

    /** Null where there is no such thing, or not yet. */
    static @Nullable Sample of(Fetch fetch, HttpFacts facts) {
        var name = fetch.method().name();
        var bytes = facts.firstBytes();
        if (bytes == null) {
            return name.equals("wait_end") || name.equals("req.proto_http") ? new Sample.Bool(true) : null;
        }
        return switch (name) {
            case "wait_end" -> facts.isMoreExpected() ? null : new Sample.Bool(true);
            case "req.len" -> new Sample.Sint(bytes.length);
            case "req.payload" -> payload(bytes, number(fetch, 0), number(fetch, 1));
            case "req.payload_lv" -> payloadWithLength(bytes, fetch);
            case "req.proto_http" -> isRequest(bytes) ? new Sample.Bool(true) : null;
            case "req.rdp_cookie" -> {
                var cookie = rdpCookie(bytes, fetch.argument(0));
                yield cookie == null ? null : new Sample.Str(cookie);
            }
            case "req.rdp_cookie_cnt" -> new Sample.Sint(rdpCookie(bytes, fetch.argument(0)) == null ? 0 : 1);
            default -> ofGreeting(name, facts.greeting());
        };
    }

    private static @Nullable Sample ofGreeting(String name, HttpFacts.@Nullable TlsGreeting greeting) {
        if (greeting == null) {
            return null;
        }
        return switch (name) {
            case "req.ssl_sni" -> greeting.serverName().isEmpty() ? null : new Sample.Str(greeting.serverName());
            case "req.ssl_alpn" ->
                greeting.protocols().isEmpty() ? null : new Sample.Str(String.join(",", greeting.protocols()));
            case "req.ssl_hello_type" -> new Sample.Sint(CLIENT_HELLO);
            // Both halves of the number in 16 bits each.
            case "req.ssl_ver" -> new Sample.Sint((long) (greeting.version() >> 8) << 16 | greeting.version() & 0xFF);
            default -> null;
        };
    }

    /** Whether more bytes may change what a fetch comes to. */
    static boolean isPending(Fetch fetch, HttpFacts facts) {
        var bytes = facts.firstBytes();
        if (bytes == null || !facts.isMoreExpected() || fetch.method().layer() != FetchMethod.Layer.CONTENT) {
            return false;
        }
        return switch (fetch.method().name()) {
            case "wait_end", "req.len" -> true;
            case "req.payload" -> number(fetch, 1) == 0 || bytes.length < number(fetch, 0) + number(fetch, 1);
            case "req.payload_lv" -> payloadWithLength(bytes, fetch) == null;
            case "req.proto_http" ->
                !hasHead(bytes)
                        && (indexOf(bytes, '\n', 0) < 0
                                || REQUEST_LINE.matcher(text(bytes)).lookingAt());
            case "req.rdp_cookie", "req.rdp_cookie_cnt" ->
                indexOf(bytes, '\n', Math.min(bytes.length, RDP_COOKIE_AT)) < 0;
            // What begins as TLS may become a greeting.
            default -> facts.greeting() == null && (bytes.length == 0 || bytes[0] == HANDSHAKE || bytes[0] < 0);
        };
    }

    private static int number(Fetch fetch, int index) {
        return Integer.parseInt(fetch.argument(index));
    }

    private static @Nullable Sample payload(byte[] bytes, int offset, int length) {
        int end = length == 0 ? bytes.length : offset + length;
        return offset > bytes.length || end > bytes.length || end < offset
                ? null
                : new Sample.Binary(Arrays.copyOfRange(bytes, offset, end));
    }

    /** What a length stands before: {@code (where the length is, of how many bytes, where the rest is)}; a signed last one counts from behind it. */
    private static @Nullable Sample payloadWithLength(byte[] bytes, Fetch fetch) {
        int lengthAt = number(fetch, 0);
        int lengthSize = number(fetch, 1);
        int behind = lengthAt + lengthSize;
        if (behind > bytes.length) {
            return null;
        }
        int length = 0;
        for (int i = lengthAt; i < behind; i++) {
            length = length << 8 | bytes[i] & 0xFF;
        }
        var third = fetch.argument(2);
        boolean isRelative = third.startsWith("+") || third.startsWith("-");
        int start = third.isEmpty() ? behind : isRelative ? behind + Integer.parseInt(third) : Integer.parseInt(third);
        return length <= 0 || start < 0 || start > bytes.length - length
                ? null
                : new Sample.Binary(Arrays.copyOfRange(bytes, start, start + length));
    }

    /** Whether the head of a request has come as a whole. */
    private static boolean isRequest(byte[] bytes) {
        return hasHead(bytes) && REQUEST_LINE.matcher(text(bytes)).lookingAt();
    }

    private static boolean hasHead(byte[] bytes) {
        var text = text(bytes);
        return text.contains("\n\r\n") || text.contains("\n\n");
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** {@code Cookie: NAME=VALUE}, as far as its end has come; any cookie where no name is asked for. */
    private static @Nullable String rdpCookie(byte[] bytes, String name) {
        int end = indexOf(bytes, '\n', Math.min(bytes.length, RDP_COOKIE_AT));
        if (end < RDP_COOKIE_AT + 1 || bytes[end - 1] != '\r') {
            return null;
        }
        var line = new String(bytes, RDP_COOKIE_AT, end - 1 - RDP_COOKIE_AT, StandardCharsets.ISO_8859_1);
        if (!line.regionMatches(true, 0, "Cookie:", 0, 7)) {
            return null;
        }
        var cookie = line.substring(7).replaceFirst("^ +", "");
        int equals = cookie.indexOf('=');
        boolean isNamed =
                equals >= 0 && (name.isEmpty() || cookie.substring(0, equals).equalsIgnoreCase(name));
        return isNamed ? cookie.substring(equals + 1) : null;
    }

    private static int indexOf(byte[] bytes, char wanted, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }
}
