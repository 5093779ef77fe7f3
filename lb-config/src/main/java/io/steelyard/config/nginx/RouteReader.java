package io.steelyard.config.nginx;

import io.steelyard.api.http.ClientAddressRule;
import io.steelyard.api.http.Content;
import io.steelyard.api.http.ErrorPage;
import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.Redirections;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads a {@code server} or a {@code location} as a route, with all that it inherits. */
final class RouteReader {
    private static final long DEFAULT_MOST_BODY_BYTES = 1 << 20;

    /** Of whole sites here, though nginx takes them in a location too. */
    private static final List<String> OF_SITES =
            List.of("client_body_timeout", "send_timeout", "keepalive_timeout", "keepalive_requests", "keepalive_time");

    /** Statuses of nginx's own, which its clients see as 400 unless error_page says otherwise. */
    private static final Set<Integer> ONLY_OWN = Set.of(494, 495, 496, 497);

    private final Findings findings;
    private final BlockReader blocks;
    private final VariableScope variables;
    private final LogReader logs;
    private final LimitReader limits;
    private final RateLimitReader rates;
    private final HealthCheckReader checks;
    private final Pools pools;
    private final TrustedNetworks networks;
    private final RewriteReader rules;
    private final ProxyReader proxies;
    private final FilesReader files;
    private final ExpiresReader expires;
    private final AuthReader users;

    RouteReader(
            Findings findings,
            BlockReader blocks,
            VariableScope variables,
            LogReader logs,
            LimitReader limits,
            RateLimitReader rates,
            HealthCheckReader checks,
            Pools pools,
            TrustedNetworks networks,
            ResolverReader resolvers,
            ExpiresReader expires,
            AuthReader users) {
        this.findings = findings;
        this.blocks = blocks;
        this.variables = variables;
        this.logs = logs;
        this.limits = limits;
        this.rates = rates;
        this.checks = checks;
        this.pools = pools;
        this.networks = networks;
        this.expires = expires;
        this.users = users;
        rules = new RewriteReader(findings, blocks, variables);
        proxies = new ProxyReader(findings, variables, pools, resolvers);
        files = new FilesReader(findings, variables);
    }

    /** The route of a block, with the locations in it; what is wrong with it is told. */
    HttpRoute read(HttpScope scope, LocationPath path) {
        var content = content(scope, path);
        var route = HttpRoute.builder(path.written())
                .match(path.match())
                .isInternal(scope.level().has("internal"))
                .content(content)
                .mostBodyBytes(
                        scope.nearest("client_max_body_size", Values::size).orElse(DEFAULT_MOST_BODY_BYTES))
                .defaultType(scope.nearestWord("default_type").map(Word::text).orElse("text/plain"))
                .limitStatus(HttpStatuses.ofLimit(findings, scope, "limit_conn_status"))
                .redirections(redirections(scope));
        clientAddress(scope).ifPresent(route::clientAddress);
        rules.read(scope).forEach(route::rule);
        if (!(content instanceof Content.Files)) {
            scope.level().first("try_files").flatMap(rules::readTryFiles).ifPresent(route::rule);
        }
        ServerSettings.accessRules(scope.nearestBlock("allow", "deny"), findings)
                .forEach(route::access);
        users.read(scope).ifPresent(route::authentication);
        limits.check(scope.level());
        limits.read(scope).forEach(route::limit);
        rates.read(scope).forEach(route::rateLimit);
        expires.read(scope).forEach(route::responseField);
        responseFields(scope).forEach(route::responseField);
        errorPages(scope).forEach(route::errorPage);
        logs.read(scope.nearestAll("access_log")).forEach(route::accessLog);
        checkSwitches(scope);
        if (scope.context() == Context.LOCATION) {
            tellValuesOfSites(scope);
        }
        locations(scope, path).forEach(route::route);
        return route.build();
    }

    private Content content(HttpScope scope, LocationPath path) {
        var proxy = proxies.read(scope, path);
        Content content = new Content.NotFound();
        for (var directive : scope.level().directives()) {
            switch (directive.keyword()) {
                case "proxy_pass" -> content = proxy.isPresent() ? proxy.get() : content;
                case "stub_status" -> content = new Content.Counts();
                case "lb_health" -> content = new Content.Health();
                case "health_check" -> healthCheck(directive, proxy);
                default -> {}
            }
        }
        boolean isTried = content instanceof HttpProxy && scope.level().has("try_files");
        return isTried || content instanceof Content.NotFound
                ? files.read(scope, path, content.proxy())
                        .map(Content.class::cast)
                        .orElse(content)
                : content;
    }

    private void healthCheck(Directive directive, Optional<HttpProxy> proxy) {
        var pool = proxy.flatMap(HttpProxy::pool);
        if (pool.isEmpty()) {
            findings.error(
                    directive.position(),
                    "'health_check' needs a proxy_pass that names an upstream",
                    "it beside it",
                    "");
            return;
        }
        checks.readHttp(directive, pool.get()).ifPresent(check -> pools.addCheck(pool.get(), check));
    }

    private Optional<ClientAddressRule> clientAddress(HttpScope scope) {
        var trusted = networks.read(scope.nearestAll("set_real_ip_from"));
        var field = scope.nearestWord("real_ip_header").map(Word::text).orElse("X-Real-IP");
        return trusted.isEmpty()
                ? Optional.empty()
                : Optional.of(new ClientAddressRule(
                        trusted,
                        field.equals("proxy_protocol") ? "" : field,
                        scope.nearest("real_ip_recursive", Values::flag).orElse(false)));
    }

    private static Redirections redirections(HttpScope scope) {
        return new Redirections(
                scope.nearest("absolute_redirect", Values::flag).orElse(true),
                scope.nearest("server_name_in_redirect", Values::flag).orElse(false),
                scope.nearest("port_in_redirect", Values::flag).orElse(true));
    }

    private List<FieldChange> responseFields(HttpScope scope) {
        var changes = new ArrayList<FieldChange>();
        for (var directive : scope.nearestAll("add_header")) {
            boolean always = directive.arguments().size() == 3;
            if (always && !directive.argument(2).text().equals("always")) {
                findings.badArgument(directive, directive.argument(2), "always");
            }
            // These fields stand once in an answer; nginx sets them (ngx_http_headers_filter_module).
            var name = directive.argument(0).text().toLowerCase(Locale.ROOT);
            boolean isSingle = name.equals("last-modified") || name.equals("etag");
            FieldChanges.change(
                            findings,
                            variables,
                            directive,
                            isSingle ? FieldChange.Kind.SET : FieldChange.Kind.ADD,
                            always)
                    .ifPresent(changes::add);
        }
        return changes;
    }

    private List<ErrorPage> errorPages(HttpScope scope) {
        var pages = new ArrayList<ErrorPage>();
        boolean isRecursive =
                scope.nearest("recursive_error_pages", Values::flag).orElse(false);
        for (var directive : scope.nearestAll("error_page")) {
            for (var page : errorPage(directive)) {
                pages.add(new ErrorPage(
                        page.statuses(), page.place(), page.status(), page.takesStatusOfPage(), isRecursive));
            }
        }
        return pages;
    }

    private List<ErrorPage> errorPage(Directive directive) {
        var words = directive.arguments();
        var place = variables.template(words.getLast());
        int codes = words.size() - 1;
        var status = OptionalInt.empty();
        boolean takesStatusOfPage = false;
        var before = words.get(codes - 1);
        if (before.text().startsWith("=")) {
            codes--;
            takesStatusOfPage = before.text().length() == 1;
            if (codes == 0 || !before.text().matches("=\\d{0,3}")) {
                findings.badArgument(directive, before, "statuses before =, and a status or nothing behind it");
                return List.of();
            }
            if (!takesStatusOfPage) {
                status = OptionalInt.of(Integer.parseInt(before.text().substring(1)));
            }
        }
        var statuses = new HashSet<Integer>();
        for (var word : words.subList(0, codes)) {
            if (!word.text().matches("[345]\\d\\d") || word.text().equals("499")) {
                findings.badArgument(directive, word, "300 to 599, and not 499");
                return List.of();
            }
            statuses.add(Integer.parseInt(word.text()));
        }
        if (place.isEmpty()) {
            return List.of();
        }
        var shown = new HashSet<>(statuses);
        shown.retainAll(ONLY_OWN);
        if (status.isPresent() || takesStatusOfPage || shown.isEmpty()) {
            return List.of(new ErrorPage(statuses, place.get(), status, takesStatusOfPage));
        }
        statuses.removeAll(shown);
        var pages = new ArrayList<ErrorPage>();
        if (!shown.isEmpty()) {
            pages.add(new ErrorPage(shown, place.get(), OptionalInt.of(400), false));
        }
        if (!statuses.isEmpty()) {
            pages.add(new ErrorPage(statuses, place.get(), status, false));
        }
        return pages;
    }

    private void checkSwitches(HttpScope scope) {
        refuseUnless(scope, "auth_request", "off", "requests are not asked about elsewhere yet");
        refuseUnless(scope, "limit_rate", "0", "answers are not slowed down yet");
        refuseUnless(scope, "autoindex", "off", "folders are not listed");
        refuseUnless(scope, "disable_symlinks", "off", "symbolic links are followed");
        refuseUnless(scope, "ignore_invalid_headers", "on", "a request with an invalid field is refused");
        scope.nearest("if_modified_since")
                .filter(directive -> !Set.of("exact", "before", "off")
                        .contains(directive.argument(0).text()))
                .ifPresent(directive -> findings.badArgument(directive, directive.argument(0), "exact, before or off"));
        scope.nearestWord("satisfy")
                .filter(word -> !Set.of("all", "any").contains(word.text()))
                .ifPresent(word -> findings.error(word.position(), "'satisfy' is '" + word + "'", "all or any", ""));
    }

    private void refuseUnless(HttpScope scope, String name, String only, String why) {
        scope.nearest(name)
                .filter(directive -> !directive.argument(0).text().equalsIgnoreCase(only))
                .ifPresent(directive -> findings.error(
                        directive.position(),
                        "'" + name + " " + directive.argument(0) + "' cannot be honoured: " + why,
                        only,
                        ""));
    }

    private void tellValuesOfSites(HttpScope scope) {
        for (var directive : scope.level().directives()) {
            if (OF_SITES.contains(directive.keyword())) {
                findings.warning(
                        directive.position(),
                        "'" + directive.keyword() + "' in a location is not honoured: it holds for whole servers",
                        "write it in the server");
            }
        }
    }

    private List<HttpRoute> locations(HttpScope scope, LocationPath around) {
        var routes = new ArrayList<HttpRoute>();
        var seen = new HashSet<String>();
        for (var directive : scope.level().all("location")) {
            var path = LocationPath.read(findings, variables, directive);
            var level = blocks.read(directive.children(), Context.LOCATION);
            if (path.isEmpty()) {
                continue;
            }
            checkNesting(scope, path.get(), around, directive);
            var key = path.get().isExact() || path.get().isNamed()
                    ? path.get().written()
                    : path.get().text();
            if (!path.get().isExpression() && !seen.add(key)) {
                findings.error(
                        directive.argument(0).position(),
                        "location '" + path.get().text() + "' is duplicate",
                        "",
                        "remove one of them");
            }
            routes.add(read(scope.inner(Context.LOCATION, level), path.get()));
        }
        return routes;
    }

    private void checkNesting(HttpScope scope, LocationPath path, LocationPath around, Directive directive) {
        if (scope.context() != Context.LOCATION) {
            return;
        }
        var at = directive.argument(0).position();
        if (around.isExact() || around.isNamed()) {
            findings.error(
                    at,
                    "location '" + path.text() + "' is inside location '" + around.written() + "'",
                    "locations within a prefix or an expression only",
                    "");
        } else if (path.isNamed()) {
            findings.error(at, "location '" + path.text() + "' is inside a location", "it in the server", "");
        } else if (!path.isExpression() && !path.text().startsWith(around.text())) {
            findings.error(
                    at,
                    "location '" + path.text() + "' is outside location '" + around.text() + "'",
                    "a path that begins with that of the location around it",
                    "");
        }
    }
}
