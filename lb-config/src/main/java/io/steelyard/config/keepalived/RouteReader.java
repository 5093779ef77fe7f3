package io.steelyard.config.keepalived;

import io.steelyard.api.proxy.Network;
import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.RouteAttribute;
import io.steelyard.api.vrrp.VirtualRoute;
import io.steelyard.api.vrrp.VirtualRoute.NextHop;
import io.steelyard.config.keepalived.grammar.Entry;
import io.steelyard.config.keepalived.grammar.Word;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Reads one line of {@code virtual_routes}, which is written as for {@code ip route add}. One use. */
final class RouteReader {
    private static final Set<String> TYPES = Set.of(
            "unicast", "local", "broadcast", "anycast", "multicast", "throw", "unreachable", "prohibit", "blackhole");

    private final Findings findings;
    private final Values values;
    private final MachineNames names;
    private final List<Word> words;
    private final List<NextHop> hops = new ArrayList<>();
    private int at;
    private Optional<Network> destination = Optional.empty();
    private Optional<String> type = Optional.empty();
    private boolean isDefault;
    private boolean isSaidIpv6;
    private Optional<InetAddress> gateway = Optional.empty();
    private Optional<String> device = Optional.empty();
    private int weight = 1;
    private boolean isOnLink;
    private boolean isInHop;

    RouteReader(Entry line, MachineNames names, Findings findings) {
        this.findings = findings;
        this.names = names;
        values = new Values(findings);
        words = line.words();
    }

    /** The routes of a block. */
    static List<VirtualRoute> readAll(Entry block, MachineNames names, Findings findings) {
        var routes = new ArrayList<VirtualRoute>();
        for (var line : block.entries()) {
            new RouteReader(line, names, findings).read().ifPresent(routes::add);
        }
        return routes;
    }

    private Optional<VirtualRoute> read() {
        var first = words.getFirst();
        var settings = new ArrayList<Consumer<VirtualRoute.Builder>>();
        for (at = 0; at < words.size(); at++) {
            var word = words.get(at);
            if (TYPES.contains(word.text()) && type.isEmpty() && destination.isEmpty() && !isDefault) {
                type = Optional.of(word.text());
            } else if (!option(word, settings)) {
                destination(word);
            }
        }
        endHop();
        try {
            var builder = VirtualRoute.builder(whole());
            type.ifPresent(name -> builder.type(VirtualRoute.Type.valueOf(name.toUpperCase(Locale.ROOT))));
            hops.forEach(builder::nextHop);
            settings.forEach(setting -> setting.accept(builder));
            return Optional.of(builder.build());
        } catch (IllegalArgumentException | IllegalStateException wrong) {
            findings.error(
                    first.position(),
                    "this route cannot be read: " + wrong.getMessage(),
                    "a route as 'ip route add' takes it");
            return Optional.empty();
        }
    }

    private Network whole() {
        if (destination.isPresent()) {
            return destination.get();
        }
        if (!isDefault) {
            throw new IllegalArgumentException("it has no destination");
        }
        boolean isIpv6 = isSaidIpv6
                || hops.stream()
                        .flatMap(hop -> hop.gateway().stream())
                        .anyMatch(address -> AddressFamily.of(address) == AddressFamily.IPV6);
        return Network.parse(isIpv6 ? "::/0" : "0.0.0.0/0");
    }

    private void destination(Word word) {
        if (word.text().equals("default") || word.text().equals("default6")) {
            isDefault = true;
            isSaidIpv6 |= word.text().equals("default6");
            return;
        }
        if (destination.isPresent() || isDefault) {
            findings.error(word.position(), "unknown option '" + word + "' of a route", "an option of 'ip route add'");
            return;
        }
        try {
            destination = Optional.of(Network.parse(word.text()));
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    word.position(),
                    "'" + word + "' is no destination: " + wrong.getMessage(),
                    "a network or 'default'");
            isDefault = true;
        }
    }

    private boolean option(Word word, List<Consumer<VirtualRoute.Builder>> settings) {
        switch (word.text()) {
            case "to" -> value(word).ifPresent(this::destination);
            case "via", "gw" -> value(word).ifPresent(this::via);
            case "dev" -> value(word).ifPresent(name -> device = Optional.of(name.text()));
            case "nexthop", "or" -> {
                endHop();
                isInHop = true;
                if (word.text().equals("or")) {
                    findings.warning(
                            word.position(), "'or' between routes is of old versions", "write 'nexthop via' today");
                    value(word).ifPresent(this::via);
                }
            }
            case "weight" ->
                value(word)
                        .map(given -> values.number(given, "weight", 1, 256))
                        .ifPresent(given -> weight = given.orElse(1));
            case "onlink" -> isOnLink = true;
            case "src" ->
                value(word)
                        .flatMap(values::address)
                        .ifPresent(source -> settings.add(builder -> builder.source(source)));
            case "table" ->
                value(word)
                        .ifPresent(table ->
                                tableNumber(table, names, values).ifPresent(n -> settings.add(b -> b.table(n))));
            case "metric", "priority", "preference" ->
                value(word)
                        .map(given -> values.number(given, "metric", 0, Integer.MAX_VALUE))
                        .filter(OptionalInt::isPresent)
                        .ifPresent(given -> settings.add(builder -> builder.metric(given.getAsInt())));
            case "scope" ->
                value(word)
                        .ifPresent(given -> settings.add(
                                builder -> builder.scope(names.resolve(MachineNames.Kind.SCOPE, given.text()))));
            case "proto", "protocol" ->
                value(word)
                        .ifPresent(given -> settings.add(
                                builder -> builder.protocol(names.resolve(MachineNames.Kind.PROTOCOL, given.text()))));
            case "inet" -> isSaidIpv6 = false;
            case "inet6" -> isSaidIpv6 = true;
            case "no_track" -> settings.add(builder -> builder.tracked(false));
            case "track_group", "encap", "as" ->
                findings.error(
                        word.position(), "'" + word + "' of a route cannot be honoured: it is not carried out", "");
            default -> {
                return attribute(word, settings);
            }
        }
        return true;
    }

    private boolean attribute(Word word, List<Consumer<VirtualRoute.Builder>> settings) {
        var attribute = RouteAttribute.of(word.text().equals("dsfield") ? "tos" : word.text());
        if (attribute.isEmpty()) {
            return false;
        }
        value(word).ifPresent(given -> {
            // A metric may be locked: mtu lock 1400.
            boolean isLocked = given.text().equals("lock") && at + 1 < words.size();
            var text = resolve(attribute.get(), isLocked ? words.get(++at).text() : given.text());
            try {
                attribute.get().parse(isLocked ? "lock " + text : text);
                settings.add(builder -> builder.attribute(attribute.get().word(), isLocked ? "lock " + text : text));
            } catch (IllegalArgumentException wrong) {
                findings.refused(given.position(), wrong);
            }
        });
        return true;
    }

    private String resolve(RouteAttribute attribute, String text) {
        return switch (attribute) {
            case TOS -> names.resolve(MachineNames.Kind.TRAFFIC_CLASS, text);
            case REALMS -> realms(text, names);
            default -> text;
        };
    }

    /** {@code FROM/TO} or {@code TO}, each by name or number. */
    static String realms(String text, MachineNames names) {
        return Arrays.stream(text.split("/", 2))
                .map(name -> names.resolve(MachineNames.Kind.REALM, name))
                .collect(Collectors.joining("/"));
    }

    private void via(Word first) {
        var address = first;
        if (first.text().equals("inet") || first.text().equals("inet6")) {
            at++;
            if (at == words.size()) {
                findings.error(first.position(), "'" + first + "' has no address", "an address after it");
                return;
            }
            address = words.get(at);
        }
        values.address(address).ifPresent(given -> gateway = Optional.of(given));
    }

    private void endHop() {
        if (gateway.isPresent() || device.isPresent()) {
            try {
                hops.add(new NextHop(gateway, device, weight, isOnLink));
            } catch (IllegalArgumentException wrong) {
                findings.refused(words.getFirst().position(), wrong);
            }
        } else if (isInHop) {
            findings.error(
                    words.getFirst().position(),
                    "a next hop is empty",
                    "'via' with an address or 'dev' with an interface");
        }
        gateway = Optional.empty();
        device = Optional.empty();
        weight = 1;
        isOnLink = false;
    }

    private Optional<Word> value(Word option) {
        if (at + 1 == words.size()) {
            findings.error(option.position(), "'" + option + "' has no value", "a value after it");
            return Optional.empty();
        }
        return Optional.of(words.get(++at));
    }

    /** A routing table by number, or by one of the names that every machine or this one has. */
    static OptionalInt tableNumber(Word word, MachineNames names, Values values) {
        return switch (word.text()) {
            case "main" -> OptionalInt.of(254);
            case "local" -> OptionalInt.of(255);
            case "default" -> OptionalInt.of(253);
            case String text -> {
                var number = names.resolve(MachineNames.Kind.TABLE, text);
                yield values.number(new Word(number, word.position(), false), "table", 1, Integer.MAX_VALUE);
            }
        };
    }
}
