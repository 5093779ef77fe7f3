package io.steelyard.http.route;

import io.steelyard.api.http.Content;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.OwnAnswer;
import io.steelyard.api.http.PathMatch;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.text.NamedPattern;
import io.steelyard.pool.variable.CompiledTemplate;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.pool.variable.LogLine;
import io.steelyard.pool.variable.VariableTable;
import io.steelyard.realip.address.Addresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A route, made ready for requests. Immutable, safe for all threads. */
public final class Route {
    /** Stands for clients on UNIX sockets in rules about networks. */
    private static final InetAddress NO_ADDRESS = Addresses.inetAddress(0, 0);

    /** A log and its line. */
    public record Log(AccessLog configured, LogLine line) {}

    /** A place and the error page it belongs to. */
    public record Page(io.steelyard.api.http.ErrorPage configured, CompiledTemplate place) {}

    /** An answer of our own, made ready. */
    public record Own(OwnAnswer configured, FieldChanges fields, CompiledTemplate body) {}

    /**
     * Who may ask by name and password, made ready.
     *
     * @param users null where there is no list of users
     * @param isEnough whether either this or the client's address is enough
     */
    public record Login(CompiledTemplate realm, @Nullable CompiledTemplate users, boolean isEnough) {}

    private final HttpRoute configured;
    private final RuleList rules;
    private final List<Log> logs;
    private final List<Page> errorPages;
    private final FieldChanges responseFields;
    private final RuleList responseRules;
    private final RuleList answerRules;
    private final Map<Integer, Own> answers = new HashMap<>();
    private final @Nullable ProxyPlan proxy;
    private final @Nullable CompiledTemplate text;
    private final @Nullable FilePlan files;
    private final @Nullable ClientTrust clientTrust;
    private final @Nullable Login login;

    private final Map<String, Route> exact = new HashMap<>();

    /** Longest first. */
    private final List<Route> prefixes = new ArrayList<>();

    private final List<Expression> expressions = new ArrayList<>();
    private final Map<String, Route> named = new HashMap<>();

    private record Expression(NamedPattern pattern, Route route) {}

    Route(HttpRoute configured, VariableTable variables) {
        this.configured = configured;
        rules = new RuleList(configured.rules(), variables);
        logs = configured.accessLogs().stream()
                .map(log -> new Log(log, LogLine.compile(variables, log)))
                .toList();
        errorPages = configured.errorPages().stream()
                .map(page -> new Page(page, variables.compile(page.place())))
                .toList();
        responseFields = new FieldChanges(configured.responseFields(), variables);
        responseRules = new RuleList(configured.responseRules(), variables);
        answerRules = new RuleList(configured.answerRules(), variables);
        for (var answer : configured.answers()) {
            answers.putIfAbsent(
                    answer.status(),
                    new Own(answer, new FieldChanges(answer.fields(), variables), variables.compile(answer.body())));
        }
        proxy = switch (configured.content()) {
            case Content.RedirectToPool redirect ->
                new ProxyPlan(
                        redirect.others()
                                .orElseGet(
                                        () -> HttpProxy.toPool(redirect.pool()).build()),
                        variables);
            default ->
                configured
                        .content()
                        .proxy()
                        .map(toServer -> new ProxyPlan(toServer, variables))
                        .orElse(null);
        };
        text = configured.content() instanceof Content.Reply reply ? variables.compile(reply.text()) : null;
        files = configured.content() instanceof Content.Files some
                ? new FilePlan(some, configured.match(), variables)
                : null;
        clientTrust = configured.clientAddress().map(ClientTrust::new).orElse(null);
        login = configured
                .authentication()
                .map(asked -> new Login(
                        variables.compile(asked.realm()),
                        asked.users().map(variables::compile).orElse(null),
                        asked.isEnough()))
                .orElse(null);
        for (var nested : configured.routes()) {
            add(nested, new Route(nested, variables));
        }
        prefixes.sort(Comparator.comparingInt((Route route) -> route.prefix().length())
                .reversed());
    }

    private void add(HttpRoute nested, Route route) {
        switch (nested.match()) {
            case PathMatch.Exact match -> exact.put(match.path(), route);
            case PathMatch.Prefix match -> prefixes.add(route);
            case PathMatch.Expression match ->
                expressions.add(new Expression(NamedPattern.compile(match.text(), match.ignoresCase()), route));
            case PathMatch.Named match -> {}
        }
        named.put(nested.name(), route);
    }

    public HttpRoute configured() {
        return configured;
    }

    public RuleList rules() {
        return rules;
    }

    public List<Log> logs() {
        return logs;
    }

    public FieldChanges responseFields() {
        return responseFields;
    }

    /** What is done when a server has answered. */
    public RuleList responseRules() {
        return responseRules;
    }

    /** What is done with every answer. */
    public RuleList answerRules() {
        return answerRules;
    }

    /** What is answered with a status; null for a page of ours. */
    public @Nullable Own answer(int status) {
        return answers.get(status);
    }

    /** How requests are handed to servers; null where none is. */
    public @Nullable ProxyPlan proxy() {
        return proxy;
    }

    /** Where files are; null where the content is another. */
    public @Nullable FilePlan files() {
        return files;
    }

    /** The text of a fixed answer; null where the content is another. */
    public @Nullable CompiledTemplate text() {
        return text;
    }

    /** Whose word about the client is taken; null for nobody's. */
    public @Nullable ClientTrust clientTrust() {
        return clientTrust;
    }

    /** The page for a status. */
    public Optional<Page> errorPage(int status) {
        for (var page : errorPages) {
            if (page.configured().statuses().contains(status)) {
                return Optional.of(page);
            }
        }
        return Optional.empty();
    }

    /**
     * The first access rule that is about the client; null where none is.
     *
     * @param address null for a client on a UNIX socket
     */
    public @Nullable AccessRule accessRule(@Nullable InetAddress address) {
        var client = address == null ? NO_ADDRESS : address;
        for (var rule : configured.access()) {
            if (rule.matches(client)) {
                return rule;
            }
        }
        return null;
    }

    /** Who may ask by name and password; null for everybody. */
    public @Nullable Login login() {
        return login;
    }

    /** A route by name, here or in a route nested in this one; null where there is none. */
    public @Nullable Route named(String name) {
        var route = named.get(name);
        if (route != null) {
            return route;
        }
        for (var nested : named.values()) {
            var inside = nested.named(name);
            if (inside != null) {
                return inside;
            }
        }
        return null;
    }

    /** What a search for a route found. */
    public sealed interface Found {
        /** The route for the path: perhaps the one the search began at. */
        record Match(Route route) implements Found {}

        /** A route of a server for the path with a slash at its end: the client is sent there (status 301). */
        record AddSlash() implements Found {}
    }

    /** Searches the routes nested in this one, as {@link PathMatch} tells. Groups of an expression become variables of the request. */
    public Found find(String path, Evaluation evaluation) {
        var same = exact.get(path);
        if (same != null) {
            return new Found.Match(same);
        }
        var longest = longestPrefix(path);
        boolean isNamed = longest != null && longest.prefix().length() == path.length();
        if (!isNamed && lacksSlash(path)) {
            return new Found.AddSlash();
        }
        Found remembered = new Found.Match(this);
        boolean asksExpressions = true;
        if (longest != null) {
            asksExpressions = !longest.isFinal();
            remembered = longest.find(path, evaluation);
            if (remembered instanceof Found.AddSlash || endsSearch(remembered)) {
                return remembered;
            }
        }
        if (asksExpressions) {
            for (var expression : expressions) {
                if (evaluation.matches(expression.pattern(), path)) {
                    return expression.route().find(path, evaluation);
                }
            }
        }
        return remembered;
    }

    /** An exact match or an expression, found in a nested route, ends the search. */
    private static boolean endsSearch(Found found) {
        return found instanceof Found.Match match
                && !(match.route().configured.match() instanceof PathMatch.Prefix)
                && !(match.route().configured.match() instanceof PathMatch.Named);
    }

    /** Whether a prefix here is the path and a slash, leads to a server, and nothing else is the path. */
    private boolean lacksSlash(String path) {
        for (var route : prefixes) {
            var prefix = route.prefix();
            if (route.proxy != null
                    && prefix.length() == path.length() + 1
                    && prefix.endsWith("/")
                    && prefix.startsWith(path)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Route longestPrefix(String path) {
        for (var route : prefixes) {
            if (path.startsWith(route.prefix())) {
                return route;
            }
        }
        return null;
    }

    private boolean isFinal() {
        return configured.match() instanceof PathMatch.Prefix match && match.isFinal();
    }

    private String prefix() {
        return configured.match() instanceof PathMatch.Prefix match ? match.path() : "";
    }

    /** How much of a path this route's own match is: what a proxy replaces. */
    public int prefixLength() {
        return switch (configured.match()) {
            case PathMatch.Prefix match -> match.path().length();
            case PathMatch.Exact match -> match.path().length();
            case PathMatch.Expression match -> 0;
            case PathMatch.Named match -> 0;
        };
    }
}
