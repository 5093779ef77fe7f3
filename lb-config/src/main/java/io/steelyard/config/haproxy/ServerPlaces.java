package io.steelyard.config.haproxy;

import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads where servers are: addresses, names, services, and how names are looked up. */
final class ServerPlaces {
    /** A service and where it is: {@code _http._tcp.name}, perhaps with a port that is not used. */
    private static final Pattern SERVICE = Pattern.compile("(_[^.]+\\._[^.]+)\\.([^:]+)(:\\d+)?");

    private static final int UNUSED_PORT = 80;

    private final Findings findings;
    private final ResolversReader resolvers;

    ServerPlaces(Findings findings, ResolversReader resolvers) {
        this.findings = findings;
        this.resolvers = resolvers;
    }

    /** Where a server is, and how its name is looked up; empty for the system's resolver. */
    record Place(ServerAddress address, Optional<NameLookup> lookup) {}

    /** Where a server is. @param port where it is reached where it has no port; absent where that is not one */
    Optional<Place> find(Statement statement, Word written, OptionalInt port, ServerDraft draft) {
        var section = draft.names.resolvers;
        if (section != null && !resolvers.knows(section.text())) {
            findings.error(
                    section.position(),
                    "there is no section 'resolvers " + section + "'",
                    "",
                    "add 'resolvers " + section + "' with a 'nameserver', or remove 'resolvers' from the server");
            return Optional.empty();
        }
        if (draft.names.isForNothing()) {
            findings.accepted(
                    statement.position(),
                    "init-addr' or 'resolve-…",
                    "without 'resolvers' a name is looked up every ten seconds, by the system's resolver, and keeps its last addresses");
        }
        var lookup = section == null ? Optional.<NameLookup>empty() : resolvers.find(section.text());
        var service = SERVICE.matcher(written.text());
        if (lookup.isPresent() && service.matches()) {
            var name = service.group(2);
            return address(written, OptionalInt.of(UNUSED_PORT), name)
                    .map(address -> new Place(
                            address,
                            Optional.of(draft.names.lookup(lookup.get(), Optional.of(service.group(1)), true))));
        }
        boolean isTemplate = statement.is("server-template");
        return address(written, port)
                .map(address -> new Place(
                        address,
                        lookup.filter(known -> address instanceof ServerAddress.Name)
                                .map(known -> draft.names.lookup(known, Optional.empty(), isTemplate))));
    }

    /** An address without a name that is looked up by name servers of its own. */
    Optional<ServerAddress> address(Word word, OptionalInt clientPort) {
        return address(word, clientPort, word.text());
    }

    private Optional<ServerAddress> address(Word word, OptionalInt clientPort, String text) {
        try {
            return Optional.of(parse(text, clientPort));
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    word.position(),
                    "a server cannot be at '" + word + "': " + wrong.getMessage(),
                    "",
                    "write address:port, [address]:port, name:port or a path");
            return Optional.empty();
        }
    }

    private static ServerAddress parse(String text, OptionalInt clientPort) {
        if (text.startsWith("/")) {
            return new ServerAddress.Unix(text);
        }
        var rest = text;
        int at = text.indexOf('@');
        if (at >= 0) {
            rest = text.substring(at + 1);
            var kind = text.substring(0, at);
            if (kind.equals("unix")) {
                return new ServerAddress.Unix(rest);
            }
            if (!kind.equals("ipv4") && !kind.equals("ipv6")) {
                throw new IllegalArgumentException("'" + kind + "@' is no address of a server");
            }
        }
        boolean isBare = rest.indexOf(':') < 0 || rest.endsWith("]");
        int colon = rest.lastIndexOf(':');
        var host = isBare ? rest : rest.substring(0, colon);
        if (host.isEmpty() || host.equals("*") || host.equals("0.0.0.0") || host.equals("[::]")) {
            throw new IllegalArgumentException("the client's own destination is not supported");
        }
        if (isBare && clientPort.isEmpty()) {
            throw new IllegalArgumentException("it has no port, and clients come to several");
        }
        var port = isBare ? Integer.toString(clientPort.getAsInt()) : rest.substring(colon + 1);
        if (port.startsWith("+") || port.startsWith("-")) {
            throw new IllegalArgumentException("ports that follow from the client's are not supported");
        }
        if (port.indexOf('-') > 0) {
            throw new IllegalArgumentException("a server has one port");
        }
        boolean isBareIpv6 = host.indexOf(':') >= 0 && !host.startsWith("[");
        return ServerAddress.parse((isBareIpv6 ? "[" + host + "]" : host) + ":" + port);
    }

    /** A server without a port of its own has none that is checked, as it is where clients come; HAProxy refuses it, too. */
    void checkPort(Proxy backend, Statement statement, ServerDraft draft) {
        var address = statement.argument(1);
        var text = address.text().substring(address.text().indexOf('@') + 1);
        boolean hasPort = text.startsWith("/")
                || text.startsWith("_")
                || text.lastIndexOf(':') > text.lastIndexOf(']') && !text.endsWith("]");
        boolean isSaid = draft.checkPort != 0 || backend.has("tcp-check connect", "http-check connect");
        if (draft.isChecked && !hasPort && !isSaid) {
            findings.error(
                    address.position(),
                    "server '" + statement.argument(0) + "' has 'check', and neither it nor the check has a port",
                    "address:port",
                    "write the port of the server, or 'port NUMBER' for its check");
        }
    }
}
