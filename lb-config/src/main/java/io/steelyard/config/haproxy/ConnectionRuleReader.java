package io.steelyard.config.haproxy;

import io.steelyard.api.http.Condition;
import io.steelyard.api.proxy.ConnectionRule;
import io.steelyard.api.proxy.ConnectionRule.Action;
import io.steelyard.api.proxy.ConnectionRule.Phase;
import io.steelyard.config.haproxy.expression.FetchMethod.Layer;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads {@code tcp-request} rules that a connection goes through when it was accepted. One thread. */
final class ConnectionRuleReader {
    private static final Map<String, Phase> PHASES = Map.of(
            "tcp-request connection", Phase.CONNECTION,
            "tcp-request session", Phase.SESSION,
            "tcp-request content", Phase.CONTENT);

    private final Findings findings;
    private final Rules rules;
    private final Texts texts;

    ConnectionRuleReader(Findings findings, Rules rules, Texts texts) {
        this.findings = findings;
        this.rules = rules;
        this.texts = texts;
    }

    private static Optional<Phase> phase(Proxy proxy, Statement statement) {
        var phase = Optional.ofNullable(PHASES.get(statement.keyword().name()));
        if (proxy.kind() == Place.BACKEND) {
            return phase.filter(one -> one == Phase.CONTENT && !proxy.isHttp()).map(content -> Phase.TARGET);
        }
        // Rules about content are gone through with each request in mode http.
        return phase.filter(one -> one != Phase.CONTENT || !proxy.isHttp());
    }

    /** Whether a proxy of mode tcp has rules that are more than addresses let in or not. */
    boolean isNeeded(Proxy proxy) {
        return proxy.statements().stream()
                .filter(statement -> phase(proxy, statement).isPresent())
                .anyMatch(statement -> isMore(proxy, statement));
    }

    private boolean isMore(Proxy proxy, Statement statement) {
        var words = statement.arguments();
        var action = words.getFirst().text();
        // What is rejected where it counts as a session is logged.
        boolean isLogged =
                statement.is("tcp-request content") && !proxy.all("log").isEmpty();
        if (isLogged || !action.equals("accept") && !action.equals("reject")) {
            return true;
        }
        return rules.condition(proxy, words.subList(Rules.conditionStart(words), words.size()))
                .flatMap(AddressRules::unknown)
                .isPresent();
    }

    /** The rules of a frontend, in order; those that are wrong are told and left out. */
    List<ConnectionRule> read(Proxy proxy) {
        var made = new ArrayList<ConnectionRule>();
        for (var statement : proxy.statements()) {
            phase(proxy, statement)
                    .flatMap(phase -> rule(proxy, statement, phase))
                    .ifPresent(made::add);
        }
        return made;
    }

    /** The rules of a backend, for the connections that come to it alone. */
    List<ConnectionRule> ofBackend(Proxy backend) {
        var isHere = texts.condition(
                backend,
                List.of("if", "{", "be_name", "-m", "str", "--", backend.name().text(), "}"),
                false);
        return read(backend).stream()
                .map(rule -> {
                    var both = Stream.of(isHere, rule.when())
                            .flatMap(Optional::stream)
                            .toList();
                    return new ConnectionRule(rule.phase(), Optional.of(new Condition.AllOf(both)), rule.action());
                })
                .toList();
    }

    private Optional<ConnectionRule> rule(Proxy proxy, Statement statement, Phase phase) {
        var words = statement.arguments();
        int end = Rules.conditionStart(words);
        var name = words.getFirst();
        var condition = words.subList(end, words.size());
        var held = rules.condition(proxy, condition);
        if (held.isEmpty()) {
            return Optional.empty();
        }
        boolean isSaid = phase == Phase.CONTENT || phase == Phase.TARGET;
        var unknown = held.get().acls().stream()
                .map(acl -> acl.expression().fetch())
                .filter(fetch -> fetch.method().layer().compareTo(isSaid ? Layer.CONTENT : Layer.CONNECTION) > 0)
                .findFirst();
        if (unknown.isPresent()) {
            findings.error(
                    condition.getFirst().position(),
                    "'" + statement.keyword().name() + "' cannot ask '" + unknown.get() + "': it is not known "
                            + (isSaid ? "in mode tcp" : "when a connection is accepted"),
                    "src, dst, their ports, what stick tables count"
                            + (isSaid ? ", and what the client's first bytes tell" : ""),
                    "");
            return Optional.empty();
        }
        if (isSaid) {
            tellEncrypted(proxy, statement, held.get());
        }
        try {
            var rest = words.subList(1, end).stream().map(Word::text).toList();
            var action = action(proxy, name.text(), rest);
            return Optional.of(new ConnectionRule(phase, texts.condition(proxy, condition), action));
        } catch (IllegalArgumentException wrong) {
            findings.error(name.position(), "'" + statement.keyword().name() + "': " + wrong.getMessage());
            return Optional.empty();
        }
    }

    /** What is encrypted is not looked into. */
    private void tellEncrypted(
            Proxy proxy, Statement statement, io.steelyard.config.haproxy.expression.Condition condition) {
        boolean speaksTls =
                proxy.all("bind").stream().anyMatch(bind -> bind.texts().contains("ssl"));
        condition.acls().stream()
                .map(acl -> acl.expression().fetch())
                .filter(fetch -> speaksTls && fetch.method().layer() == Layer.CONTENT)
                .findFirst()
                .ifPresent(fetch -> findings.warning(
                        statement.position(),
                        "'" + fetch
                                + "' has no value where TLS is spoken with clients: what they say there is not looked into",
                        "ask ssl_fc_sni and its like"));
    }

    private Action action(Proxy proxy, String name, List<String> rest) {
        var tracking = TrackingActions.tracking(proxy, texts, name, rest);
        if (tracking.isPresent()) {
            return new Action.Track(tracking.get());
        }
        var counting = TrackingActions.counting(proxy, texts, name, rest);
        if (counting.isPresent()) {
            return new Action.Count(counting.get());
        }
        return switch (name) {
            case "expect-proxy" -> {
                if (!rest.equals(List.of("layer4"))) {
                    throw new IllegalArgumentException("'expect-proxy' has to be followed by layer4");
                }
                yield new Action.ExpectHeader();
            }
            case "accept" -> new Action.Accept();
            case "reject" -> new Action.Reject();
            case "silent-drop" -> new Action.Vanish();
            default ->
                throw new IllegalArgumentException("'" + name
                        + "' cannot be honoured, expected accept, reject, expect-proxy layer4, silent-drop, track-sc0 to track-sc2, sc-inc-gpc0, "
                        + "sc-inc-gpc1, sc-inc-gpc(INDEX,COUNTER), sc-set-gpt0 or sc-set-gpt(INDEX,COUNTER)");
        };
    }
}
