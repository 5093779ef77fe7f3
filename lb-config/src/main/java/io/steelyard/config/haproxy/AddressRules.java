package io.steelyard.config.haproxy;

import io.steelyard.api.proxy.AccessRule;
import io.steelyard.config.haproxy.expression.Condition;
import io.steelyard.config.haproxy.expression.Fetch;
import io.steelyard.config.haproxy.expression.Pattern;
import io.steelyard.config.haproxy.expression.Sample;
import io.steelyard.config.haproxy.expression.SampleSource;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What rules over the addresses of a connection come to for each network they name. As the listener is known, what is left is a function of
 * the client's address that changes at the borders of these networks alone: it is worked out once for each of them.
 */
final class AddressRules {
    /** What conditions of {@code mode tcp} may ask. */
    private static final Set<String> KNOWN = Set.of("src", "dst", "dst_port", "always_true", "always_false");

    private AddressRules() {}

    /** The first fetch a condition asks that is not known when a connection is accepted. */
    static Optional<Fetch> unknown(Condition condition) {
        return condition.acls().stream()
                .filter(acl -> !KNOWN.contains(acl.expression().fetch().method().name())
                        || acl.patterns().stream().anyMatch(Pattern.File.class::isInstance)
                        || acl.expression().fetch().method().name().equals("src")
                                && !acl.expression().steps().isEmpty())
                .map(acl -> acl.expression().fetch())
                .findFirst();
    }

    /** Whether a condition asks a fetch of this name. */
    static boolean asks(Condition condition, String fetch) {
        return condition.acls().stream()
                .anyMatch(acl -> acl.expression().fetch().method().name().equals(fetch));
    }

    /** What is told of a client at a listener. */
    record Client(InetAddress source, InetAddress destination, int port) implements SampleSource {
        @Override
        public List<Sample> fetch(Fetch fetch) {
            return switch (fetch.method().name()) {
                case "src" -> List.of(new Sample.Addr(source));
                case "dst" -> List.of(new Sample.Addr(destination));
                case "dst_port" -> List.of(new Sample.Sint(port));
                default -> List.of();
            };
        }
    }

    /**
     * A network and what the rules come to for its clients, those of smaller networks of the list excepted.
     *
     * @param network its flag means nothing
     */
    record Region<T>(AccessRule network, T outcome) {}

    /**
     * Works rules out for every network that conditions name, and for all of IPv4 and IPv6.
     *
     * @return the smallest networks first
     */
    static <T> List<Region<T>> evaluate(List<Condition> conditions, Function<InetAddress, T> outcome) {
        var networks = new LinkedHashSet<AccessRule>();
        networks.add(AccessRule.parse(true, "0.0.0.0/0"));
        networks.add(AccessRule.parse(true, "::/0"));
        for (var condition : conditions) {
            for (var acl : condition.acls()) {
                for (var pattern : acl.patterns()) {
                    if (acl.expression().fetch().method().name().equals("src")
                            && pattern instanceof Pattern.Network network) {
                        networks.add(cut(network.network()));
                    }
                }
            }
        }
        var regions = new ArrayList<Region<T>>();
        for (var network : networks) {
            inside(network, networks).ifPresent(address -> regions.add(new Region<>(network, outcome.apply(address))));
        }
        regions.sort(Comparator.comparingInt(region -> -region.network().prefix()));
        return regions;
    }

    private static AccessRule cut(AccessRule rule) {
        var first = first(rule);
        return new AccessRule(true, address(first, rule.network().getAddress().length), rule.prefix());
    }

    /** An address of a network that is in no smaller one of the set; empty where they cover it whole. */
    private static Optional<InetAddress> inside(AccessRule network, Set<AccessRule> all) {
        int length = network.network().getAddress().length;
        var smaller = all.stream()
                .filter(other -> other.prefix() > network.prefix() && network.matches(other.network()))
                .toList();
        var candidates = new HashSet<BigInteger>();
        candidates.add(first(network));
        for (var other : smaller) {
            candidates.add(last(other).add(BigInteger.ONE));
        }
        return candidates.stream()
                .sorted()
                .filter(candidate -> candidate.bitLength() <= 8 * length)
                .map(candidate -> address(candidate, length))
                .filter(address ->
                        network.matches(address) && smaller.stream().noneMatch(other -> other.matches(address)))
                .findFirst();
    }

    private static BigInteger first(AccessRule rule) {
        int hostBits = 8 * rule.network().getAddress().length - rule.prefix();
        return new BigInteger(1, rule.network().getAddress())
                .shiftRight(hostBits)
                .shiftLeft(hostBits);
    }

    static BigInteger last(AccessRule rule) {
        int hostBits = 8 * rule.network().getAddress().length - rule.prefix();
        return first(rule).add(BigInteger.ONE.shiftLeft(hostBits)).subtract(BigInteger.ONE);
    }

    /** The last address of a network. */
    static InetAddress lastAddress(AccessRule rule) {
        return address(last(rule), rule.network().getAddress().length);
    }

    private static InetAddress address(BigInteger value, int length) {
        var bytes = value.toByteArray();
        var address = new byte[length];
        int count = Math.min(bytes.length, length);
        System.arraycopy(bytes, bytes.length - count, address, length - count, count);
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
