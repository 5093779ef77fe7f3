package io.steelyard.config.nginx;

import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code listen} of http. */
final class HttpListenReader {
    /** Parameters of the socket, which one {@code listen} alone of an address may have. */
    private static final Set<String> OF_SOCKET = Set.of(
            "setfib",
            "fastopen",
            "backlog",
            "rcvbuf",
            "sndbuf",
            "accept_filter",
            "deferred",
            "bind",
            "ipv6only",
            "reuseport",
            "so_keepalive");

    private final Findings findings;
    private final ListenReader addresses;

    HttpListenReader(Findings findings, HostAddresses hosts) {
        this.findings = findings;
        addresses = new ListenReader(findings, hosts);
    }

    /**
     * One {@code listen}.
     *
     * @param speaksHttp2 whether HTTP/2 may be spoken at its address
     * @param hasSocketParameters whether it says anything of the socket
     */
    record Listen(
            ListenAddress address,
            boolean isDefault,
            boolean speaksHttp2,
            boolean hasSocketParameters,
            Optional<Directive> directive) {}

    /** What holds for a server without {@code listen}. */
    static Listen standard() {
        return new Listen(ListenAddress.parse("*:80"), false, false, false, Optional.empty());
    }

    /** The listeners, one for each address of a host name; none, and told, where it is wrong or refused. */
    List<Listen> read(Directive directive) {
        boolean isDefault = false;
        boolean hasSocketParameters = false;
        boolean speaksHttp2 = false;
        boolean isGood = true;
        boolean isTls = false;
        var rest = new ArrayList<Word>();
        var address = directive.argument(0);
        rest.add(new Word(withPort(address.text()), address.isQuoted(), address.position(), address.end()));
        for (var word : directive.arguments().subList(1, directive.arguments().size())) {
            var name = word.text().replaceFirst("=.*", "");
            hasSocketParameters |= OF_SOCKET.contains(name);
            switch (word.text()) {
                case "default_server", "default" -> isDefault = true;
                case "ssl" -> isTls = true;
                case "http2" -> speaksHttp2 = true;
                case "spdy" -> isGood = refuse(word, "SPDY is not spoken; write 'http2'");
                case "quic" -> isGood = refuse(word, "HTTP/3 is not spoken");
                case "udp" -> {
                    findings.error(word.position(), "'listen' has no parameter 'udp' in http", "", "remove it");
                    isGood = false;
                }
                default -> {
                    // Without meaning for IPv4, which nginx's http lets pass.
                    if (!name.equals("ipv6only") || address.text().startsWith("[")) {
                        rest.add(word);
                    }
                }
            }
        }
        var listen = addresses.read(new Directive(directive.name(), rest, Optional.empty()));
        boolean marksDefault = isDefault;
        boolean http2 = speaksHttp2;
        boolean ofSocket = hasSocketParameters;
        boolean withTls = isTls;
        return isGood
                ? listen.stream()
                        .map(read -> new Listen(
                                read.address().tls(withTls), marksDefault, http2, ofSocket, Optional.of(directive)))
                        .toList()
                : List.of();
    }

    private boolean refuse(Word word, String why) {
        findings.error(word.position(), "'listen … " + word + "' cannot be honoured: " + why);
        return false;
    }

    /** Port 80 is meant where only an address stands. */
    private static String withPort(String text) {
        boolean isPort = text.matches("\\d+(-\\d+)?");
        boolean hasPort = text.indexOf(':', text.startsWith("[") ? Math.max(text.indexOf(']'), 0) : 0) >= 0;
        return isPort || hasPort || text.startsWith("unix:") ? text : text + ":80";
    }
}
