package io.steelyard.api.proxy;

import io.steelyard.api.pool.ServerAddress;
import java.net.InetAddress;
import java.util.Objects;

/**
 * Lets clients of a network in, or keeps them out.
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

    /**
     * Reads {@code 10.0.0.0/8}, {@code 2001:db8::/32} or a single address.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static AccessRule parse(boolean isAllowed, String text) {
        int slash = text.indexOf('/');
        var network = ServerAddress.numericAddress(slash < 0 ? text : text.substring(0, slash));
        try {
            int prefix = slash < 0 ? network.getAddress().length * 8 : Integer.parseInt(text.substring(slash + 1));
            return new AccessRule(isAllowed, network, prefix);
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException("'" + text + "' has no valid prefix length after '/'", wrong);
        }
    }

    /** Whether the rule is about this client. */
    public boolean matches(InetAddress client) {
        var mine = network.getAddress();
        var theirs = client.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit += 8) {
            int mask = prefix - bit >= 8 ? 0xFF : 0xFF << (8 - (prefix - bit)) & 0xFF;
            if (((mine[bit >> 3] ^ theirs[bit >> 3]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The network as {@link #parse} reads it. */
    public String text() {
        return network.getHostAddress() + "/" + prefix;
    }
}
