package io.steelyard.realip.address;

import io.steelyard.api.proxy.Network;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Networks with a value each, and the one of the longest prefix that an address lies in. IPv4 and IPv6 are kept apart: {@code ::/0} holds no
 * IPv4 address. Immutable and safe to share; looking up allocates nothing.
 *
 * <p>A binary trie whose one-way paths are left out: each node holds a whole prefix, so that a look-up visits at most one node for each
 * network around the address and each place where networks part. Nodes lie in arrays in the order a look-up visits them.
 *
 * @param <V> what a network stands for
 */
public final class CidrTrie<V> {
    private static final int NONE = -1;
    private static final int IPV4_ROOT = 0;

    /** The prefix of each node, its bits beyond the length zero; an IPv4 address is in the upper 32 bits. */
    private final long[] highs;

    private final long[] lows;
    private final int[] lengths;
    private final int[] zeros;
    private final int[] ones;
    private final Object[] values;
    private final int ipv6Root;
    private final int size;

    private CidrTrie(Builder<V> builder) {
        var nodes = new ArrayList<Node<V>>();
        builder.ipv4.number(nodes);
        ipv6Root = nodes.size();
        builder.ipv6.number(nodes);
        int count = nodes.size();
        highs = new long[count];
        lows = new long[count];
        lengths = new int[count];
        zeros = new int[count];
        ones = new int[count];
        values = new Object[count];
        int valued = 0;
        for (int i = 0; i < count; i++) {
            var node = nodes.get(i);
            highs[i] = node.high;
            lows[i] = node.low;
            lengths[i] = node.length;
            zeros[i] = node.zero == null ? NONE : node.zero.number;
            ones[i] = node.one == null ? NONE : node.one.number;
            values[i] = node.value;
            valued += node.value == null ? 0 : 1;
        }
        size = valued;
    }

    public static <V> Builder<V> builder() {
        return new Builder<>();
    }

    /** A set: every network has the value {@code TRUE}. */
    public static CidrTrie<Boolean> of(List<Network> networks) {
        var builder = CidrTrie.<Boolean>builder();
        networks.forEach(network -> builder.add(network, Boolean.TRUE));
        return builder.build();
    }

    /** How many networks there are. */
    public int size() {
        return size;
    }

    /**
     * The value of the smallest network that has the address; null where none has.
     *
     * @param high the upper 64 bits, 0 for an IPv4 address
     * @param low the lower 64 bits, {@code 0000ffff} and the address for an IPv4 one
     */
    public @Nullable V find(long high, long low) {
        return Addresses.isIpv4(high, low) ? find(IPV4_ROOT, low << 32, 0) : find(ipv6Root, high, low);
    }

    /** As {@link #find(long, long)}; allocates what the address hands out. */
    public @Nullable V find(InetAddress address) {
        return find(address.getAddress());
    }

    /**
     * As {@link #find(long, long)}.
     *
     * @param address 4 or 16 bytes in network order
     */
    public @Nullable V find(byte[] address) {
        return find(Addresses.high(address), Addresses.low(address));
    }

    /**
     * As {@link #find(long, long)}, the address being text; null too where it is no address. Allocates nothing.
     *
     * @param reader whose content is replaced
     */
    public @Nullable V find(byte[] text, int from, int to, AddressReader reader) {
        return reader.read(text, from, to) ? find(reader.high(), reader.low()) : null;
    }

    /** Whether any network has the address. */
    public boolean contains(long high, long low) {
        return find(high, low) != null;
    }

    /** Whether any network has the address; allocates what the address hands out. */
    public boolean contains(InetAddress address) {
        return find(address) != null;
    }

    @SuppressWarnings("unchecked") // the values are those the builder was given
    private @Nullable V find(int root, long high, long low) {
        Object best = null;
        int node = root;
        while (node != NONE) {
            int length = lengths[node];
            if (commonBits(highs[node], lows[node], high, low) < length) {
                break;
            }
            if (values[node] != null) {
                best = values[node];
            }
            node = isOne(high, low, length) ? ones[node] : zeros[node];
        }
        return (V) best;
    }

    /** The number of leading bits two prefixes have in common, 0 to 128. */
    private static int commonBits(long high1, long low1, long high2, long low2) {
        return high1 != high2 ? Long.numberOfLeadingZeros(high1 ^ high2) : 64 + Long.numberOfLeadingZeros(low1 ^ low2);
    }

    /** Bit number {@code index} from the left; any value for 128, where no node has children. */
    private static boolean isOne(long high, long low, int index) {
        return ((index < 64 ? high >>> (63 - index) : low >>> (127 - index)) & 1) != 0;
    }

    /** Gathers networks. Not thread-safe. */
    public static final class Builder<V> {
        private final Node<V> ipv4 = new Node<>(0, 0, 0);
        private final Node<V> ipv6 = new Node<>(0, 0, 0);

        private Builder() {}

        /** Adds a network; one that is there already gets the new value. */
        public Builder<V> add(Network network, V value) {
            return add(network.address(), network.prefix(), value);
        }

        /**
         * Adds a network; one that is there already gets the new value.
         *
         * @param address the bits beyond the prefix are ignored
         * @param prefix 0 to 32 for IPv4, 0 to 128 for IPv6
         * @throws IllegalArgumentException where the prefix is out of range
         */
        public Builder<V> add(InetAddress address, int prefix, V value) {
            var bytes = address.getAddress();
            if (prefix < 0 || prefix > bytes.length * 8) {
                throw new IllegalArgumentException(
                        "prefix " + prefix + " is out of range; expected 0 to " + bytes.length * 8);
            }
            if (address instanceof Inet4Address) {
                ipv4.insert(Addresses.low(bytes) << 32, 0, prefix, value);
            } else {
                ipv6.insert(Addresses.high(bytes), Addresses.low(bytes), prefix, value);
            }
            return this;
        }

        public CidrTrie<V> build() {
            return new CidrTrie<>(this);
        }
    }

    /** A prefix while the trie is built. */
    private static final class Node<V> {
        private final long high;
        private final long low;
        private final int length;
        private int number;
        private @Nullable V value;
        private @Nullable Node<V> zero;
        private @Nullable Node<V> one;

        Node(long high, long low, int length) {
            this.high = high & Addresses.leadingOnes(length);
            this.low = low & Addresses.leadingOnes(length - 64);
            this.length = length;
        }

        /** Adds a prefix of which this node's is a prefix. */
        void insert(long newHigh, long newLow, int newLength, V newValue) {
            var node = this;
            while (node.length != newLength) {
                var child = node.child(newHigh, newLow);
                if (child == null) {
                    child = new Node<>(newHigh, newLow, newLength);
                    node.attach(child);
                } else {
                    int common = commonBits(child.high, child.low, newHigh, newLow);
                    if (common < Math.min(child.length, newLength) || newLength < child.length) {
                        var branch = new Node<V>(newHigh, newLow, Math.min(common, newLength));
                        branch.attach(child);
                        node.attach(branch);
                        child = branch;
                    }
                }
                node = child;
            }
            node.value = newValue;
        }

        private @Nullable Node<V> child(long ofHigh, long ofLow) {
            return isOne(ofHigh, ofLow, length) ? one : zero;
        }

        private void attach(Node<V> child) {
            if (isOne(child.high, child.low, length)) {
                one = child;
            } else {
                zero = child;
            }
        }

        /** Gives this node and those below it their places. */
        void number(List<Node<V>> into) {
            number = into.size();
            into.add(this);
            if (zero != null) {
                zero.number(into);
            }
            if (one != null) {
                one.number(into);
            }
        }
    }
}
