package io.steelyard.config.nginx;

import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpProxy.ForwardedPath;
import io.steelyard.api.http.LocationRewrite;
import io.steelyard.api.http.RetryRule;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.text.Template;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads {@code proxy_pass} and what belongs to it. */
final class ProxyReader {
    /** Fields of servers' answers that nginx keeps to itself (documentation of {@code proxy_hide_header}). */
    private static final Set<String> HIDDEN = Set.of(
            "date",
            "server",
            "x-pad",
            "x-accel-expires",
            "x-accel-redirect",
            "x-accel-limit-rate",
            "x-accel-buffering",
            "x-accel-charset");

    private static final int LEAST_BUFFER_BYTES = 1_024;
    private static final int MOST_BUFFER_BYTES = 16 << 20;

    private final Findings findings;
    private final VariableScope variables;
    private final Pools pools;
    private final ResolverReader resolvers;
    private final CookieReader cookies;
    private final BufferReader buffers;
    private final TlsReader tls;

    ProxyReader(Findings findings, VariableScope variables, Pools pools, ResolverReader resolvers) {
        this.resolvers = resolvers;
        this.findings = findings;
        this.variables = variables;
        this.pools = pools;
        tls = new TlsReader(findings, variables);
        cookies = new CookieReader(findings, variables);
        buffers = new BufferReader(findings);
    }

    /**
     * Where requests go.
     *
     * @param server what names the pool or server
     * @param path what is asked of it
     * @param url the text of {@code proxy_pass}, for {@code proxy_redirect default}
     * @param hasUri whether there is a path in it
     * @param isTls whether TLS is spoken with the server
     */
    private record Destination(Template server, ForwardedPath path, String url, boolean hasUri, boolean isTls) {
        private boolean hasVariables() {
            return path instanceof ForwardedPath.InServer;
        }
    }

    /** How requests of a location are proxied; empty where they are not, or, told, where it is wrong. */
    Optional<HttpProxy> read(HttpScope scope, LocationPath location) {
        var pass = scope.level().first("proxy_pass");
        var destination = pass.flatMap(directive -> destination(directive, location));
        var builder = HttpProxy.to(destination.map(Destination::server).orElse(Template.literal("")));
        destination.ifPresent(to -> builder.path(to.path()));
        fields(scope).forEach(builder::requestField);
        builder.hiddenFields(hidden(scope));
        redirects(scope, destination, location).forEach(builder::location);
        cookies.read(scope).forEach(builder::cookie);
        builder.version(version(scope))
                .transport(transport(scope, destination.map(Destination::isTls).orElse(false)))
                .sendTimeout(time(scope, "proxy_send_timeout"))
                .readTimeout(time(scope, "proxy_read_timeout"))
                .retry(retry(scope))
                .buffersRequest(
                        scope.nearest("proxy_request_buffering", Values::flag).orElse(true))
                .buffersResponse(scope.nearest("proxy_buffering", Values::flag).orElse(true))
                .mostBufferBytes(buffers.memoryBytes(scope))
                .mostFileBytes(buffers.fileBytes(scope))
                .serverChoosesBuffering(buffers.areChosenByServer(scope))
                .interceptsErrors(
                        scope.nearest("proxy_intercept_errors", Values::flag).orElse(false));
        refuse(scope, "proxy_cache", "off", "answers are not cached");
        refuse(scope, "proxy_store", "off", "answers are not stored");
        refuse(scope, "proxy_pass_request_headers", "on", "requests' fields are always forwarded");
        refuse(scope, "proxy_pass_request_body", "on", "requests' bodies are always forwarded");
        refuse(scope, "proxy_limit_rate", "0", "it is not supported yet");
        return destination.map(to -> builder.build());
    }

    private Optional<Destination> destination(Directive pass, LocationPath location) {
        var word = pass.argument(0);
        var text = word.text();
        boolean isTls = text.toLowerCase(Locale.ROOT).startsWith("https://");
        if (text.indexOf('$') >= 0) {
            return variables
                    .template(word)
                    .map(server -> new Destination(server, new ForwardedPath.InServer(), text, false, isTls));
        }
        if (!isTls && !text.toLowerCase(Locale.ROOT).startsWith("http://")) {
            findings.error(
                    word.position(),
                    "'proxy_pass " + text + "' has no scheme",
                    "http:// before a name or an address",
                    text.contains("://") ? "" : "write http://" + text);
            return Optional.empty();
        }
        var rest = text.substring(isTls ? "https://".length() : "http://".length());
        int end = uriStart(rest);
        var server = rest.substring(0, end);
        var uri = rest.substring(end).startsWith(":") ? rest.substring(end + 1) : rest.substring(end);
        if (server.isEmpty()) {
            findings.error(word.position(), "'proxy_pass " + text + "' names no server", "http://NAME", "");
            return Optional.empty();
        }
        if (!uri.isEmpty() && !location.hasPrefix()) {
            findings.error(
                    word.position(),
                    "'proxy_pass' has a URI in a location that is a regular expression or a name",
                    "no path behind the server",
                    "remove '" + uri + "', or rewrite the path before");
            return Optional.empty();
        }
        if (uri.startsWith("?")) {
            uri = "/" + uri;
        }
        var path = uri.isEmpty() ? new ForwardedPath.Same() : new ForwardedPath.PrefixReplaced(uri);
        var pool = isTls ? pools.ofHttps(word, server) : pools.ofHttp(word, server);
        return pool.map(name -> new Destination(Template.literal(name), path, text, !text.endsWith(server), isTls));
    }

    /** Where the server ends: a path begins, or for a socket's name the colon after it stands. */
    private static int uriStart(String rest) {
        if (rest.startsWith("unix:")) {
            int colon = rest.indexOf(':', "unix:".length());
            return colon < 0 ? rest.length() : colon;
        }
        for (int i = 0; i < rest.length(); i++) {
            if (rest.charAt(i) == '/' || rest.charAt(i) == '?') {
                return i;
            }
        }
        return rest.length();
    }

    private List<FieldChange> fields(HttpScope scope) {
        var changes = new ArrayList<FieldChange>();
        for (var directive : scope.nearestAll("proxy_set_header")) {
            FieldChanges.change(findings, variables, directive, FieldChange.Kind.SET, true)
                    .ifPresent(changes::add);
        }
        return changes;
    }

    private static Set<String> hidden(HttpScope scope) {
        var hidden = new HashSet<>(HIDDEN);
        scope.nearestAll("proxy_hide_header").forEach(directive -> hidden.add(lower(directive)));
        scope.nearestAll("proxy_pass_header").forEach(directive -> hidden.remove(lower(directive)));
        return hidden;
    }

    private static String lower(Directive directive) {
        return directive.argument(0).text().toLowerCase(Locale.ROOT);
    }

    private List<LocationRewrite> redirects(HttpScope scope, Optional<Destination> destination, LocationPath location) {
        var rewrites = new ArrayList<LocationRewrite>();
        var directives = scope.nearestAll("proxy_redirect");
        if (directives.isEmpty()) {
            destination
                    .filter(to -> !to.hasVariables())
                    .map(to -> standard(to, location))
                    .ifPresent(rewrites::add);
            return rewrites;
        }
        boolean isOff = false;
        for (var directive : directives) {
            var first = directive.argument(0).text();
            if (directive.arguments().size() == 2) {
                redirect(directive).ifPresent(rewrites::add);
            } else if (first.equals("off")) {
                isOff = true;
            } else if (!first.equals("default")) {
                findings.badArgument(directive, directive.argument(0), "off, default, or two arguments");
            } else if (scope.level().first("proxy_pass").isEmpty()) {
                findings.error(
                        directive.position(),
                        "'proxy_redirect default' has no 'proxy_pass' beside it",
                        "",
                        "remove it");
            } else {
                standard(scope, directive, destination, location).ifPresent(rewrites::add);
            }
        }
        return isOff ? List.of() : rewrites;
    }

    private Optional<LocationRewrite> standard(
            HttpScope scope, Directive directive, Optional<Destination> destination, LocationPath location) {
        var around = scope.level().directives();
        if (around.indexOf(scope.level().first("proxy_pass").orElseThrow()) > around.indexOf(directive)) {
            findings.error(
                    directive.position(), "'proxy_redirect default' stands before 'proxy_pass'", "it behind it", "");
            return Optional.empty();
        }
        if (destination.isPresent() && destination.get().hasVariables()) {
            findings.error(
                    directive.position(),
                    "'proxy_redirect default' does not go with variables in 'proxy_pass'",
                    "",
                    "write both of its texts, or off");
            return Optional.empty();
        }
        return destination.map(to -> standard(to, location));
    }

    private static LocationRewrite standard(Destination to, LocationPath location) {
        return to.hasUri()
                ? new LocationRewrite(false, false, Template.literal(to.url()), Template.literal(location.text()))
                : new LocationRewrite(false, false, Template.literal(to.url() + "/"), Template.literal("/"));
    }

    private Optional<LocationRewrite> redirect(Directive directive) {
        var from = directive.argument(0);
        var to = variables.template(directive.argument(1));
        if (from.text().startsWith("~")) {
            boolean ignoresCase = from.text().startsWith("~*");
            var expression = from.text().substring(ignoresCase ? 2 : 1);
            var pattern = Patterns.check(findings, from, expression);
            pattern.ifPresent(known -> variables.defineGroups(known.names().stream()));
            return pattern.isPresent()
                    ? to.map(text -> new LocationRewrite(true, ignoresCase, Template.literal(expression), text))
                    : Optional.empty();
        }
        return variables.template(from).flatMap(text -> to.map(by -> new LocationRewrite(false, false, text, by)));
    }

    private HttpProxy.Version version(HttpScope scope) {
        return scope.nearestWord("proxy_http_version")
                .map(word -> switch (word.text()) {
                    case "1.0" -> HttpProxy.Version.HTTP_1_0;
                    case "1.1" -> HttpProxy.Version.HTTP_1_1;
                    default -> {
                        findings.error(
                                word.position(),
                                word.text().equals("2")
                                        ? "'proxy_http_version 2' cannot be honoured: servers are spoken to with HTTP/1"
                                        : "'proxy_http_version' has the argument '" + word + "'",
                                "1.0 or 1.1",
                                "");
                        yield HttpProxy.Version.HTTP_1_1;
                    }
                })
                .orElse(HttpProxy.Version.HTTP_1_1);
    }

    private ProxyOptions transport(HttpScope scope, boolean isTls) {
        var options = ProxyOptions.builder().connectTimeout(time(scope, "proxy_connect_timeout"));
        scope.nearest("proxy_socket_keepalive", Values::flag).ifPresent(options::keepAlive);
        scope.nearest("proxy_buffer_size", Values::size)
                .ifPresent(bytes -> options.bufferBytes(Math.clamp(bytes, LEAST_BUFFER_BYTES, MOST_BUFFER_BYTES)));
        scope.nearest("proxy_bind").ifPresent(bind -> source(bind, options));
        resolvers.read(scope).ifPresent(options::nameLookup);
        if (isTls) {
            options.tls(tls.client(TlsReader.of(scope), Template.parse("$proxy_host")));
        }
        return options.build();
    }

    /** The local address: fixed, with a port or without, or worked out for each connection. */
    private void source(Directive bind, ProxyOptions.Builder options) {
        ServerSettings.checkBind(bind, findings);
        var word = bind.argument(0);
        options.transparent(bind.arguments().size() == 2);
        if (word.text().indexOf('$') >= 0) {
            variables.template(word).ifPresent(options::sourceText);
        } else if (!word.text().equals("off")) {
            try {
                var from = ServerSettings.source(word.text());
                options.sourceAddress(from.getAddress().getHostAddress()).sourcePort(from.getPort());
            } catch (IllegalArgumentException told) {
                // By the check.
            }
        }
    }

    private static Duration time(HttpScope scope, String name) {
        return scope.nearest(name, Values::positiveTime).orElse(Duration.ofSeconds(60));
    }

    private RetryRule retry(HttpScope scope) {
        var directive = scope.nearest("proxy_next_upstream");
        var reasons = new HashSet<>(RetryRule.DEFAULT.reasons());
        boolean repeatsUnsafe = false;
        if (directive.isPresent()) {
            reasons.clear();
            boolean isOff = false;
            for (var word : directive.get().arguments()) {
                switch (word.text()) {
                    case "off" -> isOff = true;
                    case "non_idempotent" -> repeatsUnsafe = true;
                    default -> reason(directive.get(), word).ifPresent(reasons::add);
                }
            }
            if (isOff) {
                reasons.clear();
            }
        }
        return new RetryRule(
                reasons,
                repeatsUnsafe,
                scope.nearest("proxy_next_upstream_tries", Values::number).orElse(0),
                scope.nearest("proxy_next_upstream_timeout", Values::time).orElse(Duration.ZERO));
    }

    private Optional<RetryRule.Reason> reason(Directive directive, Word word) {
        var reason = switch (word.text()) {
            case "error" -> RetryRule.Reason.ERROR;
            case "timeout" -> RetryRule.Reason.TIMEOUT;
            case "invalid_header" -> RetryRule.Reason.INVALID_HEADER;
            case "http_403" -> RetryRule.Reason.STATUS_403;
            case "http_404" -> RetryRule.Reason.STATUS_404;
            case "http_429" -> RetryRule.Reason.STATUS_429;
            case "http_500" -> RetryRule.Reason.STATUS_500;
            case "http_502" -> RetryRule.Reason.STATUS_502;
            case "http_503" -> RetryRule.Reason.STATUS_503;
            case "http_504" -> RetryRule.Reason.STATUS_504;
            default -> null;
        };
        if (reason == null) {
            findings.badArgument(directive, word, "error, timeout, invalid_header, http_STATUS, non_idempotent or off");
        }
        return Optional.ofNullable(reason);
    }

    private void refuse(HttpScope scope, String name, String only, String why) {
        scope.nearestWord(name)
                .filter(word -> !word.text().equalsIgnoreCase(only))
                .ifPresent(word -> findings.error(
                        word.position(), "'" + name + " " + word + "' cannot be honoured: " + why, only, ""));
    }
}
