package io.steelyard.config.nginx;

import io.steelyard.api.http.HostName;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.Protocol;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.api.text.VariableDefinition.Kind;
import io.steelyard.api.text.VariableDefinition.Rule;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.config.nginx.ListenReader.Listen;
import io.steelyard.config.nginx.grammar.Directive;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The servers of a stream by the address they listen at. An address of one server becomes a virtual server with the others of that server.
 * Several servers of one TCP address are told apart by the name that clients ask for in TLS: they become one virtual server, with a map
 * from the name to what serves it, whose order is that of names (exact, longest {@code *.suffix}, longest {@code prefix.*}, expressions).
 * A connection without a name is the default server's.
 */
final class StreamServers {
    private final Findings findings;
    private final List<Server> servers = new ArrayList<>();
    private final Map<String, List<Place>> places = new LinkedHashMap<>();
    private final Map<String, Place> ports = new HashMap<>();
    private final List<VariableDefinition> maps = new ArrayList<>();

    StreamServers(Findings findings) {
        this.findings = findings;
    }

    /**
     * One {@code server}.
     *
     * @param names none where it says nothing of names
     * @param shape what holds whatever the address: all but name and addresses
     */
    record Server(Directive block, Level level, List<HostName> names, Shape shape, Optional<TlsServer> tls) {}

    /** Makes a virtual server of a name that has everything but addresses and TLS. */
    interface Shape {
        VirtualServer.Builder of(String name, Protocol protocol);
    }

    /** A server at an address. */
    private record Place(Server server, Listen listen) {}

    /** Takes in a server; told where it shares an address with one that it cannot be told apart from. */
    void add(Server server, List<Listen> listens) {
        servers.add(server);
        for (var listen : listens) {
            var key = key(listen);
            var place = new Place(server, listen);
            var others = places.getOrDefault(key, List.of());
            boolean isApart = listen.protocol() == Protocol.TCP
                    && others.stream().noneMatch(other -> other.server() == server)
                    && (!server.names().isEmpty()
                            || others.stream()
                                    .noneMatch(other -> other.server().names().isEmpty()));
            if (isFree(place, isApart ? key : "")) {
                places.computeIfAbsent(key, none -> new ArrayList<>()).add(place);
            }
        }
    }

    private static String key(Listen listen) {
        return listen.protocol() + " " + listen.address().text();
    }

    /** Whether no server has a port of the address but at the address of this key; told where one has. */
    private boolean isFree(Place place, String sharedKey) {
        var address = place.listen().address();
        for (int port = address.firstPort(); port <= address.lastPort(); port++) {
            var text = place.listen().protocol() + " " + address.text(port);
            var other = ports.putIfAbsent(text, place);
            if (other != null && !key(other.listen()).equals(sharedKey)) {
                findings.error(
                        place.listen().directive().argument(0).position(),
                        "duplicate listener " + text,
                        "",
                        "it is taken at "
                                + other.listen().directive().argument(0).position() + "; change one of them");
                return false;
            }
        }
        return true;
    }

    /** The variables that {@link #all} uses. */
    List<VariableDefinition> maps() {
        return List.copyOf(maps);
    }

    /** The virtual servers, each where its first server stands. */
    List<VirtualServer> all() {
        var made = new ArrayList<VirtualServer>();
        var joined = new HashSet<String>();
        for (var server : servers) {
            var own = new LinkedHashMap<Protocol, List<Listen>>();
            places.forEach((key, here) -> {
                if (here.getFirst().server() != server) {
                    return;
                }
                var listen = here.getFirst().listen();
                if (here.size() == 1) {
                    own.computeIfAbsent(listen.protocol(), none -> new ArrayList<>())
                            .add(listen);
                } else if (joined.add(key)) {
                    join(here).ifPresent(made::add);
                }
            });
            own.forEach((protocol, listens) -> alone(server, protocol, listens).ifPresent(made::add));
        }
        return made;
    }

    private Optional<VirtualServer> alone(Server server, Protocol protocol, List<Listen> listens) {
        var name = name(listens.getFirst());
        var builder = server.shape().of(name, protocol);
        listens.forEach(listen -> builder.listen(listen.address()));
        var secured = listens.stream().filter(listen -> listen.address().tls()).findFirst();
        if (secured.isPresent() && server.tls().isEmpty()) {
            tellNoCertificate(secured.get());
            return Optional.empty();
        }
        secured.flatMap(listen -> server.tls()).ifPresent(builder::tls);
        place(name, server, listens.getFirst());
        return Optional.of(builder.build());
    }

    private static String name(Listen listen) {
        return listen.address().text() + (listen.protocol() == Protocol.TCP ? "/tcp" : "/udp");
    }

    private void tellNoCertificate(Listen listen) {
        findings.error(
                listen.directive().position(),
                "'listen … ssl' at " + listen.address().text() + " has no certificate",
                "",
                "add 'ssl_certificate FILE' and 'ssl_certificate_key FILE'");
    }

    private void place(String name, Server server, Listen listen) {
        var path = "virtualServers." + name;
        findings.place(path, server.block().position());
        findings.place(path + ".listen", listen.directive().position());
        server.level().first("proxy_bind").ifPresent(bind -> findings.place(path + ".options", bind.position()));
        server.level()
                .first("proxy_pass")
                .or(() -> server.level().first("pass"))
                .ifPresent(pass -> findings.place(path + ".pool", pass.position()));
    }

    private Optional<VirtualServer> join(List<Place> here) {
        var standard = standard(here);
        var listen = standard.listen();
        var name = name(listen);
        var address =
                here.stream().map(place -> place.listen().address()).reduce(listen.address(), StreamServers::together);
        var model = standard.server().shape().of(name, Protocol.TCP).listen(address);
        Optional<TlsServer> tls = Optional.empty();
        if (address.tls()) {
            tls = certificates(standard, here);
            if (tls.isEmpty()) {
                return Optional.empty();
            }
            model.tls(tls.get());
        }
        place(name, standard.server(), listen);
        var first = model.build();
        var targets = new LinkedHashMap<Place, Target>();
        for (var place : here) {
            var like = place.server().shape().of(name, Protocol.TCP).listen(address);
            tls.ifPresent(like::tls);
            var other = like.build();
            if (other.toBuilder().target(first.target()).build().equals(first)) {
                targets.put(place, other.target());
            } else {
                findings.error(
                        place.server().block().position(),
                        "this server is chosen by name at " + address.text()
                                + ", and differs from the default server in " + difference(first, other),
                        "no other differences than in server_name, proxy_pass, pass, return and certificates",
                        "write what differs in all of them, or in stream");
            }
        }
        if (!address.tls() && !first.options().tlsPreread()) {
            findings.warning(
                    listen.directive().position(),
                    "no name is heard at " + address.text() + ": the default server gets every connection",
                    "write 'ssl_preread on' in it, or 'ssl' at the address");
            return Optional.of(first);
        }
        return target(first, standard, targets, address)
                .map(target -> first.toBuilder().target(target).build());
    }

    private Place standard(List<Place> here) {
        var marked = here.stream().filter(place -> place.listen().isDefault()).toList();
        if (marked.size() > 1) {
            var second = marked.get(1).listen();
            findings.error(
                    second.directive().argument(0).position(),
                    "two servers are the default of " + second.address().text(),
                    "",
                    "mark one of them only");
        }
        return marked.isEmpty() ? here.getFirst() : marked.getFirst();
    }

    /** One {@code ssl} or {@code proxy_protocol} holds for the whole address. */
    private static ListenAddress together(ListenAddress one, ListenAddress other) {
        var chosen = one.backlog() == 0 && other.backlog() != 0 ? one.backlog(other.backlog()) : one;
        return chosen.tls(one.tls() || other.tls()).proxyProtocol(one.proxyProtocol() || other.proxyProtocol());
    }

    /**
     * The certificates of all, the default server's first: a client is shown the one that is for the name it asks for. A default server that
     * rejects handshakes leaves those for other names out.
     */
    private Optional<TlsServer> certificates(Place standard, List<Place> here) {
        var own = standard.server().tls();
        if (own.isEmpty()) {
            tellNoCertificate(standard.listen());
            return Optional.empty();
        }
        var all = new LinkedHashSet<>(own.get().certificates());
        for (var place : here) {
            if (place == standard) {
                continue;
            }
            var tls = place.server().tls();
            tls.ifPresent(other -> all.addAll(other.certificates()));
            if (tls.isPresent() && !rules(tls.get()).equals(rules(own.get()))) {
                findings.error(
                        place.server().block().position(),
                        "this server is chosen by name at "
                                + standard.listen().address().text()
                                + ", and its TLS differs from the default server's in more than certificates",
                        "",
                        "write the 'ssl_' directives that differ in all of them, or in stream");
            }
            if (tls.isPresent() && tls.get().rejects()) {
                findings.error(
                        place.server().block().position(),
                        "'ssl_reject_handshake' in a server that is not the default of its address cannot be honoured",
                        "",
                        "let the default server have it");
            }
        }
        if (all.isEmpty()) {
            return own;
        }
        var model = own.get();
        return Optional.of(new TlsServer(
                List.copyOf(all),
                model.rules(),
                model.prefersOwnCiphers(),
                model.clientCertificates(),
                model.protocols(),
                model.sessions(),
                model.rejects(),
                false,
                model.handshakeTimeout()));
    }

    /** What has to be alike. */
    private static List<Object> rules(TlsServer tls) {
        return List.of(
                tls.rules(),
                tls.prefersOwnCiphers(),
                tls.clientCertificates(),
                tls.protocols(),
                tls.sessions(),
                tls.handshakeTimeout());
    }

    private static String difference(VirtualServer one, VirtualServer other) {
        if (!one.access().equals(other.access())) {
            return "'allow' and 'deny' (which nginx asks before it knows the name)";
        }
        if (!one.limits().equals(other.limits())) {
            return "'limit_conn' (which nginx asks before it knows the name)";
        }
        if (!one.assignments().equals(other.assignments())) {
            return "'set' (which nginx does before it knows the name)";
        }
        if (!one.accessLogs().equals(other.accessLogs())) {
            return "'access_log'";
        }
        return differingOption(one.options(), other.options());
    }

    private static String differingOption(ProxyOptions one, ProxyOptions other) {
        if (!one.tls().equals(other.tls())) {
            return "'proxy_ssl' or its parameters";
        }
        if (one.tlsPreread() != other.tlsPreread()) {
            return "'ssl_preread'";
        }
        if (!one.idleTimeout().equals(other.idleTimeout())) {
            return "'proxy_timeout'";
        }
        return one.connectTimeout().equals(other.connectTimeout())
                ? "the directives that say how it proxies"
                : "'proxy_connect_timeout'";
    }

    private Optional<Target> target(
            VirtualServer first, Place standard, Map<Place, Target> targets, ListenAddress address) {
        boolean isReply = first.target() instanceof Target.Reply;
        var rules = new ArrayList<Rule>();
        var expressions = new ArrayList<Rule>();
        rules.add(new Rule(Kind.EXACT, "", text(first.target())));
        var taken = new HashSet<HostName>();
        for (var entry : targets.entrySet()) {
            var server = entry.getKey().server();
            if (entry.getValue() instanceof Target.Reply != isReply) {
                findings.error(
                        server.block().position(),
                        "of the servers of " + address.text() + " that are chosen by name some have 'return'",
                        "'return' in all of them, or in none",
                        "");
                return Optional.empty();
            }
            for (var one : server.names()) {
                if (!taken.add(one)) {
                    findings.warning(
                            server.block().position(),
                            "conflicting server name '" + one.written() + "' on " + address.text()
                                    + ": an earlier server has it",
                            "remove one of them");
                } else if (one.kind() == HostName.Kind.EXPRESSION) {
                    expressions.add(new Rule(Kind.REGEX_IGNORING_CASE, one.text(), text(entry.getValue())));
                } else if (!one.text().isEmpty()) {
                    rules.add(new Rule(Kind.HOST_NAME, one.written(), text(entry.getValue())));
                }
            }
        }
        rules.addAll(expressions);
        var name = "server_at_" + (maps.size() + 1) + "_" + address.text().replaceAll("[^A-Za-z0-9]+", "_");
        var asked = address.tls() ? "ssl_server_name" : "ssl_preread_server_name";
        var map = new VariableDefinition.TextMap(
                name, variable(asked), text(targets.getOrDefault(standard, first.target())), rules, false);
        findings.place("variables." + map.name(), standard.server().block().position());
        maps.add(map);
        var chosen = variable(map.name());
        return Optional.of(isReply ? new Target.Reply(chosen) : new Target.Named(chosen));
    }

    private static Template variable(String name) {
        return new Template(List.of(new Template.Part.Variable(name)));
    }

    private static Template text(Target target) {
        return switch (target) {
            case Target.Pool pool -> Template.literal(pool.name());
            case Target.Named named -> named.text();
            case Target.Reply reply -> reply.text();
            case Target.Http http -> throw new IllegalArgumentException("a stream does not speak HTTP");
        };
    }
}
