package io.steelyard.config.nginx;

import io.steelyard.api.Position;
import io.steelyard.api.http.HostName;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.HttpService;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.config.nginx.HttpListenReader.Listen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The servers of http by the address they listen at: those of one address are hosts of one virtual server. Addresses with the same hosts
 * make one virtual server together.
 */
final class HttpServers {
    private final Findings findings;
    private final Map<String, Address> byAddress = new LinkedHashMap<>();

    HttpServers(Findings findings) {
        this.findings = findings;
    }

    /** One {@code server}. */
    record Server(
            Position position,
            List<HostName> names,
            HttpClientOptions client,
            Optional<TlsServer> tls,
            HttpRoute route) {}

    /** A server at an address. */
    private record Entry(Server server, Listen listen) {}

    /** Addresses with the same hosts. */
    private record Group(Entry first, List<ListenAddress> addresses) {}

    /** What listens at an address. */
    private static final class Address {
        private final List<Entry> entries = new ArrayList<>();
        private Optional<Listen> ofSocket = Optional.empty();
        private boolean hasDefault;
    }

    /** Takes in a server. */
    void add(Server server, List<Listen> listens) {
        var own = new HashSet<String>();
        for (var listen : listens) {
            var key = listen.address().text();
            if (!own.add(key)) {
                tell(server, listen, "a server listens at " + key + " twice", "remove one of them");
                continue;
            }
            var address = byAddress.computeIfAbsent(key, text -> new Address());
            if (listen.isDefault() && address.hasDefault) {
                tell(server, listen, "two servers are the default of " + key, "mark one of them only");
            }
            address.hasDefault |= listen.isDefault();
            if (listen.hasSocketParameters() && address.ofSocket.isPresent()) {
                tell(
                        server,
                        listen,
                        "the parameters of the socket " + key + " are given twice",
                        "write them in one 'listen' of the address only");
            } else if (listen.hasSocketParameters()) {
                address.ofSocket = Optional.of(listen);
            }
            address.entries.add(new Entry(server, listen));
        }
    }

    private void tell(Server server, Listen listen, String what, String remedy) {
        var at = listen.directive()
                .map(directive -> directive.argument(0).position())
                .orElse(server.position());
        findings.error(at, what, "", remedy);
    }

    /** The virtual servers, in the order their first addresses were met. */
    List<VirtualServer> all() {
        var groups = new LinkedHashMap<List<VirtualHost>, Group>();
        byAddress.forEach((text, address) -> {
            var first = address.entries.getFirst();
            var listen = address.ofSocket.orElse(first.listen());
            groups.computeIfAbsent(hosts(text, address), hosts -> new Group(first, new ArrayList<>()))
                    .addresses()
                    .add(listen.address().proxyProtocol(hasHeader(address)).tls(hasTls(text, address)));
        });
        var servers = new ArrayList<VirtualServer>();
        groups.forEach((hosts, group) -> {
            var name = group.addresses().getFirst().text() + "/http";
            findings.place("virtualServers." + name, group.first().server().position());
            group.first()
                    .listen()
                    .directive()
                    .ifPresent(listen -> findings.place("virtualServers." + name + ".listen", listen.position()));
            var server = VirtualServer.tcp(name).target(new Target.Http(new HttpService(hosts)));
            group.addresses().forEach(server::listen);
            servers.add(server.build());
        });
        return servers;
    }

    /** One {@code ssl} holds for the whole address, as with nginx, and its default server must have a certificate. */
    private boolean hasTls(String text, Address address) {
        boolean isTls = address.entries.stream()
                .anyMatch(entry -> entry.listen().address().tls());
        var standard = address.entries.stream()
                .filter(entry -> entry.listen().isDefault())
                .findFirst()
                .orElse(address.entries.getFirst());
        if (isTls && standard.server().tls().isEmpty()) {
            tell(
                    standard.server(),
                    standard.listen(),
                    "'listen … ssl' at " + text + " has no certificate for clients that name no other server",
                    "add 'ssl_certificate FILE' and 'ssl_certificate_key FILE'");
            return false;
        }
        return isTls;
    }

    /** One {@code proxy_protocol} holds for the whole address, as with nginx. */
    private static boolean hasHeader(Address address) {
        return address.entries.stream()
                .anyMatch(entry -> entry.listen().address().proxyProtocol());
    }

    private List<VirtualHost> hosts(String address, Address at) {
        var taken = new HashSet<HostName>();
        var called = new HashMap<String, Integer>();
        var hosts = new ArrayList<VirtualHost>();
        boolean speaksHttp2 =
                at.entries.stream().anyMatch(entry -> entry.listen().speaksHttp2());
        for (var entry : at.entries) {
            var server = entry.server();
            var names = new ArrayList<HostName>();
            for (var name : server.names()) {
                if (taken.add(name)) {
                    names.add(name);
                } else if (!names.contains(name)) {
                    findings.warning(
                            server.position(),
                            "conflicting server name '" + name.written() + "' on " + address
                                    + ": an earlier server has it",
                            "remove one of them");
                }
            }
            var first =
                    server.names().isEmpty() ? "" : server.names().getFirst().written();
            var plain = first.isEmpty() ? "unnamed" : first;
            int copy = called.merge(plain, 1, Integer::sum);
            hosts.add(new VirtualHost(
                    copy == 1 ? plain : plain + "#" + copy,
                    names,
                    entry.listen().isDefault() && !hosts.isEmpty(),
                    speaksHttp2 ? server.client().toBuilder().http2(true).build() : server.client(),
                    server.tls(),
                    server.route()));
        }
        return hosts;
    }
}
