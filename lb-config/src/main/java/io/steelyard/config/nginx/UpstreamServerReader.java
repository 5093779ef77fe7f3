package io.steelyard.config.nginx;

import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.List;
import java.util.Optional;

/** Reads {@code server} of one {@code upstream}. */
final class UpstreamServerReader {
    /** Of a service, whose records give the ports. */
    private static final int UNUSED_PORT = 80;

    private final Findings findings;
    private final boolean isHttp;
    private final Optional<NameLookup> lookup;

    /**
     * @param isHttp whether port 80 is meant without a port
     * @param lookup whom names with {@code resolve} are asked of; empty for the system's resolver
     */
    UpstreamServerReader(Findings findings, boolean isHttp, Optional<NameLookup> lookup) {
        this.findings = findings;
        this.isHttp = isHttp;
        this.lookup = lookup;
    }

    /** The server; one that cannot be used where its line is wrong, which was told. */
    RealServer read(Directive directive, String methodWithoutBackup) {
        var written = directive.argument(0);
        var words = directive.arguments().subList(1, directive.arguments().size());
        boolean isService = words.stream().anyMatch(word -> word.text().startsWith("service="));
        var address = address(written, isService);
        var server = RealServer.builder(written.text(), address);
        lookUp(words, address).ifPresent(server::nameLookup);
        for (var word : words) {
            try {
                readParameter(directive, word, server, methodWithoutBackup);
            } catch (IllegalArgumentException wrong) {
                findings.badArgument(directive, word, wrong);
            }
        }
        return server.build();
    }

    /** Who is asked for the name of a server, and for what; empty for the system's resolver. */
    private Optional<NameLookup> lookUp(List<Word> words, ServerAddress address) {
        boolean isResolved = words.stream().anyMatch(word -> word.text().equals("resolve"));
        for (var word : words) {
            var service = BlockReader.parameter(word, "service");
            if (service.isEmpty()) {
                continue;
            }
            if (!isResolved || lookup.isEmpty() || !(address instanceof ServerAddress.Name)) {
                findings.error(
                        word.position(),
                        "'service=' needs a host name, 'resolve' and name servers",
                        "",
                        "add 'resolve' to the server, and 'resolver ADDRESS;' to the upstream or the block around it");
                return Optional.empty();
            }
            if (service.get().isEmpty()) {
                findings.error(word.position(), "'service=' names no service");
                return Optional.empty();
            }
            return lookup.map(known -> known.forService(service.get()));
        }
        return lookup.filter(known -> isResolved && address instanceof ServerAddress.Name);
    }

    private ServerAddress address(Word word, boolean isService) {
        if (isService && word.text().indexOf(':') >= 0) {
            findings.error(word.position(), "a server with 'service=' has a port", "the host name alone", "");
        }
        try {
            if (isService) {
                return ServerAddress.parse(word.text(), UNUSED_PORT);
            }
            return isHttp ? Pools.httpAddress(word.text()) : ServerAddress.parse(word.text());
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    word.position(),
                    "a server cannot be at '" + word + "': " + wrong.getMessage(),
                    "",
                    isHttp
                            ? "write address, address:port, [address]:port, name, name:port or unix:path"
                            : "write address:port, [address]:port, name:port or unix:path");
            return new ServerAddress.Unix("/unreadable");
        }
    }

    private void readParameter(Directive directive, Word word, RealServer.Builder server, String methodWithoutBackup) {
        int equals = word.text().indexOf('=');
        var name = equals < 0 ? word.text() : word.text().substring(0, equals + 1);
        var value = equals < 0 ? "" : word.text().substring(equals + 1);
        switch (name) {
            case "weight=" -> {
                int weight = digits(name, value, 1);
                if (weight > RealServer.MAX_WEIGHT) {
                    throw new IllegalArgumentException("weight=1 to " + RealServer.MAX_WEIGHT);
                }
                server.weight(weight);
            }
            case "max_conns=" -> server.maxConnections(digits(name, value, 0));
            case "max_fails=" -> server.maxFails(digits(name, value, 0));
            case "fail_timeout=" -> server.failTimeout(Values.seconds(value));
            case "slow_start=" -> server.slowStart(Values.time(value));
            case "down" -> server.adminState(AdminState.DISABLED);
            case "drain" -> server.adminState(AdminState.DRAINING);
            case "backup" -> {
                if (!methodWithoutBackup.isEmpty()) {
                    findings.error(
                            word.position(),
                            "the load-balancing method '" + methodWithoutBackup + "' has no 'backup' servers",
                            "",
                            "remove 'backup', or choose another method");
                }
                server.backup();
            }
            case "resolve", "service=" -> {
                // Looked at with the address.
            }
            case "route=" -> readRoute(word, value, server);
            default ->
                findings.error(
                        word.position(),
                        "'server' has no parameter '" + word + "'",
                        "weight=, max_conns=, max_fails=, fail_timeout=, slow_start=, backup, down, drain, route=, resolve or "
                                + "service=",
                        "");
        }
    }

    private void readRoute(Word word, String route, RealServer.Builder server) {
        if (!isHttp) {
            findings.error(
                    word.position(), "'route=' means nothing in a stream: it has no sticky sessions", "", "remove it");
            return;
        }
        RealServer.of("127.0.0.1:80").toBuilder().stickyName(route).build();
        server.stickyName(route);
    }

    private static int digits(String name, String value, int least) {
        try {
            return least == 0 ? Values.number(value) : Values.positiveNumber(value);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(name + "N, N " + wrong.getMessage(), wrong);
        }
    }
}
