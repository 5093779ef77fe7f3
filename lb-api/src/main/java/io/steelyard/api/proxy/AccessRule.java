package io.steelyard.api.proxy;

import java.net.InetAddress;
import java.util.Objects;

/**
 * Lets clients of a network in, or keeps them out. A client on a UNIX socket, which has no address, counts as {@code ::}, so that a rule about
 * {@code ::/128} is about such clients alone.
 *
 * @param isAllowed whether they may connect
 * @param network the network's address; the bits beyond the prefix are ignored
 * @param prefix 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record AccessRule(boolean isAllowed, InetAddress network, int prefix) {
    public AccessRule {
        Objects.requireNonNull(network, "network");
        int most = network.getAddress().length * 8;
        if (prefix < 0 || prefix > most) {
            throw new IllegalArgumentException("prefix " + prefix + " is out of range; expected 0 to " + most);
        }
    }

    /** About one network. */
    public AccessRule(boolean isAllowed, Network network) {
        this(isAllowed, network.address(), network.prefix());
    }

    /**
     * Reads {@code 10.0.0.0/8}, {@code 2001:db8::/32} or a single address.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static AccessRule parse(boolean isAllowed, String text) {
        return new AccessRule(isAllowed, Network.parse(text));
    }

    /** Whether the rule is about this client. */
    public boolean matches(InetAddress client) {
        return new Network(network, prefix).contains(client);
    }

    /** The network as {@link #parse} reads it. */
    public String text() {
        return new Network(network, prefix).text();
    }
}
