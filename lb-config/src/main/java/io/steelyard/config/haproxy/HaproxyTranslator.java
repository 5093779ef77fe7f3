package io.steelyard.config.haproxy;

import io.steelyard.api.Configuration;
import io.steelyard.api.Problem;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.config.haproxy.Keyword.Treatment;
import io.steelyard.config.haproxy.expression.Condition;
import io.steelyard.config.haproxy.expression.Password;
import io.steelyard.config.haproxy.expression.Quoting;
import io.steelyard.config.haproxy.grammar.Document;
import io.steelyard.config.haproxy.grammar.Line;
import io.steelyard.config.haproxy.grammar.Section;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Makes the model of a file's sections, telling all that is wrong with them. One use, one thread. */
final class HaproxyTranslator {
    /** Keywords of mode http that cannot be carried out, and why; by their names. */
    private static final Map<String, String> REFUSED =
            Map.of("option checkcache", "answers are not looked into for what may be cached");

    /** Keywords of mode http without effect, and why. */
    private static final Map<String, String> IDLE = Map.of(
            "compression", "answers are not compressed",
            "max-keep-alive-queue", "servers have no queues of their own",
            "option accept-invalid-http-request", "requests that are no HTTP are refused",
            "option accept-invalid-http-response", "answers that are no HTTP are refused",
            "option prefer-last-server", "connections to servers are shared by all clients",
            "option h1-case-adjust-bogus-client", "names of header fields are in lower case",
            "option h1-case-adjust-bogus-server", "names of header fields are in lower case",
            "option http-use-proxy-header", "Proxy-Connection is never passed on");

    /** What HAProxy takes for maxconn where nothing says it follows from the descriptors it may open; this is about as much. */
    private static final int USUAL_CONNECTIONS = 10_000;

    private final Findings findings;
    private final StatementReader statements;
    private List<StickTable> stickTables = List.of();
    private final GlobalReader global;
    private final ProxySections sections;
    private final BindReader binds;
    private final ResolversReader resolvers;
    private final Set<String> peers = new HashSet<>();
    private boolean isExperimental;
    private final Map<String, Proxy> backends = new LinkedHashMap<>();
    private final Map<String, ServerPool> pools = new LinkedHashMap<>();
    private final List<VariableDefinition> variables = new ArrayList<>();
    private final List<Statement> globalLogs = new ArrayList<>();
    private final Map<String, List<String>> users = new LinkedHashMap<>();
    private final Map<String, List<Statement>> errorSections = new LinkedHashMap<>();
    private final Map<ListenAddress, TlsServer> tls = new HashMap<>();
    private final List<VirtualServer> virtualServers = new ArrayList<>();

    HaproxyTranslator(Findings findings) {
        this.findings = findings;
        statements = new StatementReader(findings);
        global = new GlobalReader(findings);
        resolvers = new ResolversReader(findings);
        sections = new ProxySections(findings, statements);
        binds = new BindReader(findings, global.tls(), global.unixBind());
    }

    /** The model, of use only where no error was found. */
    Configuration translate(Document document) {
        document.sections().forEach(this::read);
        var proxies = new ArrayList<>(sections.proxies());
        proxies.forEach(this::checkCommon);
        var crossChecks = new CrossChecks(findings, users.keySet(), peers);
        proxies.forEach(crossChecks::check);
        proxies.removeIf(proxy -> proxy.isFrontend() && proxy.isDisabled());
        var rules = new Rules(findings);
        proxies.forEach(rules::readAcls);
        translate(proxies, rules);
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
                stickTables);
    }

    private static boolean isStatsSocket(Line line) {
        return line.keyword().equals("stats")
                && !line.arguments().isEmpty()
                && line.arguments().getFirst().text().equals("socket");
    }

    private void read(Section section) {
        switch (section.kind()) {
            case "global" -> {
                if (!section.head().arguments().isEmpty()) {
                    findings.error(section.head().arguments().getFirst().position(), "'global' has a name", "none", "");
                }
                var read = statements.read(section, Place.GLOBAL);
                read.stream()
                        .filter(statement -> statement.keyword().treatment() == Treatment.HTTP && !statement.is("log"))
                        .forEach(statement -> findings.accepted(
                                statement.position(),
                                statement.keyword().name(),
                                statement.keyword().note()));
                read.stream().filter(statement -> statement.is("log")).forEach(globalLogs::add);
                isExperimental |= read.stream().anyMatch(statement -> statement.is("expose-experimental-directives"));
                global.read(read);
                if (section.lines().stream().anyMatch(HaproxyTranslator::isStatsSocket)) {
                    global.noteStatsSocket();
                }
            }
            case "defaults" -> sections.addDefaults(section);
            case "frontend" -> sections.addProxy(section, Place.FRONTEND);
            case "listen" -> sections.addProxy(section, Place.LISTEN);
            case "backend" -> sections.addProxy(section, Place.BACKEND);
            case "peers" -> {
                peers.add(section.name());
                accept(section, Place.PEERS, "peers are not told of anything yet");
            }
            case "userlist" -> readUsers(section);
            case "resolvers" -> {
                checkNamed(section);
                resolvers.read(section, statements.read(section, Place.RESOLVERS));
            }
            case "mailers" -> accept(section, Place.MAILERS, "no mail is sent");
            case "http-errors" -> {
                checkNamed(section);
                errorSections.put(section.name(), statements.read(section, Place.HTTP_ERRORS));
            }
            case "ring" -> accept(section, Place.RING, "logs go to standard output and to files so far");
            default ->
                findings.error(
                        section.head().position(),
                        "section '" + section.kind() + "' cannot be honoured: " + Sections.whyRefused(section.kind()));
        }
    }

    private void checkNamed(Section section) {
        if (section.head().arguments().isEmpty()) {
            findings.error(section.head().position(), "'" + section.kind() + "' has no name", "a name after it", "");
        }
    }

    private void readUsers(Section section) {
        checkNamed(section);
        var lines = new ArrayList<String>();
        for (var statement : statements.read(section, Place.USERLIST)) {
            var words = statement.texts();
            if (!statement.is("user")) {
                continue;
            }
            boolean isHashed = words.size() >= 3 && words.get(1).equals("password");
            if (!isHashed && (words.size() < 3 || !words.get(1).equals("insecure-password"))) {
                findings.error(
                        statement.position(),
                        "a user has no password",
                        "user NAME password HASH, or insecure-password PASSWORD",
                        "");
                continue;
            }
            if (isHashed && !isKnown(words.get(2))) {
                findings.error(
                        statement.position(),
                        "a user's password is hashed in a way that is not known",
                        "what begins with $1$, $5$ or $6$, as 'mkpasswd -m sha-512' makes it",
                        "");
                continue;
            }
            var line =
                    new ArrayList<>(List.of(isHashed ? "hashed" : "user", section.name(), words.get(0), words.get(2)));
            int groups = words.indexOf("groups");
            if (groups > 0 && groups + 1 < words.size()) {
                line.addAll(List.of(words.get(groups + 1).split(",")));
            }
            lines.add(Quoting.join(line));
        }
        users.put(section.name(), lines);
    }

    private static boolean isKnown(String hash) {
        try {
            return new Password.Hashed(hash).hash().equals(hash);
        } catch (IllegalArgumentException unknown) {
            return false;
        }
    }

    private void accept(Section section, Place place, String why) {
        checkNamed(section);
        findings.accepted(section.head().position(), section.kind(), why);
        statements.read(section, place);
    }

    /** What is looked at in every proxy, whatever becomes of it. */
    private void checkCommon(Proxy proxy) {
        for (var statement : proxy.own()) {
            if (!proxy.isHttp() && isOfHttp(statement)) {
                var note = statement.keyword().note();
                findings.accepted(
                        statement.position(),
                        statement.keyword().name(),
                        note.startsWith("logs") ? note : "it needs mode http, and " + proxy + " is in mode tcp");
            }
        }
        if (proxy.isHttp()) {
            proxy.statements().forEach(statement -> checkHttp(proxy, statement));
        }
    }

    private void checkHttp(Proxy proxy, Statement statement) {
        var name = statement.keyword().name();
        if (statement.prefix() != Statement.Prefix.NONE) {
            return;
        }
        var refused = REFUSED.get(name);
        if (refused != null) {
            findings.error(statement.position(), "'" + name + "' cannot be honoured: " + refused, "", "");
        }
        boolean isNormalizing = name.equals("http-request")
                && !statement.arguments().isEmpty()
                && statement.argument(0).text().equals("normalize-uri");
        if (isNormalizing && !isExperimental) {
            findings.error(
                    statement.argument(0).position(),
                    "'normalize-uri' is an experiment",
                    "'expose-experimental-directives' in the section global",
                    "");
        }
        var idle = IDLE.get(name);
        if (idle != null) {
            findings.accepted(statement.position(), name, idle);
        }
        boolean isRule = name.startsWith("req") || name.startsWith("rsp");
        if (statement.keyword().treatment() == Treatment.OLD && isRule && !name.endsWith("add")) {
            findings.error(
                    statement.position(),
                    "'" + name + "' cannot be honoured: it is of HAProxy before 2.1",
                    "",
                    "write '" + statement.keyword().note() + "'");
        }
    }

    private static boolean isOfHttp(Statement statement) {
        return statement.keyword().treatment() == Treatment.HTTP
                || statement.keyword().treatment() == Treatment.OLD
                        && statement.keyword().note().contains("http");
    }

    // ---- what becomes of proxies

    private void translate(List<Proxy> proxies, Rules rules) {
        for (var proxy : proxies) {
            if (proxy.isBackend()) {
                backends.put(proxy.name().text(), proxy);
            }
        }
        var texts = new Texts(users);
        var fronts = new ArrayList<FrontReader.Front>();
        var httpFronts = new ArrayList<FrontReader.Front>();
        var connectionRules = new ConnectionRuleReader(findings, rules, texts);
        var reader = new FrontReader(findings, rules, texts, connectionRules, backends);
        var ruleReader = new RuleReader(findings, rules, texts, backends);
        for (var proxy : proxies) {
            if (proxy.isFrontend() && proxy.isHttp()) {
                httpFronts.add(httpFront(proxy, ruleReader));
            } else if (proxy.isFrontend()) {
                fronts.add(reader.read(proxy, addresses(proxy), tls));
            }
        }
        var all = new ArrayList<>(fronts);
        all.addAll(httpFronts);
        var poolReader = new PoolReader(
                findings, new CheckReader(findings, global, proxies), rules, texts, global.tls(), resolvers);
        backends.values().forEach(backend -> poolReader.draft(backend, port(backend, all)));
        proxies.forEach(poolReader::addTable);
        backends.values().forEach(backend -> makePool(backend, poolReader, all));
        stickTables = poolReader.stickTables();
        var options = new OptionsReader(findings, global, new SourceReader(findings, texts));
        var logs = new AccessLogs(findings, texts, globalLogs);
        var maker = new VirtualServerMaker(findings, options, pools, reader, connectionRules, logs);
        for (var front : fronts) {
            virtualServers.addAll(maker.make(front));
        }
        variables.addAll(maker.variables());
        var services = new HttpServiceMaker(
                findings,
                options,
                global,
                ruleReader,
                texts,
                logs,
                new ErrorAnswers(findings, texts, errorSections),
                new StatsReader(findings, rules, texts, users),
                connectionRules,
                backends,
                pools);
        for (var front : httpFronts) {
            virtualServers.addAll(services.make(front));
        }
        variables.addAll(texts.variables());
        var known = stickTables.stream().map(StickTable::name).toList();
        texts.tables().forEach((table, proxy) -> {
            if (!known.contains(table)) {
                findings.error(
                        proxy.name().position(),
                        proxy + " asks a stick-table of '" + table + "'",
                        "a proxy of this name with a stick-table that stores what is asked for",
                        "");
            }
        });
    }

    /** A front of mode http: where it listens, and which backends it may use. */
    private FrontReader.Front httpFront(Proxy proxy, RuleReader reader) {
        var choice = reader.choices(proxy);
        var choices = choice.backends().stream()
                .map(backend -> new FrontReader.Choice(backend, Condition.ALWAYS))
                .toList();
        return new FrontReader.Front(
                proxy, addresses(proxy), tls, List.of(), choices, choice.otherwise(), Optional.empty());
    }

    private void makePool(Proxy backend, PoolReader reader, List<FrontReader.Front> fronts) {
        var pool = reader.pool(backend, () -> fullConnections(backend, fronts));
        pool.ifPresent(made -> pools.put(made.name(), made));
        if (pool.isPresent() || backend.kind() == Place.LISTEN && !isUsed(backend, fronts)) {
            return;
        }
        if (backend.isHttp()) {
            // Requests are answered by its rules, or with status 503.
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

    /** With how many flows a backend's limits are their greatest: a tenth of what its frontends take, where nothing is said. */
    private int fullConnections(Proxy backend, List<FrontReader.Front> fronts) {
        var said = backend.last("fullconn")
                .map(statement -> findings.number(statement, 0, Integer.MAX_VALUE, 0))
                .orElse(0);
        if (said > 0) {
            return said;
        }
        long all = fronts.stream()
                .filter(front -> front.uses(backend.name().text()))
                .mapToLong(this::maxConnections)
                .sum();
        return (int) Math.clamp((all + 9) / 10, 1, Integer.MAX_VALUE);
    }

    private int maxConnections(FrontReader.Front front) {
        int own = front.proxy()
                .last("maxconn")
                .map(statement -> findings.number(statement, 0, Integer.MAX_VALUE, 0))
                .orElse(0);
        int most = own > 0 ? own : global.settings().maxConnections();
        if (most == 0) {
            findings.warning(
                    front.proxy().name().position(),
                    front.proxy() + " has no maxconn, which limits with 'minconn' follow from: " + USUAL_CONNECTIONS
                            + " is taken for it",
                    "write 'fullconn' in the backend");
            return USUAL_CONNECTIONS;
        }
        return most;
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
        int backlog = proxy.last("backlog")
                .map(statement -> findings.number(statement, 1, Integer.MAX_VALUE, 0))
                .orElse(0);
        boolean keepAlive = proxy.has("option tcpka") || proxy.has("option clitcpka");
        var silence = Times.of(proxy, "timeout client", "clitimeout")
                .filter(time -> !time.isZero())
                .orElse(Values.LONGEST);
        var all = new ArrayList<ListenAddress>();
        for (var word : ProxySections.oldAddresses(proxy.section())) {
            findings.warning(
                    word.position(),
                    "an address behind the name of a section is of old versions of HAProxy",
                    "write 'bind " + word + "' on a line of its own today");
            all.addAll(binds.addresses(word, backlog, false, keepAlive));
        }
        for (var bind : proxy.all("bind")) {
            var bound = binds.read(bind, backlog, keepAlive, silence, proxy.isHttp());
            all.addAll(bound.addresses());
            bound.tls().ifPresent(made -> bound.addresses().forEach(address -> tls.put(address, made)));
        }
        return all;
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
                                    "crt-store", "certificates are named where they are used, by 'bind … crt FILE'",
                                    "acme", "certificates are not asked for",
                                    "traces", "there are no traces",
                                    "log-profile", "logs have one form",
                                    "healthcheck", "checks are written in the backend")
                            .get(kind))
                    .orElse("it is not supported");
        }
    }
}
