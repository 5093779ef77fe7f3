package io.steelyard.api.proxy;

import io.steelyard.api.pool.ServerAddress;
import java.net.InetAddress;
import java.util.Objects;

/**
 * Addresses that begin alike (CIDR, RFC 4632). An IPv4 network holds no IPv6 address and the other way round. Immutable.
 *
 * @param address the bits beyond the prefix are ignored
 * @param prefix how many bits count: 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Network(InetAddress address, int prefix) {
    public Network {
        Objects.requireNonNull(address, "address");
        int most = address.getAddress().length * 8;
        if (prefix < 0 || prefix > most) {
            throw new IllegalArgumentException("prefix " + prefix + " is out of range; expected 0 to " + most);
        }
    }

    /**
     * Reads {@code 10.0.0.0/8}, {@code 2001:db8::/32} or a single address.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        var address = ServerAddress.numericAddress(slash < 0 ? text : text.substring(0, slash));
        int most = address.getAddress().length * 8;
        return new Network(address, slash < 0 ? most : prefix(text, slash + 1));
    }

    /** Whether an address lies in it. */
    public boolean contains(InetAddress other) {
        var mine = address.getAddress();
        var theirs = other.getAddress();
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
        return address.getHostAddress() + "/" + prefix;
    }

    @Override
    public String toString() {
        return text();
    }

    private static int prefix(String text, int from) {
        if (from == text.length()
                || text.length() - from > 3
                || !text.substring(from).chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("'" + text + "' has no valid prefix length after '/'");
        }
        return Integer.parseInt(text.substring(from));
    }
}
