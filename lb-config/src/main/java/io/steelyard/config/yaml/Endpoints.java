package io.steelyard.config.yaml;

import io.steelyard.api.pool.ServerAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.OptionalInt;

/** Addresses, endpoints and numbers that may be missing, as the model of virtual routers has them. */
final class Endpoints {
    private static final long MOST_UNSIGNED = 0xFFFF_FFFFL;

    private Endpoints() {}

    /** An address in digits. */
    static Form<InetAddress> address() {
        return Forms.parsed("IP address", ServerAddress::numericAddress, InetAddress::getHostAddress);
    }

    /** Address and port, such as {@code 192.0.2.1:8500} or {@code [2001:db8::1]:8500}. */
    static Form<InetSocketAddress> numeric() {
        return Forms.parsed(
                "address:port",
                text -> new InetSocketAddress(ServerAddress.numericAddress(host(text)), port(text)),
                Endpoints::format);
    }

    /** Host and port, looked up when it is used. */
    static Form<InetSocketAddress> named() {
        return Forms.parsed(
                "host:port",
                text -> InetSocketAddress.createUnresolved(host(text), port(text)),
                endpoint -> endpoint.getHostString() + ":" + endpoint.getPort());
    }

    private static String format(InetSocketAddress endpoint) {
        var address = endpoint.getAddress();
        var host = address.getHostAddress();
        return (address instanceof Inet6Address ? "[" + host + "]" : host) + ":" + endpoint.getPort();
    }

    private static String host(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + text + "' has no port; expected host:port");
        }
        var host = text.substring(0, colon);
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(String text) {
        return Forms.wholeNumber(text.substring(text.lastIndexOf(':') + 1), 1, 65_535)
                .intValue();
    }

    /** A number of 32 bits without a sign. */
    static Form<Long> unsigned() {
        return Forms.whole(0L, MOST_UNSIGNED);
    }

    static Optional<Long> unsigned(OptionalInt value) {
        return value.isPresent() ? Optional.of(value.getAsInt() & MOST_UNSIGNED) : Optional.empty();
    }

    static Optional<Integer> present(OptionalInt value) {
        return value.isPresent() ? Optional.of(value.getAsInt()) : Optional.empty();
    }

    static OptionalInt number(Optional<? extends Number> value) {
        return value.isPresent() ? OptionalInt.of(value.get().intValue()) : OptionalInt.empty();
    }
}
