package io.steelyard.config.haproxy;

import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.NameSlot;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.Network;
import io.steelyard.config.haproxy.grammar.Word;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parameters of a server that say how its name is looked up. One thread. */
final class NameParameters implements Cloneable {
    private static final List<String> NAMES =
            List.of("resolvers", "resolve-prefer", "resolve-net", "resolve-opts", "init-addr");

    /** The section of name servers; null for the system's resolver. */
    @Nullable
    Word resolvers;

    private boolean prefersIpv4;
    private List<Network> preferred = List.of();
    private boolean sharesAddresses;
    private boolean ignoresWeights;

    /** What {@code init-addr} says; null where it does not stand. */
    private NameSlot.@Nullable Start start;

    static boolean knows(String name) {
        return NAMES.contains(name);
    }

    /** @throws IllegalArgumentException with what was expected */
    void take(Word name, Word value) {
        switch (name.text()) {
            case "resolvers" -> resolvers = value;
            case "resolve-prefer" -> {
                if (!value.text().equals("ipv4") && !value.text().equals("ipv6")) {
                    throw new IllegalArgumentException("ipv4 or ipv6");
                }
                prefersIpv4 = value.text().equals("ipv4");
            }
            case "resolve-net" -> preferred = networks(value.text());
            case "resolve-opts" -> options(value.text());
            default -> start = start(value.text());
        }
    }

    private static List<Network> networks(String text) {
        var networks = new ArrayList<Network>();
        for (var one : text.split(",")) {
            networks.add(Network.parse(one));
        }
        return networks;
    }

    private void options(String text) {
        for (var one : text.split(",")) {
            switch (one) {
                case "allow-dup-ip" -> sharesAddresses = true;
                case "prevent-dup-ip" -> sharesAddresses = false;
                case "ignore-weight" -> ignoresWeights = true;
                default -> throw new IllegalArgumentException("allow-dup-ip, prevent-dup-ip or ignore-weight");
            }
        }
    }

    /** The first method that always finds something ends the list. */
    private static NameSlot.Start start(String text) {
        boolean asksSystem = false;
        Optional<InetAddress> address = Optional.empty();
        boolean isNone = false;
        for (var one : text.split(",")) {
            boolean isOver = isNone || address.isPresent();
            switch (one) {
                case "last" -> {}
                case "libc" -> asksSystem |= !isOver;
                case "none" -> isNone |= !isOver;
                default -> {
                    var given = numeric(one);
                    address = isOver ? address : Optional.of(given);
                }
            }
        }
        return new NameSlot.Start(asksSystem, address, isNone);
    }

    private static InetAddress numeric(String text) {
        try {
            return ServerAddress.numericAddress(text);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("last, libc, none or an address, parted by commas", wrong);
        }
    }

    /**
     * How a server is looked up.
     *
     * @param lookup that of its section
     * @param service the service whose SRV records it is one of
     * @param isTemplate whether it is one of several alike, which may lack an address
     */
    NameLookup lookup(NameLookup lookup, Optional<String> service, boolean isTemplate) {
        var section = lookup.slot().orElse(NameSlot.DEFAULT);
        boolean isService = service.isPresent();
        var chosen = start == null ? new NameSlot.Start(true, Optional.empty(), isTemplate) : start;
        var first = isService ? new NameSlot.Start(false, chosen.address(), true) : chosen;
        return new NameLookup(
                lookup.nameServers(),
                lookup.validFor(),
                lookup.timeout(),
                true,
                true,
                service,
                Optional.of(new NameSlot(
                        section.section(),
                        section.tries(),
                        section.tryTimeout(),
                        section.again(),
                        section.payloadBytes(),
                        section.holds(),
                        prefersIpv4,
                        preferred,
                        sharesAddresses,
                        ignoresWeights,
                        first)));
    }

    /** Where something is said that has a meaning with name servers alone. */
    boolean isForNothing() {
        return resolvers == null
                && (start != null || prefersIpv4 || !preferred.isEmpty() || sharesAddresses || ignoresWeights);
    }

    @Override
    public NameParameters clone() {
        try {
            return (NameParameters) super.clone();
        } catch (CloneNotSupportedException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
