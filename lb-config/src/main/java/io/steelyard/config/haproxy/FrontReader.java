package io.steelyard.config.haproxy;

import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.text.Template;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.config.haproxy.Statement.Prefix;
import io.steelyard.config.haproxy.expression.Condition;
import io.steelyard.config.haproxy.expression.FetchMethod.Layer;
import io.steelyard.config.haproxy.expression.LogFormat;
import io.steelyard.config.haproxy.expression.Quoting;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads who may connect to a {@code frontend} or {@code listen}, and where the connections go. */
final class FrontReader {
    private final Findings findings;
    private final Rules rules;
    private final Texts texts;
    private final ConnectionRuleReader connectionRules;
    private final Map<String, Proxy> backends;

    FrontReader(
            Findings findings,
            Rules rules,
            Texts texts,
            ConnectionRuleReader connectionRules,
            Map<String, Proxy> backends) {
        this.texts = texts;
        this.connectionRules = connectionRules;
        this.findings = findings;
        this.rules = rules;
        this.backends = backends;
    }

    /**
     * A {@code tcp-request} rule.
     *
     * @param phase rules of one phase are asked in turn until one applies; all phases must let a connection pass
     */
    record Gate(int phase, boolean isAccepted, Condition condition) {}

    /** A {@code use_backend} rule. */
    record Choice(Proxy backend, Condition condition) {}

    /**
     * The clients' side of a proxy.
     *
     * @param addresses where clients come to
     * @param tls how TLS is spoken at addresses that have it, of all fronts
     * @param gates who may connect
     * @param choices the first that applies says what serves
     * @param backend what serves where none applies; absent for nothing
     * @param chosen works out the name of what serves for each connection, where addresses do not tell; the choices are then those there are
     */
    record Front(
            Proxy proxy,
            List<ListenAddress> addresses,
            Map<ListenAddress, TlsServer> tls,
            List<Gate> gates,
            List<Choice> choices,
            Optional<Proxy> backend,
            Optional<Template> chosen) {
        /** Every backend that may serve. */
        List<Proxy> targets() {
            return Stream.concat(choices.stream().map(Choice::backend), backend.stream())
                    .distinct()
                    .toList();
        }

        /** Whether a backend of this name may serve its clients. */
        boolean uses(String name) {
            return targets().stream().anyMatch(used -> used.name().text().equals(name));
        }

        /**
         * Its addresses, those together where TLS is spoken in the same way, as a virtual server has one. Where it is not spoken at all, that is with
         * the first.
         */
        List<Group> groups() {
            var all = new LinkedHashMap<TlsServer, List<ListenAddress>>();
            var plain = new ArrayList<ListenAddress>();
            for (var address : addresses) {
                var own = address.tls() ? tls.get(address) : null;
                (own == null ? plain : all.computeIfAbsent(own, ignored -> new ArrayList<>())).add(address);
            }
            if (all.isEmpty()) {
                return List.of(new Group(plain, Optional.empty()));
            }
            var groups = new ArrayList<Group>();
            all.forEach((own, of) -> {
                if (groups.isEmpty()) {
                    of.addAll(plain);
                }
                groups.add(new Group(of, Optional.of(own)));
            });
            return groups;
        }

        /** The conditions of all rules. */
        List<Condition> conditions() {
            return Stream.concat(
                            gates.stream().map(Gate::condition),
                            choices.stream().map(Choice::condition))
                    .toList();
        }
    }

    /** Addresses of one virtual server. */
    record Group(List<ListenAddress> addresses, Optional<TlsServer> tls) {}

    Front read(Proxy proxy, List<ListenAddress> addresses, Map<ListenAddress, TlsServer> tls) {
        var gates = new ArrayList<Gate>();
        var choices = new ArrayList<Choice>();
        readGates(proxy, gates);
        var statements = proxy.all("use_backend");
        boolean isWorkedOut = statements.stream().anyMatch(rule -> isWorkedOut(proxy, rule));
        if (isWorkedOut) {
            var lines = new ArrayList<String>();
            statements.forEach(rule -> use(proxy, rule, lines, choices));
            var otherwise = defaultBackend(proxy, true);
            otherwise.ifPresent(backend ->
                    lines.add("default " + Quoting.join(List.of(backend.name().text()))));
            return new Front(proxy, addresses, tls, gates, choices, otherwise, Optional.of(texts.choice(proxy, lines)));
        }
        for (var rule : statements) {
            readChoice(proxy, rule).ifPresent(choices::add);
        }
        return new Front(
                proxy, addresses, tls, gates, choices, defaultBackend(proxy, !choices.isEmpty()), Optional.empty());
    }

    /** Whether it takes more than addresses to tell what a rule comes to. */
    private boolean isWorkedOut(Proxy proxy, Statement rule) {
        var condition = rule.arguments().subList(1, rule.arguments().size());
        return isExpression(rule)
                || rules.condition(proxy, condition)
                        .flatMap(AddressRules::unknown)
                        .isPresent();
    }

    private static boolean isExpression(Statement rule) {
        return rule.argument(0).text().contains("%[");
    }

    /** A rule as a line of what works the backend out; what it may choose is added to the choices. */
    private void use(Proxy proxy, Statement rule, List<String> lines, List<Choice> choices) {
        var words = rule.arguments().subList(1, rule.arguments().size());
        var condition = rules.condition(proxy, words);
        var unknown = condition.stream()
                .flatMap(held -> held.acls().stream())
                .map(acl -> acl.expression().fetch())
                .filter(fetch -> fetch.method().layer().compareTo(Layer.CONTENT) > 0)
                .findFirst();
        if (unknown.isPresent()) {
            findings.error(
                    words.getFirst().position(),
                    "'use_backend' cannot ask '" + unknown.get() + "': it is not known in mode tcp",
                    "addresses, TLS, and what the client's first bytes tell",
                    "");
        }
        if (unknown.isPresent() || condition.isEmpty()) {
            return;
        }
        List<Proxy> targets = List.of();
        if (isExpression(rule)) {
            targets = backends.values().stream()
                    .filter(backend -> !backend.isHttp() && !backend.isDisabled())
                    .toList();
            var names = targets.stream().map(backend -> backend.name().text()).toList();
            lines.add("known " + Quoting.join(names));
        } else {
            targets = find(rule.argument(0)).stream().toList();
        }
        targets.forEach(backend -> choices.add(new Choice(backend, Condition.ALWAYS)));
        try {
            LogFormat.parse(rule.argument(0).text());
            lines.addAll(texts.aclLines(proxy, words.stream().map(Word::text).toList()));
            lines.add("use " + Quoting.join(rule.texts()));
        } catch (IllegalArgumentException wrong) {
            findings.error(rule.argument(0).position(), "'use_backend': " + wrong.getMessage());
        }
    }

    /** The rules of a backend on the connections it gets. */
    List<Gate> gates(Proxy backend) {
        var gates = new ArrayList<Gate>();
        if (backend.kind() == Place.BACKEND) {
            readGates(backend, gates);
        }
        return gates;
    }

    private void readGates(Proxy proxy, List<Gate> gates) {
        if (connectionRules.isNeeded(proxy)) {
            return;
        }
        for (var rule : proxy.statements()) {
            int phase = switch (rule.keyword().name()) {
                case "tcp-request connection" -> 0;
                case "tcp-request session" -> 1;
                case "tcp-request content" -> proxy.kind() == Place.BACKEND ? 3 : 2;
                default -> -1;
            };
            if (phase >= 0) {
                readGate(proxy, rule, phase).ifPresent(gates::add);
            }
        }
    }

    private Optional<Gate> readGate(Proxy proxy, Statement rule, int phase) {
        var action = rule.argument(0);
        if (!action.text().equals("accept") && !action.text().equals("reject")) {
            findings.error(
                    action.position(),
                    "'" + rule.keyword().name() + "' cannot honour '" + action + "' yet",
                    "accept or reject",
                    "");
            return Optional.empty();
        }
        return condition(proxy, rule, 1)
                .map(held -> new Gate(phase, action.text().equals("accept"), held));
    }

    private Optional<Choice> readChoice(Proxy proxy, Statement rule) {
        var backend = find(rule.argument(0));
        var condition = condition(proxy, rule, 1);
        return backend.flatMap(found -> condition.map(held -> new Choice(found, held)));
    }

    private Optional<Condition> condition(Proxy proxy, Statement rule, int from) {
        var words = rule.arguments().subList(from, rule.arguments().size());
        var condition = rules.condition(proxy, words);
        var unknown = condition.flatMap(AddressRules::unknown);
        if (unknown.isPresent()) {
            findings.error(
                    words.getFirst().position(),
                    "'" + rule.keyword().name() + "' cannot ask '" + unknown.get()
                            + "': it is not known when a connection is accepted",
                    "src, dst or dst_port",
                    "");
            return Optional.empty();
        }
        return condition;
    }

    private Optional<Proxy> defaultBackend(Proxy proxy, boolean hasChoices) {
        var named = proxy.last("default_backend").filter(statement -> statement.prefix() == Prefix.NONE);
        if (named.isPresent()) {
            return find(named.get().argument(0));
        }
        boolean hasServers = proxy.kind() == Place.LISTEN && proxy.has("server", "server-template", "dispatch");
        if (hasServers) {
            return Optional.of(proxy);
        }
        if (!hasChoices) {
            findings.warning(
                    proxy.name().position(),
                    proxy + " has no backend: connections are closed at once",
                    "add 'default_backend NAME'");
        }
        return Optional.empty();
    }

    private Optional<Proxy> find(Word name) {
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
            return found;
        }
        if (found.get().isHttp()) {
            findings.warning(
                    name.position(),
                    found.get()
                            + " is in mode http, and this frontend in mode tcp: no HTTP is spoken for it, and its rules of HTTP do nothing",
                    "write 'mode http' in the frontend");
        }
        if (found.get().isDisabled()) {
            findings.warning(name.position(), found.get() + " is disabled: connections are closed at once", "");
            return Optional.empty();
        }
        return found;
    }
}
