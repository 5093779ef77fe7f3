package io.steelyard.config.haproxy;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.SpokenHttp;
import io.steelyard.api.proxy.UnixSocket;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.config.haproxy.grammar.Word;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code bind}, and the addresses that old files have behind the name of a section. */
final class BindReader {
    private static final String FORM =
            "address:port, *:port, [address]:port or :port, where port may be a range, unix@path or abns@name";
    private static final String SYSTEM = "event loops and sockets are set up by themselves";

    /** Parameters that do nothing, each with the reason. */
    private static final Map<String, String> IDLE = new HashMap<>();

    private static final Map<String, String> IDLE_WITH_VALUE = new HashMap<>();
    private static final Map<String, String> REFUSED = new HashMap<>();
    private static final Map<String, String> REFUSED_WITH_VALUE = new HashMap<>();

    private static void all(Map<String, String> into, String why, String... names) {
        for (var name : names) {
            into.put(name, why);
        }
    }

    static {
        all(IDLE, SYSTEM, "tfo", "defer-accept");
        all(IDLE_WITH_VALUE, SYSTEM, "mss", "nice", "process", "thread", "shards", "tcp-ut", "expose-fd", "maxconn");
        all(IDLE_WITH_VALUE, "listeners are known by their addresses", "name", "id");
        all(IDLE_WITH_VALUE, "it belongs to the runtime API", "level", "severity-output");
        all(REFUSED_WITH_VALUE, "the NetScaler protocol is not supported", "accept-netscaler-cip");
        all(REFUSED_WITH_VALUE, "other network namespaces are not entered", "namespace");
    }

    private final Findings findings;
    private final TlsDefaults tls;
    private final UnixBind unixDefaults;

    /** @param unixDefaults what {@code global} says of UNIX sockets */
    BindReader(Findings findings, TlsDefaults tls, UnixBind unixDefaults) {
        this.findings = findings;
        this.tls = tls;
        this.unixDefaults = unixDefaults;
    }

    /**
     * What a line says.
     *
     * @param tls how TLS is spoken at its addresses
     */
    record Bound(List<ListenAddress> addresses, Optional<TlsServer> tls) {}

    /**
     * The addresses of a line; those that are wrong are told and left out.
     *
     * @param handshakeTimeout how long a client may be silent in the handshake of TLS
     * @param isHttp whether it is of a proxy in mode http
     */
    Bound read(Statement bind, int backlog, boolean keepAlive, Duration handshakeTimeout, boolean isHttp) {
        var secured = new BindTls(findings, tls);
        var ofFile = new UnixBind(unixDefaults);
        boolean isIpv6Only = false;
        boolean hasHeader = false;
        boolean isTransparent = false;
        var interfaceName = "";
        var spokenHttp = SpokenHttp.AGREED;
        int ownBacklog = backlog;
        var words = bind.arguments();
        for (int i = 1; i < words.size(); i++) {
            var word = words.get(i);
            var name = word.text();
            boolean hasValue = name.equals("backlog")
                    || name.equals("interface")
                    || name.equals("proto")
                    || UnixBind.knows(name)
                    || BindTls.hasValue(name)
                    || IDLE_WITH_VALUE.containsKey(name)
                    || REFUSED_WITH_VALUE.containsKey(name);
            if (hasValue && i + 1 == words.size()) {
                findings.error(word.position(), "'" + name + "' of 'bind' has no value");
            } else if (name.equals("backlog")) {
                ownBacklog = backlog(words.get(i + 1), backlog);
            } else if (BindTls.knows(name)) {
                secured.take(word, hasValue ? words.get(i + 1) : word);
            } else if (name.equals("interface")) {
                interfaceName = interfaceName(words.get(i + 1));
            } else if (UnixBind.knows(name)) {
                ofFile.take(word, words.get(i + 1), findings);
            } else if (name.equals("proto")) {
                spokenHttp = spokenHttp(words.get(i + 1), isHttp);
            } else if (name.equals("transparent")) {
                isTransparent = true;
            } else if (name.equals("v6only")) {
                isIpv6Only = true;
            } else if (name.equals("accept-proxy")) {
                hasHeader = true;
            } else if (REFUSED.containsKey(name) || REFUSED_WITH_VALUE.containsKey(name)) {
                var why = REFUSED.containsKey(name) ? REFUSED.get(name) : REFUSED_WITH_VALUE.get(name);
                findings.error(word.position(), "'" + name + "' of 'bind' cannot be honoured: " + why);
            } else if (IDLE.containsKey(name) || IDLE_WITH_VALUE.containsKey(name)) {
                var why = IDLE.getOrDefault(name, IDLE_WITH_VALUE.getOrDefault(name, ""));
                findings.accepted(word.position(), name + "' of 'bind", why);
            } else if (!name.equals("v4v6")) {
                findings.error(
                        word.position(),
                        "'bind' has no parameter '" + name + "'",
                        "accept-proxy, backlog, v4v6 or v6only",
                        "");
            }
            i += hasValue ? 1 : 0;
        }
        var spoken = spokenHttp;
        var made = secured.make(handshakeTimeout, isHttp ? List.of(overTls(spoken)) : List.of());
        boolean isProxied = hasHeader;
        boolean isOfOthers = isTransparent;
        var by = interfaceName;
        var addresses = addresses(words.getFirst(), ownBacklog, isIpv6Only, keepAlive).stream()
                .map(address -> address.isUnix()
                        ? ofFile.applied(address)
                        : address.transparent(isOfOthers).interfaceName(by))
                .map(address ->
                        address.tls(made.isPresent()).proxyProtocol(isProxied).spokenHttp(spoken))
                .toList();
        return new Bound(addresses, made);
    }

    /** What is agreed on over TLS where the line does not say. */
    private static String overTls(SpokenHttp spoken) {
        return spoken == SpokenHttp.HTTP2 ? "h2" : "http/1.1";
    }

    private SpokenHttp spokenHttp(Word word, boolean isHttp) {
        var spoken = switch (word.text()) {
            case "h1" -> SpokenHttp.HTTP1;
            case "h2" -> SpokenHttp.HTTP2;
            default -> SpokenHttp.AGREED;
        };
        boolean isKnown = word.text().equals("none") ? !isHttp : isHttp && spoken != SpokenHttp.AGREED;
        if (!isKnown) {
            findings.error(
                    word.position(),
                    "'proto' of 'bind' is '" + word + "' in mode " + (isHttp ? "http" : "tcp"),
                    isHttp ? "h1 or h2" : "none",
                    "");
        }
        return spoken;
    }

    private String interfaceName(Word word) {
        var name = word.text();
        if (name.isEmpty() || name.length() > ListenAddress.MOST_INTERFACE_CHARACTERS || name.indexOf('/') >= 0) {
            findings.error(
                    word.position(),
                    "'interface' of 'bind' is '" + name + "'",
                    "the name of a network interface, at most 15 characters",
                    "");
            return "";
        }
        return name;
    }

    private int backlog(Word word, int otherwise) {
        try {
            return Values.number(word.text(), 1, Integer.MAX_VALUE);
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    word.position(), "'backlog' of 'bind' is '" + word + "'", String.valueOf(wrong.getMessage()), "");
            return otherwise;
        }
    }

    /** The addresses of a word, parted by commas. */
    List<ListenAddress> addresses(Word word, int backlog, boolean isIpv6Only, boolean keepAlive) {
        var all = new ArrayList<ListenAddress>();
        for (var text : word.text().split(",", -1)) {
            try {
                all.add(address(text, backlog, isIpv6Only, keepAlive));
            } catch (IllegalArgumentException wrong) {
                findings.error(
                        word.position(), "cannot listen on '" + text + "': " + wrong.getMessage(), "", "write " + FORM);
            }
        }
        return all;
    }

    private ListenAddress unixSocket(String path, int backlog) {
        return unixDefaults.applied(ListenAddress.of(UnixSocket.of(path)).backlog(backlog));
    }

    private ListenAddress address(String text, int backlog, boolean isIpv6Only, boolean keepAlive) {
        var rest = text;
        boolean isIpv6 = false;
        boolean isIpv4 = false;
        int at = text.indexOf('@');
        if (at >= 0) {
            rest = text.substring(at + 1);
            switch (text.substring(0, at)) {
                case "ipv4" -> isIpv4 = true;
                case "ipv6" -> isIpv6 = true;
                case "unix" -> {
                    return unixSocket(unixDefaults.prefixed(rest), backlog);
                }
                case "abns" -> {
                    return unixSocket("@" + rest, backlog);
                }
                case "fd" -> {
                    int descriptor = descriptor(rest);
                    var bound = InheritedSocket.address(descriptor);
                    return new ListenAddress(
                                    bound.getAddress(),
                                    bound.getPort(),
                                    bound.getPort(),
                                    backlog,
                                    isIpv6Only,
                                    keepAlive)
                            .descriptor(descriptor);
                }
                default ->
                    throw new IllegalArgumentException("'" + text.substring(0, at) + "@' is no kind of TCP address");
            }
        }
        if (rest.startsWith("/")) {
            return unixSocket(unixDefaults.prefixed(rest), backlog);
        }
        int colon = rest.lastIndexOf(':');
        if (colon < 0 || rest.endsWith("]")) {
            throw new IllegalArgumentException("it has no port");
        }
        var host = rest.substring(0, colon);
        var ports = rest.substring(colon + 1).split("-", 2);
        int first = port(ports[0]);
        int last = ports.length == 1 ? first : port(ports[1]);
        if (last < first) {
            throw new IllegalArgumentException("the range of ports ends before it begins");
        }
        var address = host(host, isIpv6);
        if (isIpv4 && address.getAddress().length == 16 || isIpv6 && address.getAddress().length == 4) {
            throw new IllegalArgumentException("the address is of the other family");
        }
        return new ListenAddress(address, first, last, backlog, isIpv6Only, keepAlive);
    }

    private static int descriptor(String text) {
        try {
            return Values.number(text, 0, 1 << 20);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("'" + text + "' is no number of a descriptor", wrong);
        }
    }

    private static InetAddress host(String host, boolean isIpv6) {
        return switch (host) {
            case "", "*" -> ServerAddress.numericAddress(isIpv6 ? "::" : "0.0.0.0");
            case "localhost" -> ServerAddress.numericAddress("127.0.0.1");
            default -> ServerAddress.numericAddress(host);
        };
    }

    private static int port(String text) {
        try {
            return Values.number(text, 1, 65_535);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("'" + text + "' is not a port; expected 1 to 65535", wrong);
        }
    }
}
