package io.steelyard.config.nginx;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.Protocol;
import io.steelyard.api.proxy.UnixSocket;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;

/** Reads {@code listen}. */
final class ListenReader {
    private static final Set<String> NOT_WITH_UDP =
            Set.of("ssl", "so_keepalive", "backlog", "fastopen", "proxy_protocol");

    private final Findings findings;
    private final HostAddresses hosts;

    ListenReader(Findings findings, HostAddresses hosts) {
        this.findings = findings;
        this.hosts = hosts;
    }

    /**
     * One {@code listen}: a protocol and an address.
     *
     * @param isDefault whether its server gets the connections that name no other
     */
    record Listen(Protocol protocol, ListenAddress address, boolean isDefault, Directive directive) {}

    /** What the parameters say. */
    private static final class Parameters {
        private boolean isUdp;
        private boolean isGood = true;
        private int backlog;
        private boolean ipv6Only = true;
        private boolean keepAlive;
        private boolean proxyProtocol;
        private boolean isTls;
        private boolean isDefault;
    }

    /** The listeners, one for each address of a host name; none, and told, where it is wrong or refused. */
    List<Listen> read(Directive directive) {
        var address = directive.argument(0);
        var parameters = parameters(directive);
        try {
            var parsed = addresses(address.text());
            if (!parameters.isGood) {
                return List.of();
            }
            return parsed.stream()
                    .map(one -> one.isUnix()
                            ? one.backlog(parameters.backlog)
                                    .proxyProtocol(parameters.proxyProtocol)
                                    .tls(parameters.isTls)
                            : new ListenAddress(
                                    one.address(),
                                    one.firstPort(),
                                    one.lastPort(),
                                    parameters.backlog,
                                    parameters.ipv6Only,
                                    parameters.keepAlive,
                                    parameters.proxyProtocol,
                                    parameters.isTls))
                    .map(one -> new Listen(
                            parameters.isUdp ? Protocol.UDP : Protocol.TCP, one, parameters.isDefault, directive))
                    .toList();
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    address.position(),
                    "'listen' cannot use '" + address + "': " + wrong.getMessage(),
                    "",
                    "write a port, address:port, name:port, [address]:port, *:port, a range of ports or unix:path");
            return List.of();
        }
    }

    private List<ListenAddress> addresses(String text) {
        if (text.startsWith("unix:")) {
            return List.of(unixSocket(text.substring("unix:".length())));
        }
        if (text.startsWith("[") && text.endsWith("]")) {
            throw new IllegalArgumentException("it has no port");
        }
        int colon = text.lastIndexOf(':');
        var host = colon < 0 ? "" : text.substring(0, colon);
        if (host.equals("localhost")) {
            return List.of(ListenAddress.parse("127.0.0.1" + text.substring(colon)));
        }
        if (colon < 0 && !text.isEmpty() && !Character.isDigit(text.charAt(0))) {
            throw new IllegalArgumentException("it has no port");
        }
        if (colon < 0 && text.indexOf('.') >= 0) {
            throw new IllegalArgumentException("it has no port");
        }
        if (!host.isEmpty() && !host.equals("*") && !host.startsWith("[") && !isNumeric(host)) {
            return ofName(host, ListenAddress.parse("127.0.0.1" + text.substring(colon)));
        }
        return List.of(ListenAddress.parse(text));
    }

    /** Everybody may write to the socket, as with nginx. */
    private static ListenAddress unixSocket(String path) {
        if (path.startsWith("@")) {
            throw new IllegalArgumentException("a path that begins with @ cannot be told from an abstract name");
        }
        return ListenAddress.of(new UnixSocket(path, 0666, "", ""));
    }

    private List<ListenAddress> ofName(String host, ListenAddress ports) {
        try {
            // Made for its check of what a host name may be, before anybody is asked for it.
            var name = new ServerAddress.Name(host, ports.firstPort());
            return hosts.of(name.host()).stream()
                    .distinct()
                    .map(address -> new ListenAddress(address, ports.firstPort(), ports.lastPort(), 0, true, false))
                    .toList();
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException("the host name '" + host + "' has no address", unknown);
        }
    }

    private static boolean isNumeric(String host) {
        try {
            ServerAddress.numericAddress(host);
            return true;
        } catch (IllegalArgumentException isName) {
            return false;
        }
    }

    private Parameters parameters(Directive directive) {
        var parameters = new Parameters();
        for (var word : directive.arguments().subList(1, directive.arguments().size())) {
            var name = word.text().replaceFirst("=.*", "");
            try {
                read(directive, word, name, parameters);
            } catch (IllegalArgumentException wrong) {
                findings.badArgument(directive, word, name + "= with " + wrong.getMessage());
                parameters.isGood = false;
            }
        }
        if (parameters.isUdp && directive.argument(0).text().startsWith("unix:")) {
            findings.error(directive.argument(0).position(), "datagrams are not taken from UNIX sockets");
            parameters.isGood = false;
        }
        if (parameters.isUdp) {
            for (var word : directive.arguments()) {
                var name = word.text().replaceFirst("=.*", "");
                if (NOT_WITH_UDP.contains(name)) {
                    findings.error(word.position(), "'" + name + "' does not go with 'udp'", "", "remove one of them");
                    parameters.isGood = false;
                }
            }
        }
        return parameters;
    }

    private void read(Directive directive, Word word, String name, Parameters parameters) {
        boolean hasValue = word.text().length() > name.length();
        var value = hasValue ? word.text().substring(name.length() + 1) : "";
        switch (hasValue ? name + "=" : name) {
            case "udp" -> parameters.isUdp = true;
            case "backlog=" -> parameters.backlog = Values.positiveNumber(value);
            case "ipv6only=" -> {
                parameters.ipv6Only = Values.flag(value);
                if (!directive.argument(0).text().startsWith("[")) {
                    findings.error(
                            word.position(),
                            "'ipv6only' is for IPv6 addresses only",
                            "",
                            "remove it, or listen on [::]");
                    parameters.isGood = false;
                }
            }
            case "so_keepalive=" -> {
                parameters.keepAlive = keepAlive(value);
                if (value.indexOf(':') >= 0) {
                    findings.acceptedParameter(
                            directive,
                            word,
                            "so_keepalive=idle:interval:count",
                            "probes are on, with the system's times");
                }
            }
            case "reuseport", "bind" ->
                findings.acceptedParameter(directive, word, name, "each loop has a socket of its own always");
            case "fastopen=", "rcvbuf=", "sndbuf=", "setfib=" -> {
                Values.size(value);
                findings.acceptedParameter(directive, word, name, "the system's rule holds");
            }
            case "default_server" -> parameters.isDefault = true;
            case "deferred", "accept_filter=" ->
                findings.acceptedParameter(directive, word, name, "it changes nothing here");
            case "ssl" -> parameters.isTls = true;
            case "proxy_protocol" -> parameters.proxyProtocol = true;
            default -> {
                findings.error(
                        word.position(),
                        "'listen' has no parameter '" + word + "'",
                        "udp, backlog=, reuseport, so_keepalive=, ipv6only=, fastopen=, rcvbuf=, sndbuf= or bind",
                        "");
                parameters.isGood = false;
            }
        }
    }

    private static boolean keepAlive(String value) {
        if (value.indexOf(':') < 0) {
            return Values.flag(value);
        }
        var parts = value.split(":", -1);
        if (parts.length != 3 || value.equals("::")) {
            throw new IllegalArgumentException("on, off or idle:interval:count");
        }
        for (int i = 0; i < 2; i++) {
            if (!parts[i].isEmpty()) {
                Values.seconds(parts[i]);
            }
        }
        if (!parts[2].isEmpty()) {
            Values.positiveNumber(parts[2]);
        }
        return true;
    }
}
