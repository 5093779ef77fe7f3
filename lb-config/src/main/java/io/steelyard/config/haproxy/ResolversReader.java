package io.steelyard.config.haproxy;

import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.NameSlot;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.config.haproxy.grammar.Section;
import io.steelyard.config.haproxy.grammar.Word;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the sections {@code resolvers}. One file, one thread. */
final class ResolversReader {
    /** The section that is there without being written. */
    private static final String DEFAULT = "default";

    private static final Path SYSTEM = Path.of("/etc/resolv.conf");
    private static final int DNS_PORT = 53;
    private static final Duration DEFAULT_VALID = Duration.ofSeconds(10);
    private static final int LEAST_PAYLOAD = 512;

    private final Findings findings;
    private final Map<String, Word> names = new HashMap<>();
    private final Map<String, NameLookup> lookups = new HashMap<>();

    ResolversReader(Findings findings) {
        this.findings = findings;
    }

    /** What a section says so far. */
    private static final class Draft {
        final Map<String, InetSocketAddress> servers = new LinkedHashMap<>();
        final Map<String, Duration> holds = new HashMap<>();
        Duration resolve = NameSlot.DEFAULT.again();
        Duration retry = NameSlot.DEFAULT.tryTimeout();
        int tries = NameSlot.DEFAULT.tries();
        int payloadBytes = NameSlot.DEFAULT.payloadBytes();
    }

    /** Takes a section. */
    void read(Section section, List<Statement> statements) {
        if (section.head().arguments().isEmpty()) {
            return;
        }
        var name = section.head().arguments().getFirst();
        var before = names.putIfAbsent(name.text(), name);
        if (before != null) {
            findings.error(
                    name.position(),
                    "resolvers '" + name + "' is duplicate: it stands at " + before.position() + " too",
                    "",
                    "rename one of them");
        }
        var draft = new Draft();
        statements.forEach(statement -> take(statement, draft));
        if (!draft.servers.isEmpty()) {
            lookups.put(name.text(), lookup(name.text(), draft));
        } else if (!name.text().equals(DEFAULT)) {
            findings.warning(
                    name.position(), "resolvers '" + name + "' has no name server", "add 'nameserver NAME ADDRESS:53'");
        }
    }

    /** Whether a section was written, or is there without. */
    boolean knows(String name) {
        return names.containsKey(name) || name.equals(DEFAULT);
    }

    /** How names are looked up by a section; empty where it names nobody. */
    Optional<NameLookup> find(String name) {
        if (name.equals(DEFAULT) && !lookups.containsKey(name)) {
            var draft = new Draft();
            takeSystem(draft);
            return draft.servers.isEmpty() ? Optional.empty() : Optional.of(lookup(name, draft));
        }
        return Optional.ofNullable(lookups.get(name));
    }

    private static NameLookup lookup(String name, Draft draft) {
        var usual = NameSlot.Holds.DEFAULT;
        var holds = new NameSlot.Holds(
                draft.holds.getOrDefault("nx", usual.unknown()),
                draft.holds.getOrDefault("timeout", usual.silent()),
                draft.holds.getOrDefault("refused", usual.refused()),
                draft.holds.getOrDefault("other", usual.failed()),
                draft.holds.getOrDefault("obsolete", usual.obsolete()));
        var slot = new NameSlot(
                name,
                draft.tries,
                draft.retry,
                draft.resolve,
                draft.payloadBytes,
                holds,
                false,
                List.of(),
                false,
                false,
                NameSlot.Start.SYSTEM);
        var valid = draft.holds.getOrDefault("valid", DEFAULT_VALID);
        return new NameLookup(
                List.copyOf(draft.servers.values()),
                Optional.of(valid.isZero() ? draft.resolve : valid),
                draft.retry.multipliedBy(draft.tries),
                true,
                true,
                Optional.empty(),
                Optional.of(slot));
    }

    private void take(Statement statement, Draft draft) {
        try {
            switch (statement.keyword().name()) {
                case "nameserver" -> takeServer(statement, draft);
                case "hold" -> takeHold(statement, draft);
                case "timeout" -> takeTimeout(statement, draft);
                case "resolve_retries" ->
                    draft.tries =
                            Math.max(1, Values.number(statement.argument(0).text(), 0, Integer.MAX_VALUE));
                case "accepted_payload_size" ->
                    draft.payloadBytes = Math.max(
                            LEAST_PAYLOAD, Values.number(statement.argument(0).text(), 12, 65_535));
                case "parse-resolv-conf" -> {
                    if (!takeSystem(draft)) {
                        findings.error(statement.position(), SYSTEM + " cannot be read, or names no name server");
                    }
                }
                default -> {}
            }
        } catch (IllegalArgumentException wrong) {
            var value = statement.arguments().getLast();
            findings.error(
                    value.position(),
                    "'" + statement.name() + "' is '" + value + "'",
                    String.valueOf(wrong.getMessage()),
                    "");
        }
    }

    private void takeServer(Statement statement, Draft draft) {
        var name = statement.argument(0);
        var text = statement.argument(1).text();
        int at = text.indexOf('@');
        var kind = at < 0 ? "" : text.substring(0, at);
        if (!List.of("", "udp", "udp4", "udp6", "ipv4", "ipv6").contains(kind)) {
            findings.error(
                    statement.argument(1).position(),
                    "name servers at '" + kind + "@' cannot be asked",
                    "address:port, asked by UDP, and by TCP where an answer does not fit",
                    "");
            return;
        }
        if (draft.servers.containsKey(name.text())) {
            findings.error(name.position(), "nameserver '" + name + "' is duplicate", "", "rename one of them");
            return;
        }
        var address = address(text.substring(at + 1));
        if (address == null) {
            findings.error(
                    statement.argument(1).position(),
                    "the name server '" + text + "' has no address",
                    "address:port",
                    "");
            return;
        }
        draft.servers.put(name.text(), address);
    }

    /** Null where a name has no address. */
    private static @Nullable InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0 || text.endsWith("]")) {
            throw new IllegalArgumentException("address:port");
        }
        var host = text.substring(0, colon);
        boolean isBareIpv6 = host.indexOf(':') >= 0 && !host.startsWith("[");
        return switch (ServerAddress.parse((isBareIpv6 ? "[" + host + "]" : host) + text.substring(colon))) {
            case ServerAddress.Ip ip -> new InetSocketAddress(ip.address(), ip.port());
            case ServerAddress.Name named -> {
                try {
                    yield new InetSocketAddress(InetAddress.getByName(named.host()), named.port());
                } catch (UnknownHostException unknown) {
                    yield null;
                }
            }
            case ServerAddress.Unix unix -> throw new IllegalArgumentException("address:port");
        };
    }

    private void takeHold(Statement statement, Draft draft) {
        var event = statement.argument(0);
        if (!List.of("nx", "timeout", "refused", "other", "valid", "obsolete").contains(event.text())) {
            findings.error(
                    event.position(),
                    "'hold' has no event '" + event + "'",
                    "valid, nx, timeout, refused, other or obsolete",
                    "");
            return;
        }
        draft.holds.put(event.text(), Values.time(statement.argument(1).text()));
    }

    private void takeTimeout(Statement statement, Draft draft) {
        var kind = statement.argument(0);
        var time = Values.time(statement.argument(1).text());
        var positive = time.isZero() ? Duration.ofMillis(1) : time;
        switch (kind.text()) {
            case "resolve" -> draft.resolve = positive;
            case "retry" -> draft.retry = positive;
            default ->
                findings.error(
                        kind.position(), "there is no 'timeout " + kind + "' of resolvers", "resolve or retry", "");
        }
    }

    /** Takes the system's name servers. */
    private static boolean takeSystem(Draft draft) {
        var found = new ArrayList<InetAddress>();
        try {
            for (var line : Files.readAllLines(SYSTEM)) {
                var words = line.strip().split("\\s+");
                if (words.length > 1 && words[0].equals("nameserver")) {
                    found.add(ServerAddress.numericAddress(words[1]));
                }
            }
        } catch (IOException | IllegalArgumentException unreadable) {
            // What was read until then is used.
        }
        found.forEach(address ->
                draft.servers.putIfAbsent(address.getHostAddress(), new InetSocketAddress(address, DNS_PORT)));
        return !found.isEmpty();
    }
}
