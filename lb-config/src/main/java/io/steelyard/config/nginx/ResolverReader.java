package io.steelyard.config.nginx;

import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code resolver} and {@code resolver_timeout}. */
final class ResolverReader {
    private static final int DNS_PORT = 53;

    private final Findings findings;
    private final HostAddresses hosts;

    ResolverReader(Findings findings, HostAddresses hosts) {
        this.findings = findings;
        this.hosts = hosts;
    }

    /** Empty where no line says so, or where what it says cannot be used, which is told. */
    private Optional<NameLookup> read(Optional<Directive> resolver, Optional<Word> timeout) {
        return resolver.flatMap(directive -> read(directive, timeout));
    }

    /** What a block says, or else the one around it. */
    Optional<NameLookup> read(Level level, Level outer) {
        return read(
                level.first("resolver").or(() -> outer.first("resolver")),
                level.value("resolver_timeout").or(() -> outer.value("resolver_timeout")));
    }

    /** What holds in a block of http. */
    Optional<NameLookup> read(HttpScope scope) {
        return read(scope.nearest("resolver"), scope.nearestWord("resolver_timeout"));
    }

    private Optional<NameLookup> read(Directive directive, Optional<Word> timeout) {
        var servers = new ArrayList<InetSocketAddress>();
        Optional<Duration> validFor = Optional.empty();
        boolean ipv4 = true;
        boolean ipv6 = true;
        for (var word : directive.arguments()) {
            try {
                var text = word.text();
                if (text.startsWith("valid=")) {
                    validFor = Optional.of(Values.positiveTime(text.substring("valid=".length())));
                } else if (text.startsWith("ipv4=")) {
                    ipv4 = Values.flag(text.substring("ipv4=".length()));
                } else if (text.startsWith("ipv6=")) {
                    ipv6 = Values.flag(text.substring("ipv6=".length()));
                } else if (text.startsWith("status_zone=")) {
                    findings.acceptedParameter(directive, word, "status_zone=", "statistics come from the runtime API");
                } else {
                    servers.addAll(servers(text));
                }
            } catch (UnknownHostException unknown) {
                findings.error(word.position(), "the name server '" + word + "' has no address");
                return Optional.empty();
            } catch (IllegalArgumentException wrong) {
                findings.badArgument(
                        directive,
                        word,
                        "address, address:port, name, name:port, valid=TIME, ipv4=on|off or ipv6=on|off");
                return Optional.empty();
            }
        }
        if (servers.isEmpty()) {
            findings.error(directive.position(), "'resolver' names no name server", "an address", "");
            return Optional.empty();
        }
        if (!ipv4 && !ipv6) {
            findings.error(directive.position(), "'ipv4=off' and 'ipv6=off' leave no address to ask for");
            return Optional.empty();
        }
        var limit = timeout.map(word -> Values.positiveTime(word.text())).orElse(NameLookup.DEFAULT_TIMEOUT);
        return Optional.of(new NameLookup(servers, validFor, limit, ipv4, ipv6, Optional.empty()));
    }

    private List<InetSocketAddress> servers(String text) throws UnknownHostException {
        return switch (ServerAddress.parse(text, DNS_PORT)) {
            case ServerAddress.Ip ip -> List.of(new InetSocketAddress(ip.address(), ip.port()));
            case ServerAddress.Name name -> {
                List<InetAddress> found = hosts.of(name.host());
                yield found.stream()
                        .map(address -> new InetSocketAddress(address, name.port()))
                        .toList();
            }
            case ServerAddress.Unix unix -> throw new IllegalArgumentException(unix.text());
        };
    }
}
