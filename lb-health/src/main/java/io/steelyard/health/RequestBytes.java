package io.steelyard.health;

import io.steelyard.api.health.CheckStep;
import io.steelyard.api.health.ProbeTarget;
import io.steelyard.api.health.ServerSituation;
import io.steelyard.realip.address.AddressText;
import io.steelyard.realip.address.Addresses;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A request of HTTP/1 as HAProxy 2.6 writes it: names in lower case, the length of a body where there is one or where the method wants one,
 * and no Host but a given one. Immutable.
 */
final class RequestBytes {
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern TARGET = Pattern.compile("[\\x21-\\x7e]+");
    private static final Pattern FIELD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \\t]*[\\x20-\\x7e\\t]*");
    private static final Set<String> WITHOUT_LENGTH = Set.of("GET", "HEAD", "OPTIONS", "DELETE", "CONNECT", "TRACE");

    private final byte[] before;
    private final byte[] after;
    private final String node;

    /**
     * @param node what the server is told of us with its own state; empty for neither
     * @throws IllegalArgumentException where a part of the request cannot be sent
     */
    RequestBytes(CheckStep.Request request, String node) {
        this.node = node;
        var head = new StringBuilder();
        head.append(matching(TOKEN, request.method(), "method", "one such as GET"))
                .append(' ')
                .append(matching(TARGET, request.path(), "path", "one without spaces, such as /health"));
        boolean isNew = request.version().equals("1.1");
        if (!isNew && !request.version().equals("1.0")) {
            throw new IllegalArgumentException("version is '" + request.version() + "', expected 1.0 or 1.1");
        }
        head.append(" HTTP/").append(request.version()).append("\r\n");
        boolean hasConnection = false;
        for (var field : request.fields()) {
            int colon = matching(FIELD, field, "fields", "lines such as X-Name: value")
                    .indexOf(':');
            var name = field.substring(0, colon).toLowerCase(Locale.ROOT);
            hasConnection |= name.equals("connection");
            head.append(name)
                    .append(": ")
                    .append(field.substring(colon + 1).strip())
                    .append("\r\n");
        }
        before = head.toString().getBytes(StandardCharsets.US_ASCII);
        var body = Escapes.decode(request.body());
        var end = new ByteArrayOutputStream();
        if (body.length > 0 || !WITHOUT_LENGTH.contains(request.method())) {
            end.writeBytes(("content-length: " + body.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
        if (isNew && !hasConnection) {
            end.writeBytes("connection: close\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        end.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        end.writeBytes(body);
        after = end.toByteArray();
    }

    private static String matching(Pattern pattern, String text, String what, String expected) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException(what + " is '" + text + "', expected " + expected);
        }
        return text;
    }

    /** The request to one server. */
    byte[] of(ProbeTarget target) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(before);
        if (!node.isEmpty()) {
            all.writeBytes(
                    ("x-haproxy-server-state: " + state(target, node) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }
        all.writeBytes(after);
        return all.toByteArray();
    }

    /** How a server stands (HAProxy 2.6 {@code httpchk_build_status_header}). */
    static String state(ProbeTarget target, String node) {
        var now = target.situation();
        return word(now) + address(target) + "; name=" + now.pool() + "/"
                + target.server().id() + "; node=" + node + "; weight=" + now.weight() + "/" + now.poolWeight()
                + "; scur="
                + now.active() + "/" + now.poolActive() + "; qcur=" + now.queued();
    }

    private static String address(ProbeTarget target) {
        return switch (target.address()) {
            case InetSocketAddress inet ->
                "; address="
                        + (inet.getAddress() == null ? inet.getHostString() : text(inet.getAddress()))
                        + "; port=" + inet.getPort();
            case UnixDomainSocketAddress unix -> "; address=unix; port=";
            default -> "; address=; port=";
        };
    }

    /** An address as inet_ntop(3) writes it. */
    static String text(InetAddress address) {
        var bytes = address.getAddress();
        return AddressText.standard(Addresses.high(bytes), Addresses.low(bytes));
    }

    private static String word(ServerSituation now) {
        int health = now.health();
        boolean isUp = health >= now.rise();
        if (!isUp) {
            return health == 0 ? "DOWN" : "DOWN " + health + "/" + now.rise();
        }
        var word = now.isStopping() ? "NOLB" : "UP";
        return health == now.rise() + now.fall() - 1 ? word : word + " " + (health - now.rise() + 1) + "/" + now.fall();
    }
}
