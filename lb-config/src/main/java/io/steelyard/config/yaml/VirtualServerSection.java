package io.steelyard.config.yaml;

import io.steelyard.api.http.HttpService;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.proxy.ConnectionRule;
import io.steelyard.api.proxy.ForwardingMode;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.Protocol;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Assignment;
import io.steelyard.api.text.Template;
import io.steelyard.api.tls.TlsServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/** {@link VirtualServer}. */
final class VirtualServerSection extends Section<VirtualServer> {
    private final Key<VirtualServer, Protocol> protocol = optional(
            "protocol", Forms.word(Protocol.class), VirtualServer::protocol, Protocol.TCP, "The transport it speaks.");
    private final Key<VirtualServer, List<ListenAddress>> listen = required(
            "listen",
            Forms.list(Forms.shortened(new ListenSection(), "address")),
            VirtualServer::listen,
            "Where clients are accepted: one address or several.");
    private final Key<VirtualServer, ForwardingMode> forwardingMode = optional(
            "forwardingMode",
            Forms.word(forwardingModes()),
            VirtualServer::forwardingMode,
            new ForwardingMode.Proxy(),
            "How traffic gets to a server.");
    private final Key<VirtualServer, String> pool = absent(
            "pool",
            Forms.parsed("pool name", text -> text, text -> text),
            server -> target(server, Target.Pool.class).map(Target.Pool::name),
            "",
            "The pool that serves it; another file may hold it.");
    private final Key<VirtualServer, Template> poolOrAddress = absent(
            "poolOrAddress",
            TemplateForm.template(),
            server -> target(server, Target.Named.class).map(Target.Named::text),
            "",
            "Instead of `pool`: a text that is then a pool's name, or else the `address:port`, `host:port` or `unix:path` of a server.");
    private final Key<VirtualServer, HttpService> http = absent(
            "http",
            new HttpServiceSection(),
            server -> target(server, Target.Http.class).map(Target.Http::service),
            "",
            "Instead of `pool`: HTTP is spoken with clients, and each request answered as the service says.");
    private final Key<VirtualServer, Template> reply = absent(
            "reply",
            TemplateForm.template(),
            server -> target(server, Target.Reply.class).map(Target.Reply::text),
            "",
            "Instead of `pool`: the client is sent this text and the connection closed.");
    private final Key<VirtualServer, ProxyOptions> options = optional(
            "options",
            new ProxyOptionsSection(),
            VirtualServer::options,
            ProxyOptions.defaults(),
            "How connections and datagrams are proxied.");
    private final Key<VirtualServer, TlsServer> tls = absent(
            "tls",
            new TlsServerSection(),
            VirtualServer::tls,
            "none",
            "How TLS is spoken with clients at addresses that have `tls`; of HTTP, where the host says nothing.");
    private final Key<VirtualServer, List<AccessRule>> access = optional(
            "access",
            new AccessForm(),
            VirtualServer::access,
            List.of(),
            "Who may connect: the first rule that matches decides, everybody may where none does.");
    private final Key<VirtualServer, List<Assignment>> assignments = optional(
            "assignments",
            Forms.list(new AssignmentSection()),
            VirtualServer::assignments,
            List.of(),
            "Variables given a value when a connection is accepted, in order.");
    private final Key<VirtualServer, List<ConnectionLimit>> limits = optional(
            "limits",
            Forms.list(new LimitSection()),
            VirtualServer::limits,
            List.of(),
            "How many connections of one key there may be; each is asked.");
    private final Key<VirtualServer, List<AccessLog>> accessLogs = optional(
            "accessLogs",
            Forms.list(new AccessLogSection()),
            VirtualServer::accessLogs,
            List.of(),
            "What is written when a connection has ended.");

    private final Key<VirtualServer, List<ConnectionRule>> connectionRules = optional(
            "connectionRules",
            Forms.list(new ConnectionRuleSection()),
            VirtualServer::connectionRules,
            List.of(),
            "What is done with a connection when it was accepted, in order.");

    VirtualServerSection() {
        super("virtual server");
    }

    private static SequencedMap<String, ForwardingMode> forwardingModes() {
        var modes = new LinkedHashMap<String, ForwardingMode>();
        modes.put("proxy", new ForwardingMode.Proxy());
        modes.put("nat", new ForwardingMode.Nat());
        modes.put("fullNat", new ForwardingMode.FullNat());
        modes.put("directRouting", new ForwardingMode.DirectRouting());
        modes.put("tunnel", new ForwardingMode.Tunnel());
        return modes;
    }

    @Override
    VirtualServer make(Values values) {
        var builder = values.or(protocol, Protocol.TCP) == Protocol.TCP
                ? VirtualServer.tcp(values.name())
                : VirtualServer.udp(values.name());
        builder.forwardingMode(values.or(forwardingMode, new ForwardingMode.Proxy()))
                .target(target(values))
                .options(values.or(options, ProxyOptions.defaults()));
        values.find(tls).ifPresent(builder::tls);
        values.get(listen).forEach(builder::listen);
        values.or(access, List.of()).forEach(builder::access);
        values.or(assignments, List.of()).forEach(builder::assignment);
        values.or(limits, List.of()).forEach(builder::limit);
        values.or(accessLogs, List.of()).forEach(builder::accessLog);
        values.or(connectionRules, List.of()).forEach(builder::connectionRule);
        return builder.build();
    }

    private Target target(Values values) {
        var targets = Stream.of(
                        values.find(pool).map(name -> (Target) new Target.Pool(name)),
                        values.find(poolOrAddress).map(text -> (Target) new Target.Named(text)),
                        values.find(http).map(service -> (Target) new Target.Http(service)),
                        values.find(reply).map(text -> (Target) new Target.Reply(text)))
                .flatMap(Optional::stream)
                .toList();
        if (targets.size() != 1) {
            throw new IllegalArgumentException("the virtual server '" + values.name() + "' has "
                    + (targets.isEmpty() ? "no pool" : "several targets")
                    + "; expected one of pool, poolOrAddress, http, reply");
        }
        return targets.getFirst();
    }

    private static <T extends Target> Optional<T> target(VirtualServer server, Class<T> type) {
        return Optional.of(server.target()).filter(type::isInstance).map(type::cast);
    }
}
