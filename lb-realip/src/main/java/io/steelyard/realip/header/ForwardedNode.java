package io.steelyard.realip.header;

import io.steelyard.realip.address.AddressReader;
import io.steelyard.realip.address.Addresses;
import io.steelyard.realip.address.Endpoint;
import java.util.Optional;

/**
 * Who is meant by {@code for} or {@code by} (RFC 7239 section 6). Immutable.
 *
 * @param name an address, {@code unknown} or an obfuscated name
 * @param port 1 to 5 digits or an obfuscated port; empty where none is told
 */
public record ForwardedNode(Name name, String port) {
    /** How a node is named. */
    public sealed interface Name {
        /** An IP address of 128 bits. */
        record Ip(long high, long low) implements Name {}

        /** Nobody knows, or may. */
        record Unknown() implements Name {}

        /** A name that means something to its maker only; begins with {@code _}. */
        record Obfuscated(String text) implements Name {}
    }

    private static final int MOST_PORT_DIGITS = 5;

    public ForwardedNode {
        if (!port.isEmpty() && !isPort(port)) {
            throw new IllegalArgumentException("'" + port + "' is neither a port nor an obfuscated one");
        }
        if (name instanceof Name.Obfuscated hidden && !isObfuscated(hidden.text())) {
            throw new IllegalArgumentException(
                    "'" + hidden.text() + "' is no obfuscated name; expected _ and letters, digits, '.', '_', '-'");
        }
    }

    public static ForwardedNode of(Endpoint end) {
        return end.isIp()
                ? new ForwardedNode(new Name.Ip(end.high(), end.low()), "")
                : new ForwardedNode(new Name.Unknown(), "");
    }

    /** An obfuscated name. @param text begins with {@code _} */
    public static ForwardedNode obfuscated(String text) {
        return new ForwardedNode(new Name.Obfuscated(text), "");
    }

    /** Reads a node, quotes already taken off; empty where the text is none. An IPv6 address stands in brackets. */
    public static Optional<ForwardedNode> parse(String text) {
        boolean isBracketed = text.startsWith("[");
        int nameEnd = isBracketed ? text.indexOf(']') + 1 : text.indexOf(':');
        if (nameEnd < 0) {
            nameEnd = text.length();
        }
        boolean hasPort = nameEnd < text.length();
        if ((isBracketed && nameEnd == 0) || (hasPort && text.charAt(nameEnd) != ':')) {
            return Optional.empty();
        }
        var port = hasPort ? text.substring(nameEnd + 1) : "";
        if (hasPort && !isPort(port)) {
            return Optional.empty();
        }
        return name(text.substring(0, nameEnd)).map(name -> new ForwardedNode(name, port));
    }

    /** The address, with the port where it is a number; empty where the node is not an address. */
    public Optional<Endpoint> endpoint() {
        return name instanceof Name.Ip ip
                ? Optional.of(Endpoint.of(ip.high(), ip.low(), isNumber(port) ? Integer.parseInt(port) : 0))
                : Optional.empty();
    }

    /** The node as it stands in a field, before quotes. */
    public String text() {
        var text = switch (name) {
            case Name.Ip ip -> {
                var address = Endpoint.of(ip.high(), ip.low(), 0).addressText();
                yield Addresses.isIpv4(ip.high(), ip.low()) ? address : "[" + address + "]";
            }
            case Name.Unknown unknown -> "unknown";
            case Name.Obfuscated hidden -> hidden.text();
        };
        return port.isEmpty() ? text : text + ":" + port;
    }

    private static Optional<Name> name(String text) {
        if (text.equalsIgnoreCase("unknown")) {
            return Optional.of(new Name.Unknown());
        }
        if (isObfuscated(text)) {
            return Optional.of(new Name.Obfuscated(text));
        }
        var reader = new AddressReader();
        boolean isIpv6 = text.startsWith("[") && text.endsWith("]");
        boolean isAddress = isIpv6 ? reader.read(text, 1, text.length() - 1) : reader.read(text, 0, text.length());
        return isAddress && isIpv6 == text.indexOf(':') >= 0
                ? Optional.of(new Name.Ip(reader.high(), reader.low()))
                : Optional.empty();
    }

    private static boolean isPort(String text) {
        return isNumber(text) || isObfuscated(text);
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty()
                && text.length() <= MOST_PORT_DIGITS
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && Integer.parseInt(text) <= 65_535;
    }

    private static boolean isObfuscated(String text) {
        return text.length() > 1
                && text.charAt(0) == '_'
                && text.chars()
                        .allMatch(c -> (c >= '0' && c <= '9')
                                || (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || "._-".indexOf(c) >= 0);
    }
}
