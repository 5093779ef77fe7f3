package io.steelyard.config.haproxy;

import io.steelyard.api.proxy.ConnectionRule;
import io.steelyard.api.proxy.ConnectionRule.Action;
import io.steelyard.api.proxy.ConnectionRule.Phase;
import io.steelyard.config.haproxy.expression.FetchMethod.Layer;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
        // Rules about content are gone through with each request in mode http.
        return Optional.ofNullable(PHASES.get(statement.keyword().name()))
                .filter(phase -> phase != Phase.CONTENT || !proxy.isHttp());
    }

    /** Whether a frontend of mode tcp has rules that are more than addresses let in or not. */
    boolean isNeeded(Proxy proxy) {
        return proxy.statements().stream()
                .filter(statement -> phase(proxy, statement).isPresent())
                .anyMatch(this::isMore);
    }

    private boolean isMore(Statement statement) {
        var words = statement.arguments();
        var action = words.getFirst().text();
        boolean isLetIn = action.equals("accept") || action.equals("reject");
        return !isLetIn
                || words.stream()
                        .map(Word::text)
                        .anyMatch(word -> word.matches("(sc[0-2]?|src)_(?!port|is_local).*") || word.contains("table"));
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

    private Optional<ConnectionRule> rule(Proxy proxy, Statement statement, Phase phase) {
        var words = statement.arguments();
        int end = Rules.conditionStart(words);
        var name = words.getFirst();
        var condition = words.subList(end, words.size());
        var held = rules.condition(proxy, condition);
        if (held.isEmpty()) {
            return Optional.empty();
        }
        var unknown = held.get().acls().stream()
                .map(acl -> acl.expression().fetch())
                .filter(fetch -> fetch.method().layer().compareTo(Layer.CONNECTION) > 0)
                .findFirst();
        if (unknown.isPresent()) {
            findings.error(
                    condition.getFirst().position(),
                    "'" + statement.keyword().name() + "' cannot ask '" + unknown.get()
                            + "': it is not known when a connection is accepted",
                    "src, dst, their ports, and what stick tables count",
                    "");
            return Optional.empty();
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
            case "accept" -> new Action.Accept();
            case "reject", "silent-drop" -> new Action.Reject();
            default ->
                throw new IllegalArgumentException("'" + name
                        + "' cannot be honoured, expected accept, reject, silent-drop, track-sc0 to track-sc2, sc-inc-gpc0, "
                        + "sc-inc-gpc1 or sc-set-gpt0");
        };
    }
}
