package io.steelyard.vrrp.witness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;

/**
 * {@code steelyard}: our own {@link WitnessServer}. Options: {@code address}, its host and port, such as {@code 192.0.2.200:7946} or
 * {@code [2001:db8::1]:7946}, looked up once at the start; {@code key}, what messages are signed with, at least 16 octets; {@code cluster}, read by
 * the caller.
 */
public final class SteelyardWitnessProvider implements WitnessProvider {
    private static final Set<String> OPTIONS = Set.of("address", "key", WitnessOptions.CLUSTER);

    /** For {@link java.util.ServiceLoader}. */
    public SteelyardWitnessProvider() {}

    @Override
    public String name() {
        return "steelyard";
    }

    @Override
    public Witness open(Settings settings) throws IOException {
        WitnessOptions.check(name(), settings.options(), OPTIONS, "address", "key");
        var key = WitnessMessage.key(settings.options().getOrDefault("key", ""));
        return new SteelyardWitness(settings.asker(), address(settings.options().getOrDefault("address", "")), key);
    }

    private static InetSocketAddress address(String text) throws IOException {
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            var host = text.substring(0, Math.max(0, colon));
            if (port < 1 || port > 65_535 || host.isEmpty()) {
                throw wrong(text);
            }
            var bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
            return new InetSocketAddress(InetAddress.getByName(bare), port);
        } catch (NumberFormatException noNumber) {
            throw (IllegalArgumentException) wrong(text).initCause(noNumber);
        }
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException(
                "the witness's address is '" + text + "', expected host:port or [address]:port");
    }
}
