package io.steelyard.config.haproxy;

import io.steelyard.api.affinity.RequestAffinity;
import io.steelyard.api.affinity.ServerAffinity;
import io.steelyard.api.http.Condition;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads how the clients of a backend in mode http come back to their servers: {@code use-server}, {@code cookie}, {@code stick}, in this order
 * of precedence, and when they do not.
 */
final class RequestAffinityReader {
    private final Findings findings;
    private final Rules rules;
    private final Texts texts;
    private final CookieReader cookies;
    private final StickReader sticks;

    RequestAffinityReader(Findings findings, Rules rules, Texts texts, StickReader sticks) {
        this.findings = findings;
        this.rules = rules;
        this.texts = texts;
        this.sticks = sticks;
        cookies = new CookieReader(findings);
    }

    /** @param servers the names of the backend's servers */
    Optional<RequestAffinity> read(Proxy backend, Set<String> servers) {
        var all = new ArrayList<RequestAffinity.Rule>();
        backend.all("use-server")
                .forEach(statement -> named(backend, statement, servers).ifPresent(all::add));
        cookies.read(backend).ifPresent(all::add);
        all.addAll(sticks.rules(backend));
        if (all.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new RequestAffinity(
                all, backend.has("option persist"), when(backend, "force-persist"), when(backend, "ignore-persist")));
    }

    private Optional<ServerAffinity> named(Proxy backend, Statement statement, Set<String> servers) {
        var name = statement.argument(0);
        boolean isFixed = name.text().indexOf('%') < 0;
        if (isFixed && !servers.contains(name.text())) {
            findings.error(
                    name.position(),
                    "unknown server '" + name + "'",
                    "one of " + String.join(", ", servers.stream().sorted().toList()),
                    "");
            return Optional.empty();
        }
        var condition = statement.arguments().subList(1, statement.arguments().size());
        if (rules.condition(backend, condition).isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new ServerAffinity(texts.format(backend, name.text()), texts.condition(backend, condition)));
        } catch (IllegalArgumentException wrong) {
            findings.error(name.position(), "'use-server': " + wrong.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Condition> when(Proxy backend, String keyword) {
        var any = new ArrayList<Condition>();
        for (var statement : backend.all(keyword)) {
            List<Word> condition = statement.arguments();
            if (rules.condition(backend, condition).isPresent()) {
                texts.condition(backend, condition).ifPresent(any::add);
            }
        }
        return any.isEmpty()
                ? Optional.empty()
                : Optional.of(any.size() == 1 ? any.getFirst() : new Condition.AnyOf(any));
    }
}
