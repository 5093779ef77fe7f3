package io.steelyard.api.pool;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Objects;

/** Where a real server listens. The text form is the one configurations use and {@link #parse} reads. */
public sealed interface ServerAddress {
    /** {@code 10.0.0.1:80}, {@code [2001:db8::1]:80}, {@code db.example:5432} or {@code unix:/run/app.sock}. */
    String text();

    /** A numeric address; the port is 1 to 65535. */
    record Ip(InetAddress address, int port) implements ServerAddress {
        public Ip {
            Objects.requireNonNull(address, "address");
            checkPort(port);
        }

        @Override
        public String text() {
            var host = address.getHostAddress();
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }

        @Override
        public String toString() {
            return text();
        }
    }

    /**
     * A host name, resolved when the configuration is applied: one server for each of its addresses. Its last label is not a number
     * (RFC 3696 section 2), which tells it from a misspelt address. The port is 1 to 65535.
     */
    record Name(String host, int port) implements ServerAddress {
        public Name {
            if (host.isEmpty() || !host.chars().allMatch(Name::isHostCharacter)) {
                throw new IllegalArgumentException("'" + host + "' is not a host name");
            }
            if (host.substring(host.lastIndexOf('.') + 1).chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw new IllegalArgumentException("'" + host + "' is neither an IPv4 address nor a host name");
            }
            checkPort(port);
        }

        private static boolean isHostCharacter(int c) {
            return c < 128 && (Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_');
        }

        @Override
        public String text() {
            return host + ":" + port;
        }

        @Override
        public String toString() {
            return text();
        }
    }

    /** A UNIX stream socket. The path is at most 107 bytes long. */
    record Unix(String path) implements ServerAddress {
        public Unix {
            if (path.isEmpty() || path.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > 107) {
                throw new IllegalArgumentException("'" + path + "' is not a socket path of 1 to 107 bytes");
            }
        }

        @Override
        public String text() {
            return "unix:" + path;
        }

        @Override
        public String toString() {
            return text();
        }
    }

    /**
     * Reads an address; the port is required.
     *
     * @throws IllegalArgumentException with the reason
     */
    static ServerAddress parse(String text) {
        return parse(text, -1);
    }

    /**
     * Reads an address.
     *
     * @param defaultPort the port where the text has none; -1 where it is required
     * @throws IllegalArgumentException with the reason
     */
    static ServerAddress parse(String text, int defaultPort) {
        if (text.startsWith("unix:")) {
            return new Unix(text.substring(5));
        }
        int hostEnd = text.startsWith("[") ? text.indexOf(']') + 1 : text.lastIndexOf(':');
        boolean bare = hostEnd <= 0 || hostEnd == text.length();
        if (text.startsWith("[") && hostEnd > 0 && !bare && text.charAt(hostEnd) != ':') {
            throw new IllegalArgumentException("'" + text + "' has text after ']'");
        }
        if (bare && defaultPort < 0) {
            throw new IllegalArgumentException("'" + text + "' has no port");
        }
        var host = bare ? text : text.substring(0, hostEnd);
        int port = bare ? defaultPort : parsePort(text.substring(hostEnd + 1));
        if (host.startsWith("[") || isIpv4(host)) {
            return new Ip(numericAddress(host), port);
        }
        if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("'" + text + "' is an IPv6 address without [ ]");
        }
        return new Name(host.toLowerCase(Locale.ROOT), port);
    }

    /**
     * Reads a numeric IPv4 address, or IPv6 address with or without brackets. Never asks a name server.
     *
     * @throws IllegalArgumentException with the reason
     */
    static InetAddress numericAddress(String text) {
        var bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        if (!isIpv4(bare) && bare.indexOf(':') < 0) {
            throw new IllegalArgumentException("'" + text + "' is not a numeric IP address");
        }
        try {
            // InetAddress asks no name server for text of this form.
            return isIpv4(bare) ? InetAddress.getByName(bare) : java.net.Inet6Address.getByName("[" + bare + "]");
        } catch (UnknownHostException wrong) {
            throw new IllegalArgumentException("'" + text + "' is not a numeric IP address", wrong);
        }
    }

    private static boolean isIpv4(String host) {
        var parts = host.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (var part : parts) {
            if (part.isEmpty()
                    || part.length() > 3
                    || !part.chars().allMatch(c -> c >= '0' && c <= '9')
                    || Integer.parseInt(part) > 255) {
                return false;
            }
        }
        return true;
    }

    private static int parsePort(String text) {
        if (text.isEmpty() || text.length() > 9 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("'" + text + "' is not a port; expected 1 to 65535");
        }
        int port = Integer.parseInt(text);
        checkPort(port);
        return port;
    }

    private static void checkPort(int port) {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is out of range; expected 1 to 65535");
        }
    }
}
