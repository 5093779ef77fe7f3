package io.steelyard.config.haproxy.expression;

import io.steelyard.api.pool.ServerAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/** {@code ipmask}: addresses cut to a network. */
final class Masks {
    private Masks() {}

    /** The address with all bits outside of the mask of its family cleared; an IPv6 one needs a mask of its own. */
    static Optional<Sample> apply(Sample sample, List<String> arguments) {
        var masks = java.util.stream.IntStream.range(0, arguments.size())
                .mapToObj(i -> mask(arguments.get(i), i == 0 ? 4 : 16))
                .toList();
        if (masks.getFirst().length != 4 || masks.size() > 1 && masks.get(1).length != 16) {
            throw new IllegalArgumentException("ipmask has a mask for IPv4, and perhaps one for IPv6 behind it");
        }
        var address = ((Sample.Addr) sample).value().getAddress().clone();
        if (address.length == 16 && masks.size() == 1) {
            return Optional.empty();
        }
        var mask = masks.get(address.length == 4 ? 0 : 1);
        for (int i = 0; i < address.length; i++) {
            address[i] &= mask[i];
        }
        try {
            return Optional.of(new Sample.Addr(InetAddress.getByAddress(address)));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] mask(String text, int length) {
        if (text.indexOf('.') >= 0 || text.indexOf(':') >= 0) {
            return ServerAddress.numericAddress(text).getAddress();
        }
        int prefix;
        try {
            prefix = Integer.parseInt(text);
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException("'" + text + "' is not a mask", wrong);
        }
        if (prefix < 0 || prefix > 8 * length) {
            throw new IllegalArgumentException("mask " + prefix + " is out of range");
        }
        return bits(prefix, length);
    }

    private static byte[] bits(int prefix, int length) {
        var mask = new byte[length];
        for (int bit = 0; bit < prefix; bit++) {
            mask[bit / 8] |= (byte) (0x80 >> bit % 8);
        }
        return mask;
    }
}
