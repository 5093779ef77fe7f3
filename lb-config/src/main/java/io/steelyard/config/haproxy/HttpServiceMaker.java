package io.steelyard.config.haproxy;

import io.steelyard.api.Personality;
import io.steelyard.api.http.Content;
import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.HttpRule;
import io.steelyard.api.http.HttpService;
import io.steelyard.api.http.IngressPolicy;
import io.steelyard.api.http.PathMatch;
import io.steelyard.api.http.RetryRule.Reason;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.VirtualServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes virtual servers of frontends in mode http: a site for all hosts, whose rules are the frontend's, a route that chooses the backend,
 * and a route for each backend with that one's rules. One use, one thread.
 */
final class HttpServiceMaker {
    private static final int RESERVED_BYTES = 1_024;
    private static final int MOST_FIELDS = 101;
    private static final String CHOICE = "choice";

    private final Findings findings;
    private final OptionsReader options;
    private final GlobalReader global;
    private final RuleReader rules;
    private final Texts texts;
    private final AccessLogs logs;
    private final ErrorAnswers errors;
    private final StatsReader stats;
    private final ConnectionRuleReader connectionRules;
    private final Map<String, Proxy> backends;
    private final Map<String, ServerPool> pools;

    HttpServiceMaker(
            Findings findings,
            OptionsReader options,
            GlobalReader global,
            RuleReader rules,
            Texts texts,
            AccessLogs logs,
            ErrorAnswers errors,
            StatsReader stats,
            ConnectionRuleReader connectionRules,
            Map<String, Proxy> backends,
            Map<String, ServerPool> pools) {
        this.findings = findings;
        this.options = options;
        this.global = global;
        this.rules = rules;
        this.texts = texts;
        this.logs = logs;
        this.errors = errors;
        this.stats = stats;
        this.connectionRules = connectionRules;
        this.backends = backends;
        this.pools = pools;
    }

    /** The virtual servers of a frontend: one for each way of TLS at its addresses; none where it listens nowhere. */
    List<VirtualServer> make(FrontReader.Front front) {
        var proxy = front.proxy();
        if (front.addresses().isEmpty()) {
            findings.warning(proxy.name().position(), proxy + " has no bind and is left out", "");
            return List.of();
        }
        var name = proxy.name().text();
        var captures = new Captures();
        var own = rules.read(proxy, captures);
        var choice = rules.choices(proxy);
        var site = VirtualHost.builder(name).isDefault(true).client(client(proxy));
        var requestLogs = logs.read(proxy);
        var root = route("/", proxy, own, Optional.empty(), requestLogs);
        own.requests().forEach(root::rule);
        stats.read(proxy).ifPresent(page -> {
            page.rules().forEach(root::rule);
            root.route(pageRoute(page, proxy, own, requestLogs));
        });
        var chooser = route(CHOICE, proxy, own, Optional.empty(), requestLogs).match(new PathMatch.Prefix("", false));
        choice.rules().forEach(chooser::rule);
        chooser.rule(choice.otherwise()
                .map(backend -> HttpRule.always(new HttpAction.Go(routeName(backend))))
                .orElseGet(() -> HttpRule.always(new HttpAction.Fail(503, Duration.ZERO))));
        root.route(chooser.build());
        for (var backend : targets(choice)) {
            var page = backend == proxy ? Optional.<StatsReader.Stats>empty() : stats.read(backend);
            page.ifPresent(made -> root.route(pageRoute(made, proxy, own, requestLogs)));
            root.route(backendRoute(proxy, own, backend, page, requestLogs));
        }
        site.root(root.build());
        var service = new HttpService(List.of(site.build()));
        var connections = connectionRules.read(proxy);
        var servers = new ArrayList<VirtualServer>();
        for (var group : front.groups()) {
            var serverName = servers.isEmpty() ? name : name + "-" + (servers.size() + 1);
            findings.place("virtualServers." + serverName, proxy.name().position());
            var server = VirtualServer.tcp(serverName).http(service).options(options.ofFrontend(proxy));
            group.addresses().forEach(server::listen);
            group.tls().ifPresent(server::tls);
            connections.forEach(server::connectionRule);
            servers.add(server.build());
        }
        return servers;
    }

    /** The backends that requests may come to: all of them where a name is worked out for each request. */
    private List<Proxy> targets(RuleReader.Choice choice) {
        var all = new LinkedHashMap<String, Proxy>();
        choice.backends().forEach(backend -> all.put(backend.name().text(), backend));
        choice.otherwise().ifPresent(backend -> all.put(backend.name().text(), backend));
        if (choice.isAny()) {
            backends.values().stream()
                    .filter(Proxy::isHttp)
                    .forEach(backend -> all.putIfAbsent(backend.name().text(), backend));
        }
        return List.copyOf(all.values());
    }

    static String routeName(Proxy backend) {
        return "@" + backend.name().text();
    }

    private HttpRoute.Builder route(
            String name,
            Proxy frontend,
            RuleReader.ProxyRules own,
            Optional<Proxy> backend,
            List<AccessLog> requestLogs) {
        var route = HttpRoute.builder(name).mostBodyBytes(0);
        var answers = new LinkedHashMap<>(errors.read(frontend));
        backend.filter(other -> other != frontend).ifPresent(other -> answers.putAll(errors.read(other)));
        answers.values().forEach(route::answer);
        requestLogs.forEach(route::accessLog);
        if (backend.isEmpty()) {
            own.finals().forEach(route::answerRule);
        }
        return route;
    }

    private HttpRoute pageRoute(
            StatsReader.Stats page, Proxy frontend, RuleReader.ProxyRules own, List<AccessLog> requestLogs) {
        return route(page.route(), frontend, own, Optional.empty(), requestLogs)
                .match(new PathMatch.Named())
                .content(page.content())
                .build();
    }

    private HttpRoute backendRoute(
            Proxy frontend,
            RuleReader.ProxyRules own,
            Proxy backend,
            Optional<StatsReader.Stats> page,
            List<AccessLog> requestLogs) {
        boolean isSame = backend == frontend;
        var name = routeName(backend);
        var route =
                route(name, frontend, own, Optional.of(backend), requestLogs).match(new PathMatch.Named());
        if (!isSame) {
            var theirs = rules.read(backend, new Captures());
            theirs.requests().forEach(route::rule);
            page.ifPresent(made -> made.rules().forEach(route::rule));
            theirs.responses().forEach(route::responseRule);
            theirs.finals().forEach(route::answerRule);
        }
        rules.forwarding(frontend, backend).forEach(route::rule);
        own.responses().forEach(route::responseRule);
        own.finals().forEach(route::answerRule);
        var pool = pools.get(backend.name().text());
        if (pool == null || backend.isDisabled()) {
            return route.rule(HttpRule.always(new HttpAction.Fail(503, Duration.ZERO)))
                    .build();
        }
        return route.content(content(frontend, backend, pool)).build();
    }

    private Content content(Proxy frontend, Proxy backend, ServerPool pool) {
        var transport = options.read(frontend, backend, pool);
        var server = Times.of(backend, "timeout server", "srvtimeout")
                .filter(time -> !time.isZero())
                .orElse(Values.LONGEST);
        var retry = options.repeating(backend, pool, reasons(backend));
        boolean needsBody = backend.has("option http-buffer-request")
                || BalanceReader.isPosted(backend)
                || frontend.has("option http-buffer-request")
                || retry.reasons().stream().anyMatch(reason -> reason != Reason.CONNECT_FAILURE);
        var sent = HttpProxy.toPool(pool.name())
                .requestField(FieldChange.set("Host", "$http_host"))
                .passedTrailers(Set.of("*"))
                .transport(transport)
                .sendTimeout(server)
                .readTimeout(server)
                .retry(retry)
                .buffersRequest(needsBody);
        backend.last("http-send-name-header")
                .filter(statement -> !statement.arguments().isEmpty())
                .ifPresent(statement -> sent.requestField(new FieldChange(
                        FieldChange.Kind.SET,
                        statement.argument(0).text(),
                        texts.format(backend, "%[srv_name]"),
                        true)));
        var proxy = sent.build();
        boolean redirects =
                pool.servers().stream().anyMatch(one -> one.publicUrl().isPresent());
        return redirects ? new Content.RedirectToPool(pool.name(), 302, Duration.ZERO, Optional.of(proxy)) : proxy;
    }

    /** When a request is repeated (HAProxy {@code retry-on}). */
    private Set<Reason> reasons(Proxy backend) {
        var reasons = EnumSet.noneOf(Reason.class);
        var statement = backend.last("retry-on");
        if (statement.isEmpty()) {
            reasons.add(Reason.CONNECT_FAILURE);
        } else {
            for (var word : statement.get().arguments()) {
                switch (word.text()) {
                    case "none" -> {}
                    case "conn-failure" -> reasons.add(Reason.CONNECT_FAILURE);
                    case "empty-response" -> reasons.add(Reason.EMPTY_RESPONSE);
                    case "junk-response" -> reasons.add(Reason.INVALID_HEADER);
                    case "response-timeout" -> reasons.add(Reason.RESPONSE_TIMEOUT);
                    case "0rtt-rejected" -> {}
                    case "all-retryable-errors" ->
                        reasons.addAll(Set.of(
                                Reason.CONNECT_FAILURE,
                                Reason.EMPTY_RESPONSE,
                                Reason.INVALID_HEADER,
                                Reason.RESPONSE_TIMEOUT,
                                Reason.STATUS_500,
                                Reason.STATUS_502,
                                Reason.STATUS_503,
                                Reason.STATUS_504));
                    default -> {
                        try {
                            reasons.add(Reason.valueOf("STATUS_" + word.text()));
                        } catch (IllegalArgumentException unknown) {
                            findings.error(
                                    word.position(),
                                    "'retry-on' cannot honour '" + word + "'",
                                    "none, conn-failure, empty-response, junk-response, response-timeout, "
                                            + "all-retryable-errors or a status such as 503",
                                    "");
                        }
                    }
                }
            }
        }
        return reasons;
    }

    private HttpClientOptions client(Proxy frontend) {
        var client =
                positive(Times.of(frontend, "timeout client", "clitimeout")).orElse(Values.LONGEST);
        var request = positive(Times.of(frontend, "timeout http-request"));
        var idle = positive(Times.of(frontend, "timeout http-keep-alive"))
                .or(() -> request)
                .orElse(client);
        boolean closes = frontend.last("option httpclose", "option forceclose", "option http-keep-alive")
                .filter(statement -> !statement.is("option http-keep-alive"))
                .isPresent();
        int head = Math.max(global.bufferBytes() - RESERVED_BYTES, RESERVED_BYTES);
        return HttpClientOptions.builder()
                .ingress(IngressPolicy.KEEP)
                .personality(Personality.HAPROXY)
                .headerTimeout(request.orElse(client))
                .bodyTimeout(client)
                .sendTimeout(client)
                .idleTimeout(closes ? Duration.ZERO : idle)
                .mostRequests(Integer.MAX_VALUE)
                .mostAge(Values.LONGEST)
                .mostLineBytes(head)
                .mostHeaderBytes(head)
                .mostFields(MOST_FIELDS)
                .keepsUnderscores(true)
                .mergesSlashes(false)
                .http2(!frontend.has("option disable-h2-upgrade"))
                .build();
    }

    private static Optional<Duration> positive(Optional<Duration> time) {
        return time.filter(duration -> duration.toMillis() > 0);
    }
}
