package io.steelyard.config.haproxy;

import io.steelyard.api.Configuration;
import io.steelyard.api.Problem;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.config.haproxy.Keyword.Treatment;
import io.steelyard.config.haproxy.grammar.Document;
import io.steelyard.config.haproxy.grammar.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Makes the model of a file's sections, telling all that is wrong with them. One use, one thread. */
final class HaproxyTranslator {
    private static final String NO_HTTP = "mode http is not supported yet";

    private final Findings findings;
    private final StatementReader statements;
    private final GlobalReader global;
    private final ProxySections sections;
    private final BindReader binds;
    private final Map<String, Proxy> backends = new LinkedHashMap<>();
    private final Map<String, ServerPool> pools = new LinkedHashMap<>();
    private final List<VariableDefinition> variables = new ArrayList<>();
    private final List<VirtualServer> virtualServers = new ArrayList<>();

    HaproxyTranslator(Findings findings) {
        this.findings = findings;
        statements = new StatementReader(findings);
        global = new GlobalReader(findings);
        sections = new ProxySections(findings, statements);
        binds = new BindReader(findings);
    }

    /** The model, of use only where no error was found. */
    Configuration translate(Document document) {
        document.sections().forEach(this::read);
        var proxies = new ArrayList<>(sections.proxies());
        proxies.forEach(this::checkCommon);
        proxies.removeIf(proxy -> proxy.isFrontend() && proxy.isDisabled());
        var rules = new Rules(findings);
        proxies.forEach(rules::readAcls);
        checkHttp(proxies, rules);
        if (!refuseHttp(proxies)) {
            translate(proxies, rules);
        }
        if (virtualServers.isEmpty() && findings.problems().stream().noneMatch(Problem::isError)) {
            findings.add(Problem.warning("", "the file has no frontend and no listen section: nothing is balanced"));
        }
        return new Configuration(
                global.settings(),
                List.copyOf(pools.values()),
                virtualServers,
                variables,
                List.of(),
                List.of(),
                List.of());
    }

    private void read(Section section) {
        switch (section.kind()) {
            case "global" -> {
                if (!section.head().arguments().isEmpty()) {
                    findings.error(section.head().arguments().getFirst().position(), "'global' has a name", "none", "");
                }
                var read = statements.read(section, Place.GLOBAL);
                read.stream()
                        .filter(statement -> statement.keyword().treatment() == Treatment.HTTP)
                        .forEach(statement -> findings.accepted(
                                statement.position(),
                                statement.keyword().name(),
                                statement.keyword().note()));
                global.read(read);
            }
            case "defaults" -> sections.addDefaults(section);
            case "frontend" -> sections.addProxy(section, Place.FRONTEND);
            case "listen" -> sections.addProxy(section, Place.LISTEN);
            case "backend" -> sections.addProxy(section, Place.BACKEND);
            case "peers" -> accept(section, Place.PEERS, "peers are not told of anything yet");
            case "userlist" -> accept(section, Place.USERLIST, "it belongs to mode http");
            case "resolvers" -> accept(section, Place.RESOLVERS, "names are resolved by the system's resolver");
            case "mailers" -> accept(section, Place.MAILERS, "no mail is sent");
            case "http-errors" -> accept(section, Place.HTTP_ERRORS, "it belongs to mode http");
            case "ring" -> accept(section, Place.RING, "logs go to standard output and to files so far");
            default ->
                findings.error(
                        section.head().position(),
                        "section '" + section.kind() + "' cannot be honoured: " + Sections.whyRefused(section.kind()));
        }
    }

    private void accept(Section section, Place place, String why) {
        if (section.head().arguments().isEmpty()) {
            findings.error(section.head().position(), "'" + section.kind() + "' has no name", "a name after it", "");
        }
        findings.accepted(section.head().position(), section.kind(), why);
        statements.read(section, place);
    }

    /** What is looked at in every proxy, whatever becomes of it. */
    private void checkCommon(Proxy proxy) {
        for (var statement : proxy.own()) {
            if (!proxy.isHttp() && isOfHttp(statement)) {
                findings.accepted(
                        statement.position(),
                        statement.keyword().name(),
                        "it needs mode http, and " + proxy + " is in mode tcp");
            }
        }
    }

    private static boolean isOfHttp(Statement statement) {
        return statement.keyword().treatment() == Treatment.HTTP
                || statement.keyword().treatment() == Treatment.OLD
                        && statement.keyword().note().contains("http");
    }

    /** Tells what is wrong with the rules of proxies in mode http, though nothing carries them out yet. */
    private void checkHttp(List<Proxy> proxies, Rules rules) {
        var reader = new HttpRules(findings, rules);
        for (var proxy : proxies) {
            if (proxy.isHttp()) {
                List.of("http-request", "http-response", "http-after-response")
                        .forEach(kind -> reader.read(proxy, kind));
                for (var choice : proxy.all("use_backend")) {
                    var words = choice.arguments();
                    rules.condition(proxy, words.subList(1, words.size()));
                }
            }
        }
    }

    /** Tells that proxies in mode http are not supported. @return whether there is one */
    private boolean refuseHttp(List<Proxy> proxies) {
        var http = proxies.stream().filter(Proxy::isHttp).toList();
        var fronts = http.stream().filter(Proxy::isFrontend).toList();
        for (var proxy : fronts.isEmpty() ? http : fronts) {
            var mode = proxy.last("mode").orElseThrow();
            boolean isOwn = proxy.own().contains(mode);
            findings.error(
                    isOwn ? mode.position() : proxy.name().position(),
                    proxy + " cannot be run: " + NO_HTTP,
                    "mode tcp",
                    "write 'mode tcp' where nothing of HTTP is needed, or run this proxy with HAProxy");
        }
        return !http.isEmpty();
    }

    // ---- tcp

    private void translate(List<Proxy> proxies, Rules rules) {
        for (var proxy : proxies) {
            if (proxy.isBackend()) {
                backends.put(proxy.name().text(), proxy);
            }
        }
        var fronts = new ArrayList<FrontReader.Front>();
        var reader = new FrontReader(findings, rules, backends);
        for (var proxy : proxies) {
            if (proxy.isFrontend()) {
                fronts.add(reader.read(proxy, addresses(proxy)));
            }
        }
        var poolReader = new PoolReader(findings, new CheckReader(findings, global.jitter()));
        backends.values().forEach(backend -> poolReader.draft(backend, port(backend, fronts)));
        backends.values().forEach(backend -> makePool(backend, poolReader, fronts));
        var maker = new VirtualServerMaker(findings, new OptionsReader(findings, global), pools, reader);
        for (var front : fronts) {
            virtualServers.addAll(maker.make(front));
        }
        variables.addAll(maker.variables());
    }

    private void makePool(Proxy backend, PoolReader reader, List<FrontReader.Front> fronts) {
        var pool = reader.pool(backend);
        pool.ifPresent(made -> pools.put(made.name(), made));
        if (pool.isPresent() || backend.kind() == Place.LISTEN && !isUsed(backend, fronts)) {
            return;
        }
        if (isUsed(backend, fronts)) {
            findings.error(
                    backend.name().position(),
                    backend + " has no server",
                    "at least one",
                    "add 'server NAME ADDRESS:PORT'");
        } else {
            findings.warning(backend.name().position(), backend + " has no server and is left out", "");
        }
    }

    private static boolean isUsed(Proxy backend, List<FrontReader.Front> fronts) {
        return fronts.stream().anyMatch(front -> front.uses(backend.name().text()));
    }

    /** The one port clients come to a backend by, if it is one. */
    private static OptionalInt port(Proxy backend, List<FrontReader.Front> fronts) {
        var ports = fronts.stream()
                .filter(front -> front.uses(backend.name().text()))
                .flatMap(front -> front.addresses().stream())
                .flatMapToInt(
                        address -> java.util.stream.IntStream.rangeClosed(address.firstPort(), address.lastPort()))
                .distinct()
                .limit(2)
                .toArray();
        return ports.length == 1 ? OptionalInt.of(ports[0]) : OptionalInt.empty();
    }

    private List<ListenAddress> addresses(Proxy proxy) {
        int backlog = proxy.last("backlog").map(this::backlog).orElse(0);
        boolean keepAlive = proxy.has("option tcpka") || proxy.has("option clitcpka");
        var all = new ArrayList<ListenAddress>();
        for (var word : ProxySections.oldAddresses(proxy.section())) {
            findings.warning(
                    word.position(),
                    "an address behind the name of a section is of old versions of HAProxy",
                    "write 'bind " + word + "' on a line of its own today");
            all.addAll(binds.addresses(word, backlog, false, keepAlive));
        }
        for (var bind : proxy.all("bind")) {
            all.addAll(binds.read(bind, backlog, keepAlive));
        }
        return all;
    }

    private int backlog(Statement statement) {
        try {
            return Values.number(statement.argument(0).text(), 1, Integer.MAX_VALUE);
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    statement.argument(0).position(),
                    "'backlog' is '" + statement.argument(0) + "'",
                    String.valueOf(wrong.getMessage()),
                    "");
            return 0;
        }
    }

    /** Reasons for sections that are refused. */
    private static final class Sections {
        static String whyRefused(String kind) {
            return Optional.ofNullable(Map.of(
                                    "cache", "nothing is cached",
                                    "program", "no programs are run",
                                    "log-forward", "logs are not forwarded",
                                    "fcgi-app", "FastCGI is not supported",
                                    "namespace_list", "other network namespaces are not entered",
                                    "crt-store", "TLS is not supported yet",
                                    "acme", "TLS is not supported yet",
                                    "traces", "there are no traces",
                                    "log-profile", "logs have one form",
                                    "healthcheck", "checks are written in the backend")
                            .get(kind))
                    .orElse("it is not supported");
        }
    }
}
