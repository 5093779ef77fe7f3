package io.steelyard.config.haproxy;

import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.config.haproxy.Statement.Prefix;
import io.steelyard.config.haproxy.expression.Condition;
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
    private final ConnectionRuleReader connectionRules;
    private final Map<String, Proxy> backends;

    FrontReader(Findings findings, Rules rules, ConnectionRuleReader connectionRules, Map<String, Proxy> backends) {
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
     */
    record Front(
            Proxy proxy,
            List<ListenAddress> addresses,
            Map<ListenAddress, TlsServer> tls,
            List<Gate> gates,
            List<Choice> choices,
            Optional<Proxy> backend) {
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
        for (var rule : proxy.all("use_backend")) {
            readChoice(proxy, rule).ifPresent(choices::add);
        }
        return new Front(proxy, addresses, tls, gates, choices, defaultBackend(proxy, !choices.isEmpty()));
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
        if (proxy.kind() != Place.BACKEND && connectionRules.isNeeded(proxy)) {
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
        var name = rule.argument(0);
        if (name.text().contains("%[")) {
            findings.error(
                    name.position(),
                    "'use_backend " + name + "' cannot be honoured: names are not made of expressions yet",
                    "the name of a backend",
                    "");
            return Optional.empty();
        }
        var backend = find(name);
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
        if (found.get().isDisabled()) {
            findings.warning(name.position(), found.get() + " is disabled: connections are closed at once", "");
            return Optional.empty();
        }
        return found;
    }
}
