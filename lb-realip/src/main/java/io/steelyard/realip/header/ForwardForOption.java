package io.steelyard.realip.header;

import io.steelyard.api.proxy.Network;
import io.steelyard.realip.address.Addresses;
import io.steelyard.realip.address.Endpoint;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * HAProxy's {@code option forwardfor [except network] [header name] [if-none]}, exactly. Immutable.
 *
 * @param except clients that are left out; the bits of both families are compared, an IPv4 client as itself
 * @param header the field's name
 * @param ifNone whether a request that has the field keeps it as it is
 */
public record ForwardForOption(Optional<Network> except, String header, boolean ifNone) {
    /** {@code option forwardfor} alone. */
    public static final ForwardForOption DEFAULT = new ForwardForOption(Optional.empty(), "X-Forwarded-For", false);

    /**
     * The line that is added to a request, behind all that it has. A frontend and its backend may both ask: the field is then the backend's,
     * clients of either network are left out, and a field that is there is kept only where both say so.
     *
     * @param has whether the request has a field of that name
     */
    public static Optional<HeaderLine> line(
            Optional<ForwardForOption> frontend,
            Optional<ForwardForOption> backend,
            Endpoint client,
            Predicate<String> has) {
        var named = backend.or(() -> frontend);
        if (named.isEmpty() || !client.isIp()) {
            return Optional.empty();
        }
        var header = named.get().header();
        boolean mayKeep = frontend.map(ForwardForOption::ifNone).orElse(true)
                && backend.map(ForwardForOption::ifNone).orElse(true);
        if ((mayKeep && has.test(header))
                || frontend.filter(option -> option.excepts(client)).isPresent()
                || backend.filter(option -> option.excepts(client)).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(new HeaderLine(header, client.addressText()));
    }

    private boolean excepts(Endpoint client) {
        return except.isPresent() && except.get().contains(Addresses.inetAddress(client.high(), client.low()));
    }
}
