package io.steelyard.config.haproxy;

import io.steelyard.api.http.Condition;
import io.steelyard.api.http.Content;
import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpRule;
import io.steelyard.api.text.Template;
import io.steelyard.config.haproxy.expression.LogFields;
import io.steelyard.config.haproxy.expression.Quoting;
import io.steelyard.config.haproxy.grammar.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads {@code stats} of proxies in mode http: the page of statistics, which can be read and no more. One thread. */
final class StatsReader {
    private static final String PAGE = "haproxy.statistics";
    private static final String DEFAULT_URI = "/haproxy?stats";
    private static final String DEFAULT_REALM = "HAProxy Statistics";

    private final Findings findings;
    private final Rules rules;
    private final Texts texts;

    /** By list: the lines that say who is in it. */
    private final Map<String, List<String>> users;

    StatsReader(Findings findings, Rules rules, Texts texts, Map<String, List<String>> users) {
        this.findings = findings;
        this.rules = rules;
        this.texts = texts;
        this.users = users;
    }

    /**
     * The page of one proxy.
     *
     * @param route the name of the route that serves it
     * @param rules which requests get there, to stand behind the proxy's own
     */
    record Stats(String route, Content content, List<HttpRule> rules) {}

    /** What the statements of a proxy say. */
    private static final class Draft {
        private final Map<String, String> options = new TreeMap<>();
        private final List<String> scope = new ArrayList<>();
        private final List<String> logins = new ArrayList<>();
        private final List<Statement> requests = new ArrayList<>();
        private String uri = DEFAULT_URI;
        private String realm = DEFAULT_REALM;
    }

    /** The page of a proxy; empty where it has none. A proxy that says something itself takes nothing over from its defaults. */
    Optional<Stats> read(Proxy proxy) {
        var own = proxy.own().stream().filter(StatsReader::isStats).toList();
        var statements = own.isEmpty()
                ? proxy.inherited().stream().filter(StatsReader::isStats).toList()
                : own;
        if (statements.isEmpty()) {
            return Optional.empty();
        }
        var draft = new Draft();
        for (var statement : statements) {
            try {
                read(proxy, statement, draft);
            } catch (IllegalArgumentException wrong) {
                findings.error(
                        statement.argument(0).position(),
                        "'stats " + statement.argument(0) + "': " + wrong.getMessage());
            }
        }
        draft.options.put("uri", draft.uri);
        if (!draft.scope.isEmpty()) {
            draft.options.put("scope", String.join(" ", draft.scope));
        }
        var route = "@stats/" + proxy.name();
        return Optional.of(new Stats(route, new Content.Page(PAGE, draft.options), rules(proxy, draft, route)));
    }

    private static boolean isStats(Statement statement) {
        return statement.is("stats") && statement.prefix() == Statement.Prefix.NONE;
    }

    private void read(Proxy proxy, Statement statement, Draft draft) {
        var words = statement.texts();
        var value = words.size() > 1 ? words.get(1) : "";
        switch (words.getFirst()) {
            case "enable" -> {}
            case "hide-version", "show-legends" -> draft.options.put(words.getFirst(), "true");
            case "uri" -> draft.uri = required(value);
            case "realm" -> draft.realm = required(value);
            case "auth" -> draft.logins.add(required(value));
            case "refresh" -> draft.options.put("refresh", seconds(required(value)));
            case "show-node" -> draft.options.put("node", value.isEmpty() ? LogFields.HOST_NAME : value);
            case "show-desc" -> draft.options.put("description", String.join(" ", words.subList(1, words.size())));
            case "scope" -> draft.scope.add(value.equals(".") ? proxy.name().text() : required(value));
            case "http-request" -> draft.requests.add(statement);
            case "admin" ->
                findings.warning(
                        statement.argument(0).position(),
                        "'stats admin' changes nothing: the page can only be read",
                        "use 'stats socket' for commands");
            case "show-modules" ->
                findings.accepted(statement.argument(0).position(), "stats show-modules", "the page has no modules");
            default ->
                throw new IllegalArgumentException("it is not known, expected admin, auth, enable, hide-version, "
                        + "http-request, realm, refresh, scope, show-desc, show-legends, show-node or uri");
        }
    }

    private static String required(String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("it has no value");
        }
        return value;
    }

    /** A bare number is seconds here. */
    private static String seconds(String text) {
        return Values.time(text, Duration.ofSeconds(1)).toMillis() + "ms";
    }

    private List<HttpRule> rules(Proxy proxy, Draft draft, String route) {
        var made = new ArrayList<HttpRule>();
        var asked = texts.condition(proxy, List.of("if", "{", "url", "-m", "beg", "--", draft.uri, "}"), false)
                .orElseThrow();
        if (!draft.logins.isEmpty() && draft.requests.isEmpty()) {
            made.add(both(asked, Optional.of(unknownUser(proxy, draft)), login(draft.realm)));
        }
        for (var statement : draft.requests) {
            var words = statement.arguments().subList(1, statement.arguments().size());
            int end = Rules.conditionStart(words);
            var condition = words.subList(end, words.size());
            if (end == 0 || rules.condition(proxy, condition).isEmpty()) {
                continue;
            }
            made.add(both(asked, texts.condition(proxy, condition), action(statement, words, draft, route)));
        }
        var posted = texts.condition(proxy, List.of("if", "METH_POST"), false);
        made.add(both(asked, posted, refusedPost(draft.uri)));
        made.add(both(asked, Optional.empty(), new HttpAction.Go(route)));
        return made;
    }

    private static HttpAction action(Statement statement, List<Word> words, Draft draft, String route) {
        return switch (words.getFirst().text()) {
            case "allow" -> new HttpAction.Go(route);
            case "deny" -> new HttpAction.Fail(403, Duration.ZERO);
            case "auth" ->
                login(
                        words.size() > 2 && words.get(1).text().equals("realm")
                                ? words.get(2).text()
                                : draft.realm);
            default ->
                throw new IllegalArgumentException("'stats http-request " + words.getFirst()
                        + "' cannot be honoured at " + statement.position() + ": expected allow, auth or deny");
        };
    }

    private Condition unknownUser(Proxy proxy, Draft draft) {
        var list = ".stats." + proxy.name();
        users.put(
                list,
                draft.logins.stream()
                        .map(login -> {
                            int colon = login.indexOf(':');
                            var name = colon < 0 ? login : login.substring(0, colon);
                            return Quoting.join(
                                    List.of("user", list, name, colon < 0 ? "" : login.substring(colon + 1)));
                        })
                        .toList());
        return texts.condition(proxy, List.of("unless", "{", "http_auth(" + list + ")", "}"), false)
                .orElseThrow();
    }

    private static HttpRule both(Condition asked, Optional<Condition> further, HttpAction action) {
        var condition = further.<Condition>map(each -> new Condition.AllOf(List.of(asked, each)))
                .orElse(asked);
        return new HttpRule(Optional.of(condition), List.of(action));
    }

    /** As HAProxy answers where nobody may change anything. */
    private static HttpAction refusedPost(String uri) {
        return new HttpAction.Respond(
                303,
                List.of(
                        field("cache-control", "no-cache"),
                        field("content-type", "text/plain"),
                        field("location", uri + ";st=DENY")),
                Template.literal(""));
    }

    private static FieldChange field(String name, String value) {
        return new FieldChange(FieldChange.Kind.SET, name, Template.literal(value), true);
    }

    private static HttpAction login(String realm) {
        return HttpActions.login(realm);
    }
}
