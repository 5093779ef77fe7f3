package io.steelyard.config.yaml;

import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.Observation;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.api.tls.TlsClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@link RealServer}. */
final class ServerSection extends Section<RealServer> {
    private static final RealServer DEFAULTS = RealServer.of("127.0.0.1:1");

    private final Key<RealServer, Written> address = required(
            "address",
            Forms.parsed("address:port", Written::parse, Written::text),
            Written::of,
            "`10.0.0.1:80`, `\"[2001:db8::1]:80\"`, `db.example:5432` (one server for each address the name has) or "
                    + "`unix:/run/app.sock`.");
    private final Key<RealServer, String> serverName = derived(
            "name",
            Forms.text(),
            RealServer::name,
            server -> server.address().text(),
            "the address",
            "The server as another program's configuration would write it; consistent hashes that must agree with it hash this.");
    private final Key<RealServer, String> id = derived(
            "id",
            Forms.text(),
            RealServer::id,
            RealServer::name,
            "the name",
            "Names the server within its pool. Counters, health and affinity belong to it and survive changes.");
    private final Key<RealServer, Integer> weight = optional(
            "weight",
            Forms.whole(0, RealServer.MAX_WEIGHT),
            RealServer::weight,
            DEFAULTS.weight(),
            "Its share. 0 takes no new flow except those affinity brings back.");
    private final Key<RealServer, Integer> tier = optional(
            "tier",
            Forms.whole(0, 255),
            RealServer::tier,
            DEFAULTS.tier(),
            "0 for primary. A higher tier is used where no server of a lower one can serve; 1 is a backup.");
    private final Key<RealServer, AdminState> adminState = optional(
            "adminState",
            Forms.word(AdminState.class),
            RealServer::adminState,
            DEFAULTS.adminState(),
            "`draining` takes no new flow except those affinity brings back, `disabled` takes none at all; in both, open flows finish.");
    private final Key<RealServer, Integer> maxConnections = optional(
            "maxConnections",
            Forms.whole(0, Integer.MAX_VALUE),
            RealServer::maxConnections,
            DEFAULTS.maxConnections(),
            "Flows at once; 0 for no limit.");
    private final Key<RealServer, Integer> resumeConnections = optional(
            "resumeConnections",
            Forms.whole(0, Integer.MAX_VALUE),
            RealServer::resumeConnections,
            DEFAULTS.resumeConnections(),
            "With the personality `lvs`: a server that was full takes flows again below this; 0 for 3/4 of the limit.");
    private final Key<RealServer, Integer> maxFails = optional(
            "maxFails",
            Forms.whole(0, Integer.MAX_VALUE),
            RealServer::maxFails,
            DEFAULTS.maxFails(),
            "With passive health `maxFails`: failures until the server is left alone; 0 for never.");
    private final Key<RealServer, Duration> failTimeout = optional(
            "failTimeout",
            Forms.time(),
            RealServer::failTimeout,
            DEFAULTS.failTimeout(),
            "With passive health `maxFails`: how long failures are counted, and how long the server is then left alone.");
    private final Key<RealServer, Duration> slowStart = optional(
            "slowStart",
            Forms.time(),
            RealServer::slowStart,
            DEFAULTS.slowStart(),
            "How long its weight grows after it came up; `0s` for at once.");
    private final Key<RealServer, List<HealthCheckSpec>> healthChecks = absent(
            "healthChecks",
            Forms.list(Forms.shortened(new HealthCheckSection(), "type")),
            RealServer::healthChecks,
            "the pool's",
            "Active checks of this server instead of its pool's; an empty list for none.");
    private final Key<RealServer, ProxyProtocol> sendProxyProtocol = optional(
            "sendProxyProtocol",
            Forms.word(ProxyProtocol.class),
            RealServer::sendProxyProtocol,
            DEFAULTS.sendProxyProtocol(),
            "TCP: the PROXY protocol header that connections to it begin with; `none` for what the virtual server says.");
    private final Key<RealServer, ProxyProtocol> checkProxyProtocol = optional(
            "checkProxyProtocol",
            Forms.word(ProxyProtocol.class),
            RealServer::checkProxyProtocol,
            DEFAULTS.checkProxyProtocol(),
            "The PROXY protocol header that active checks of it begin with.");
    private final Key<RealServer, TlsClient> tls = absent(
            "tls",
            new TlsClientSection(),
            RealServer::tls,
            "what the virtual server or route says",
            "How TLS is spoken with it; `{}` for TLS without a look at its certificate.");
    private final Key<RealServer, String> publicUrl = absent(
            "publicUrl",
            Forms.text(),
            RealServer::publicUrl,
            "none",
            "What its URLs begin with for clients that are sent to it themselves: `https://a.example` or `http://a.example:8080/base`.");
    private final Key<RealServer, String> stickyName = absent(
            "stickyName",
            Forms.text(),
            RealServer::stickyName,
            "what the affinity rule says then",
            "What names it in cookies and routes of sticky clients.");
    private final Key<RealServer, Integer> maxQueued = optional(
            "maxQueued",
            Forms.whole(0, Integer.MAX_VALUE),
            RealServer::maxQueued,
            DEFAULTS.maxQueued(),
            "With the personality `haproxy`: requests of its sticky clients that wait for it; 0 for as many as the pool's queue takes.");
    private final Key<RealServer, Integer> minConnections = optional(
            "minConnections",
            Forms.whole(0, Integer.MAX_VALUE),
            RealServer::minConnections,
            DEFAULTS.minConnections(),
            "With the personality `haproxy` and the pool's `fullConnections`: the limit while the pool is idle, which grows to "
                    + "`maxConnections` as it fills; 0 for a limit that does not change.");
    private final Key<RealServer, Observation> observation = absent(
            "observation",
            Forms.shortened(new ObservationSection(), "layer"),
            RealServer::observation,
            "none",
            "What failures of real traffic say to the first of its active checks. A layer alone is an observation with defaults.");
    private final Key<RealServer, Boolean> endsFlowsWhenDown = optional(
            "endsFlowsWhenDown",
            Forms.flag(),
            RealServer::endsFlowsWhenDown,
            DEFAULTS.endsFlowsWhenDown(),
            "Whether its flows are ended when it goes down or is disabled.");
    private final Key<RealServer, Boolean> endsBackupFlowsWhenUp = optional(
            "endsBackupFlowsWhenUp",
            Forms.flag(),
            RealServer::endsBackupFlowsWhenUp,
            DEFAULTS.endsBackupFlowsWhenUp(),
            "Whether flows on the pool's backups are ended when it comes up, and is none itself.");
    private final Key<RealServer, NameLookup> nameLookup = absent(
            "nameLookup",
            new NameLookupSection(),
            RealServer::nameLookup,
            "the system's resolver",
            "Who is asked for the host name of `address`, and how.");
    private final Key<RealServer, Map<String, String>> labels = optional(
            "labels",
            Forms.texts(),
            RealServer::labels,
            DEFAULTS.labels(),
            "Anything a scheduler may read, such as `zone` for `locality`.");

    ServerSection() {
        super("server");
    }

    /** What a server is called in paths: its id, as far as that is plain before it is read. */
    static Optional<String> idOf(Yaml yaml) {
        return switch (yaml) {
            case Yaml.Scalar scalar -> Optional.of(scalar.text());
            case Yaml.Mapping mapping ->
                text(mapping, "id").or(() -> text(mapping, "name")).or(() -> text(mapping, "address"));
            case Yaml.Sequence ignored -> Optional.empty();
        };
    }

    private static Optional<String> text(Yaml.Mapping mapping, String key) {
        return mapping.entries().stream()
                .filter(entry -> entry.key().text().equals(key) && entry.value() instanceof Yaml.Scalar)
                .map(entry -> ((Yaml.Scalar) entry.value()).text())
                .findFirst();
    }

    @Override
    RealServer make(Values values) {
        var written = values.get(address);
        var name = values.or(serverName, written.text());
        var builder = RealServer.builder(name, written.address())
                .id(values.or(id, name))
                .weight(values.or(weight, DEFAULTS.weight()))
                .tier(values.or(tier, DEFAULTS.tier()))
                .adminState(values.or(adminState, DEFAULTS.adminState()))
                .maxConnections(values.or(maxConnections, DEFAULTS.maxConnections()))
                .resumeConnections(values.or(resumeConnections, DEFAULTS.resumeConnections()))
                .maxFails(values.or(maxFails, DEFAULTS.maxFails()))
                .failTimeout(values.or(failTimeout, DEFAULTS.failTimeout()))
                .slowStart(values.or(slowStart, DEFAULTS.slowStart()))
                .sendProxyProtocol(values.or(sendProxyProtocol, DEFAULTS.sendProxyProtocol()))
                .checkProxyProtocol(values.or(checkProxyProtocol, DEFAULTS.checkProxyProtocol()))
                .maxQueued(values.or(maxQueued, DEFAULTS.maxQueued()))
                .minConnections(values.or(minConnections, DEFAULTS.minConnections()))
                .endsFlowsWhenDown(values.or(endsFlowsWhenDown, DEFAULTS.endsFlowsWhenDown()))
                .endsBackupFlowsWhenUp(values.or(endsBackupFlowsWhenUp, DEFAULTS.endsBackupFlowsWhenUp()))
                .labels(values.or(labels, DEFAULTS.labels()));
        values.find(healthChecks).ifPresent(builder::healthChecks);
        values.find(tls).ifPresent(builder::tls);
        values.find(publicUrl).ifPresent(builder::publicUrl);
        values.find(stickyName).ifPresent(builder::stickyName);
        values.find(observation).ifPresent(builder::observation);
        values.find(nameLookup).ifPresent(builder::nameLookup);
        return builder.build();
    }

    /** An address and the text it was read from, which names the server. */
    private record Written(String text, ServerAddress address) {
        static Written parse(String text) {
            return new Written(text, ServerAddress.parse(text));
        }

        static Written of(RealServer server) {
            return new Written(server.address().text(), server.address());
        }
    }
}
