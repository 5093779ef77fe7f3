package io.steelyard.config.haproxy;

import io.steelyard.api.http.Condition;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpAction.Edit;
import io.steelyard.api.http.HttpAction.Names;
import io.steelyard.api.http.HttpRule;
import io.steelyard.api.text.Template;
import io.steelyard.config.haproxy.grammar.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes rules of the model of a proxy's rules in mode http, in the order in which HAProxy goes through them. One thread. */
final class RuleReader {
    private static final List<String> KINDS = List.of("http-request", "http-response", "http-after-response");

    private final Findings findings;
    private final Rules rules;
    private final Texts texts;
    private final Map<String, Proxy> backends;

    RuleReader(Findings findings, Rules rules, Texts texts, Map<String, Proxy> backends) {
        this.findings = findings;
        this.rules = rules;
        this.texts = texts;
        this.backends = backends;
    }

    /** The rules about requests, about servers' answers, and about all answers. */
    record ProxyRules(List<HttpRule> requests, List<HttpRule> responses, List<HttpRule> finals) {}

    /**
     * How a frontend chooses a backend.
     *
     * @param isAny whether a rule works out a name for each request
     */
    record Choice(List<HttpRule> rules, List<Proxy> backends, Optional<Proxy> otherwise, boolean isAny) {}

    ProxyRules read(Proxy proxy, Captures captures) {
        new HttpRules(findings, rules).check(proxy, KINDS);
        var actions = new HttpActions(proxy, texts, captures);
        var requests = new ArrayList<HttpRule>();
        var responses = new ArrayList<HttpRule>();
        monitor(proxy, requests);
        captures(proxy, captures, requests, responses);
        uniqueId(proxy, requests);
        refusals(proxy, actions, requests);
        for (var statement : proxy.all("block")) {
            add(proxy, new HttpAction.Fail(403, Duration.ZERO), statement.arguments(), requests);
        }
        rules(proxy, "http-request", actions, requests);
        for (var statement : proxy.all("reqadd")) {
            added(proxy, statement, requests);
        }
        for (var statement : proxy.all("redirect")) {
            redirect(proxy, statement, actions, requests);
        }
        rules(proxy, "http-response", actions, responses);
        for (var statement : proxy.all("rspadd")) {
            added(proxy, statement, responses);
        }
        var finals = new ArrayList<HttpRule>();
        rules(proxy, "http-after-response", actions, finals);
        count(captures, requests, responses);
        return new ProxyRules(requests, responses, finals);
    }

    private void rules(Proxy proxy, String kind, HttpActions actions, List<HttpRule> into) {
        for (var statement : proxy.all(kind)) {
            var words = statement.arguments();
            int end = Rules.conditionStart(words);
            if (end == 0) {
                continue;
            }
            var idle = HttpActions.whyIdle(words.getFirst().text());
            if (idle.isPresent()) {
                findings.accepted(words.getFirst().position(), kind + " " + words.getFirst(), idle.get());
                continue;
            }
            make(statement, () -> actions.make(kind, words.subList(0, end))).ifPresent(action -> {
                var condition = words.subList(end, words.size());
                if (words.getFirst().text().equals("normalize-uri")) {
                    refuseWhatHasNoOtherForm(proxy, words.subList(1, end), condition, into);
                }
                int from = into.size();
                add(proxy, action, condition, into);
                if (words.getFirst().text().startsWith("set-var(")) {
                    only(proxy, "if", text(words.subList(1, end)), into, from);
                }
            });
        }
    }

    private static String text(List<Word> expression) {
        return expression.stream().map(Word::text).collect(Collectors.joining());
    }

    private void refuseWhatHasNoOtherForm(
            Proxy proxy, List<Word> normalizer, List<Word> condition, List<HttpRule> into) {
        var read = UriRules.read(normalizer.stream().map(Word::text).toList());
        if (read.isStrict()) {
            int from = into.size();
            add(proxy, new HttpAction.Fail(400, Duration.ZERO), condition, into);
            only(proxy, "unless", read.expression(), into, from);
        }
    }

    /** Rules from one on hold besides if, or unless, an expression has a value: a variable, for example, keeps its value where there is no other. */
    private void only(Proxy proxy, String keyword, String expression, List<HttpRule> rules, int from) {
        var isFound = texts.condition(proxy, List.of(keyword, "{", expression, "-m", "found", "}"), false);
        for (int i = from; i < rules.size(); i++) {
            var rule = rules.get(i);
            var both = new ArrayList<Condition>();
            rule.condition().ifPresent(both::add);
            isFound.ifPresent(both::add);
            rules.set(i, new HttpRule(Optional.of(new Condition.AllOf(both)), rule.actions()));
        }
    }

    private void redirect(Proxy proxy, Statement statement, HttpActions actions, List<HttpRule> into) {
        var words = statement.arguments();
        int end = Rules.conditionStart(words);
        var texts = words.subList(0, end).stream().map(Word::text).toList();
        make(statement, () -> actions.redirection(texts))
                .ifPresent(action -> add(proxy, action, words.subList(end, words.size()), into));
    }

    /** What makes an action. */
    private interface Making {
        HttpAction make();
    }

    private Optional<HttpAction> make(Statement statement, Making making) {
        try {
            return Optional.of(making.make());
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    statement.argument(0).position(), "'" + statement.keyword().name() + "': " + wrong.getMessage());
        } catch (IndexOutOfBoundsException | NoSuchElementException tooFew) {
            findings.error(
                    statement.argument(0).position(),
                    "'" + statement.keyword().name() + "': '" + statement.argument(0) + "' has too few arguments");
        }
        return Optional.empty();
    }

    private void add(Proxy proxy, HttpAction action, List<Word> condition, List<HttpRule> into) {
        if (rules.condition(proxy, condition).isPresent()) {
            into.add(rule(texts.condition(proxy, condition), action));
        }
    }

    private static HttpRule rule(Optional<Condition> condition, HttpAction... actions) {
        return new HttpRule(condition, List.of(actions));
    }

    /** The old {@code reqadd} and {@code rspadd}: a whole line, the name and the value parted by a colon. */
    private void added(Proxy proxy, Statement statement, List<HttpRule> into) {
        var line = statement.argument(0);
        int colon = line.text().indexOf(':');
        if (colon < 1) {
            findings.error(line.position(), "'" + line + "' is no header field", "name: value", "");
            return;
        }
        var action = new HttpAction.EditField(
                Edit.ADD,
                line.text().substring(0, colon),
                Names.ARE,
                "",
                Template.literal(line.text().substring(colon + 1).strip()));
        add(
                proxy,
                action,
                statement.arguments().subList(1, statement.arguments().size()),
                into);
    }

    // ---- before the rules

    private void monitor(Proxy proxy, List<HttpRule> into) {
        var uri = proxy.last("monitor-uri");
        if (uri.isEmpty()) {
            return;
        }
        var asked = texts.condition(
                proxy,
                List.of(
                        "if",
                        "{",
                        "url",
                        "-m",
                        "str",
                        "--",
                        uri.get().argument(0).text(),
                        "}"),
                false);
        for (var fail : proxy.all("monitor")) {
            var words = fail.arguments();
            if (words.getFirst().text().equals("fail")
                    && rules.condition(proxy, words.subList(1, words.size())).isPresent()) {
                var fails = texts.condition(proxy, words.subList(1, words.size()));
                var both =
                        new Condition.AllOf(List.of(asked.orElseThrow(), fails.orElse(new Condition.AllOf(List.of()))));
                into.add(rule(Optional.of(both), new HttpAction.Fail(503, Duration.ZERO)));
            }
        }
        into.add(rule(asked, new HttpAction.Fail(200, Duration.ZERO)));
    }

    private void captures(Proxy proxy, Captures captures, List<HttpRule> requests, List<HttpRule> responses) {
        for (var statement : proxy.all("declare")) {
            if (statement.texts().size() > 1 && statement.texts().get(0).equals("capture")) {
                captures.add(statement.texts().get(1).equals("request"));
            }
        }
        for (var statement : proxy.all("capture")) {
            var words = statement.texts();
            boolean isRequest = words.getFirst().equals("request");
            if (words.getFirst().equals("cookie") && words.size() == 4) {
                cookie(proxy, words.get(1), words.get(3), requests, responses);
            } else if (words.size() == 5 && words.get(1).equals("header")) {
                var name = words.get(2);
                var text = (isRequest ? "%[req.fhdr(" : "%[res.fhdr(") + name + "),bytes(0," + words.get(4) + ")]";
                var slot = (isRequest ? "capture.req." : "capture.res.") + captures.add(isRequest);
                var condition =
                        List.of("if", "{", (isRequest ? "req" : "res") + ".fhdr(" + name + ")", "-m", "found", "}");
                (isRequest ? requests : responses)
                        .add(rule(
                                texts.condition(proxy, condition, false),
                                new HttpAction.Remember(slot, Optional.of(texts.format(proxy, text)))));
            } else {
                findings.error(
                        statement.position(),
                        "'capture " + String.join(" ", words) + "' cannot be read",
                        "capture request header NAME len LENGTH, or response or cookie NAME",
                        "");
            }
        }
    }

    private void cookie(Proxy proxy, String name, String length, List<HttpRule> requests, List<HttpRule> responses) {
        requests.add(rule(
                texts.condition(proxy, List.of("if", "{", "req.cook(" + name + ")", "-m", "found", "}"), false),
                new HttpAction.Remember(
                        "capture.cookie.request",
                        Optional.of(
                                texts.format(proxy, name + "=%[req.cook(" + name + "),bytes(0," + length + ")]")))));
        responses.add(rule(
                texts.condition(proxy, List.of("if", "{", "res.cook(" + name + ")", "-m", "found", "}"), false),
                new HttpAction.Remember(
                        "capture.cookie.response",
                        Optional.of(
                                texts.format(proxy, name + "=%[res.cook(" + name + "),bytes(0," + length + ")]")))));
    }

    /** Tells the log how many captures there are. */
    private static void count(Captures captures, List<HttpRule> requests, List<HttpRule> responses) {
        for (boolean isRequest : new boolean[] {true, false}) {
            int count = captures.count(isRequest);
            if (count > 0) {
                requests.addFirst(rule(
                        Optional.empty(),
                        new HttpAction.Remember(
                                isRequest ? "capture.req.count" : "capture.res.count",
                                Optional.of(Template.literal(Integer.toString(count))))));
            }
        }
    }

    private void uniqueId(Proxy proxy, List<HttpRule> requests) {
        var format = proxy.last("unique-id-format");
        if (format.isEmpty()) {
            return;
        }
        requests.add(rule(
                Optional.empty(),
                new HttpAction.Remember(
                        "txn.unique-id",
                        Optional.of(texts.format(proxy, format.get().argument(0).text())))));
        proxy.last("unique-id-header")
                .ifPresent(header -> requests.add(rule(
                        Optional.empty(),
                        new HttpAction.EditField(
                                Edit.ADD,
                                header.argument(0).text(),
                                Names.ARE,
                                "",
                                texts.format(proxy, "%[unique-id]")))));
    }

    /** {@code tcp-request content}, of each request: clients that are not let in are closed at once. */
    private void refusals(Proxy proxy, HttpActions actions, List<HttpRule> into) {
        var passed = new ArrayList<Condition>();
        for (var statement : proxy.all("tcp-request content")) {
            var words = statement.arguments();
            int end = Rules.conditionStart(words);
            var condition = words.subList(end, words.size());
            int from = into.size();
            switch (words.getFirst().text()) {
                case "accept" -> {
                    if (rules.condition(proxy, condition).isPresent()) {
                        passed.add(texts.condition(proxy, condition).orElse(new Condition.AllOf(List.of())));
                    }
                }
                case "silent-drop" -> add(proxy, new HttpAction.Vanish(), condition, into);
                case "reject" ->
                    add(proxy, new HttpAction.Reply(444, Optional.empty(), Optional.empty()), condition, into);
                default ->
                    make(statement, () -> actions.make("tcp-request content", words.subList(0, end)))
                            .ifPresent(action -> add(proxy, action, condition, into));
            }
            for (int i = from; i < into.size(); i++) {
                into.set(i, unless(passed, into.get(i)));
            }
        }
    }

    /** A rule that is not gone through where one of these let the request pass before. */
    private static HttpRule unless(List<Condition> passed, HttpRule rule) {
        if (passed.isEmpty()) {
            return rule;
        }
        var all = new ArrayList<Condition>();
        passed.forEach(condition -> all.add(new Condition.Not(condition)));
        rule.condition().ifPresent(all::add);
        return new HttpRule(Optional.of(new Condition.AllOf(all)), rule.actions());
    }

    // ---- behind the rules of the backend

    /** {@code option forwardfor}, {@code originalto} and {@code forwarded} of a frontend and its backend. */
    List<HttpRule> forwarding(Proxy frontend, Proxy backend) {
        var made = new ArrayList<HttpRule>();
        told(frontend, backend, "option forwardfor", "X-Forwarded-For", "src", made);
        told(frontend, backend, "option originalto", "X-Original-To", "dst", made);
        backend.last("option forwarded")
                .or(() -> frontend.last("option forwarded"))
                .ifPresent(statement -> {
                    make(statement, () -> (HttpAction) new HttpAction.EditField(
                                    Edit.ADD, "forwarded", Names.ARE, "", texts.forwarded(backend, statement.texts())))
                            .ifPresent(action -> made.add(rule(Optional.empty(), action)));
                });
        return made;
    }

    private static boolean hasUnixSocket(Proxy frontend) {
        return frontend.all("bind").stream()
                .flatMap(bind -> Stream.of(bind.argument(0).text().split(",", -1)))
                .anyMatch(text -> text.startsWith("/") || text.startsWith("unix@") || text.startsWith("abns@"));
    }

    private void told(Proxy frontend, Proxy backend, String option, String field, String fetch, List<HttpRule> made) {
        var statement = backend.last(option).or(() -> frontend.last(option));
        if (statement.isEmpty()) {
            return;
        }
        var name = field;
        var condition = new ArrayList<String>();
        var words = statement.get().texts();
        for (int i = 0; i < words.size(); i++) {
            switch (words.get(i)) {
                case "except" ->
                    condition.addAll(List.of("!{", fetch, words.get(Math.min(++i, words.size() - 1)), "}"));
                case "header" -> name = words.get(Math.min(++i, words.size() - 1));
                case "if-none" -> condition.add("if-none");
                default ->
                    findings.error(
                            statement.get().argument(i).position(),
                            "'" + option + "' has no parameter '" + words.get(i) + "'",
                            "except, header or if-none",
                            "");
            }
        }
        if (condition.remove("if-none")) {
            condition.addAll(List.of("!{", "req.fhdr(" + name + ")", "-m", "found", "}"));
        }
        if (hasUnixSocket(frontend)) {
            // Its clients have no address, and nothing is told of them.
            condition.addAll(List.of("{", fetch, "-m", "found", "}"));
        }
        if (!condition.isEmpty()) {
            condition.addFirst("if");
            condition.replaceAll(word -> word);
        }
        var split = new ArrayList<String>();
        for (var word : condition) {
            if (word.equals("!{")) {
                split.add("!");
                split.add("{");
            } else {
                split.add(word);
            }
        }
        made.add(rule(
                texts.condition(backend, split, false),
                new HttpAction.EditField(
                        Edit.ADD,
                        name.toLowerCase(java.util.Locale.ROOT),
                        Names.ARE,
                        "",
                        texts.format(backend, "%[" + fetch + "]"))));
    }

    // ---- which backend

    Choice choices(Proxy proxy) {
        var made = new ArrayList<HttpRule>();
        var used = new ArrayList<Proxy>();
        boolean isAny = false;
        for (var statement : proxy.all("use_backend")) {
            var words = statement.arguments();
            var name = words.getFirst();
            var condition = words.subList(1, words.size());
            if (name.text().contains("%[")) {
                isAny = true;
                make(statement, () -> new HttpAction.GoTo(texts.format(proxy, "@" + name.text())))
                        .ifPresent(action -> add(proxy, action, condition, made));
                continue;
            }
            find(name, proxy).ifPresent(backend -> {
                used.add(backend);
                add(proxy, new HttpAction.Go(HttpServiceMaker.routeName(backend)), condition, made);
            });
        }
        var named = proxy.last("default_backend").flatMap(statement -> find(statement.argument(0), proxy));
        boolean hasServers = proxy.kind() == Place.LISTEN && proxy.has("server", "server-template", "dispatch");
        var otherwise = named.or(() -> hasServers ? Optional.of(proxy) : Optional.empty());
        if (otherwise.isEmpty()
                && used.isEmpty()
                && proxy.all("redirect").isEmpty()
                && proxy.all("http-request").isEmpty()
                && proxy.all("stats").isEmpty()) {
            findings.warning(
                    proxy.name().position(),
                    proxy + " has no backend: requests are answered with status 503",
                    "add 'default_backend NAME'");
        }
        return new Choice(made, used, otherwise, isAny);
    }

    private Optional<Proxy> find(Word name, Proxy frontend) {
        var found = Optional.ofNullable(backends.get(name.text()));
        if (found.isEmpty()) {
            findings.error(
                    name.position(),
                    "unknown backend '" + name + "'",
                    backends.isEmpty()
                            ? "the name of a backend"
                            : "one of "
                                    + String.join(
                                            ", ",
                                            backends.keySet().stream().sorted().toList()),
                    "");
        } else if (!found.get().isHttp()) {
            findings.error(
                    name.position(),
                    frontend + " is in mode http and cannot use " + found.get() + ", which is in mode tcp",
                    "a backend in mode http",
                    "");
        }
        return found;
    }
}
