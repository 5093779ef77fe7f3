package io.steelyard.core.session;

import io.steelyard.api.affinity.Counting;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.proxy.ConnectionRule;
import io.steelyard.api.proxy.ConnectionRule.Action;
import io.steelyard.api.proxy.ConnectionRule.Phase;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.pool.stick.StickTables;
import io.steelyard.pool.stick.TrackedKeys;
import io.steelyard.pool.variable.CompiledCondition;
import io.steelyard.pool.variable.CompiledTemplate;
import io.steelyard.pool.variable.ConnectionFacts;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.pool.variable.VariableTable;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rules that a virtual server's connections go through, made ready. Immutable, safe for all threads. */
public final class ConnectionGate {
    private record Rule(
            Action action,
            @Nullable CompiledCondition when,
            @Nullable CompiledTemplate value) {}

    private final String listener;
    private final VariableTable variables;
    private final StickTables tables;
    private final Function<String, @Nullable Balancer> pools;
    private final Map<Phase, List<Rule>> rules = new EnumMap<>(Phase.class);

    /** @param pools the pools that conditions may ask about */
    ConnectionGate(
            String listener,
            List<ConnectionRule> configured,
            VariableTable variables,
            StickTables tables,
            Function<String, @Nullable Balancer> pools) {
        this.listener = listener;
        this.variables = variables;
        this.tables = tables;
        this.pools = pools;
        for (var phase : Phase.values()) {
            rules.put(
                    phase,
                    configured.stream()
                            .filter(rule -> rule.phase() == phase)
                            .map(this::ready)
                            .toList());
        }
    }

    private Rule ready(ConnectionRule rule) {
        var value = switch (rule.action()) {
            case Action.Track track -> variables.compile(track.tracking().key());
            case Action.Count count -> variables.compile(count.counting().value());
            default -> null;
        };
        return new Rule(
                rule.action(),
                rule.when()
                        .map(condition -> CompiledCondition.compile(condition, variables))
                        .orElse(null),
                value);
    }

    /** Whether there are rules of a phase. */
    public boolean has(Phase phase) {
        return !rules.getOrDefault(phase, List.of()).isEmpty();
    }

    /** A connection comes to the gate; expressions see it from now on. On its loop. */
    public Passage open(ConnectionFacts facts) {
        var view = new ConnectionView(facts, listener, tables, TrackedKeys.ofConnection(), pools);
        facts.view(view);
        return new Passage(this, view, variables.open(facts));
    }

    /** What the rules of a phase come to. */
    public enum Verdict {
        ADMITTED,
        REJECTED,
        /** To be closed without a word to the client. */
        FORGOTTEN,
        /** More of what the client says is awaited. */
        WAITING
    }

    /** One connection on its way through. Owned by its loop. */
    public static final class Passage {
        private final ConnectionGate gate;
        private final ConnectionView view;
        private final Evaluation evaluation;
        private boolean isHeaderExpected;

        private Passage(ConnectionGate gate, ConnectionView view, Evaluation evaluation) {
            this.gate = gate;
            this.view = view;
            this.evaluation = evaluation;
        }

        ConnectionView view() {
            return view;
        }

        /** To be ended with the connection. */
        public TrackedKeys tracked() {
            return view.trackedKeys();
        }

        /** Whether a rule said that the connection begins with a PROXY protocol header. */
        public boolean isHeaderExpected() {
            return isHeaderExpected;
        }

        /** Goes through the rules of a phase. A connection that gets through those of {@link Phase#SESSION} counts as a session. */
        public Verdict pass(Phase phase) {
            view.takeAwaited();
            for (var rule : gate.rules.getOrDefault(phase, List.of())) {
                var when = rule.when();
                boolean applies = when == null || when.holds(evaluation);
                if (view.takeAwaited()) {
                    return Verdict.WAITING;
                }
                if (!applies) {
                    continue;
                }
                switch (rule.action()) {
                    case Action.Accept accept -> {
                        return admitted(phase);
                    }
                    case Action.Reject reject -> {
                        return Verdict.REJECTED;
                    }
                    case Action.Vanish vanish -> {
                        return Verdict.FORGOTTEN;
                    }
                    case Action.Track track -> track(track.tracking(), rule.value());
                    case Action.Count count -> count(count.counting(), rule.value());
                    case Action.ExpectHeader header -> isHeaderExpected = true;
                }
            }
            return admitted(phase);
        }

        private Verdict admitted(Phase phase) {
            if (phase == Phase.SESSION) {
                view.trackedKeys().countSession();
            }
            return Verdict.ADMITTED;
        }

        private void track(Tracking tracking, @Nullable CompiledTemplate key) {
            var table = gate.tables.counted(tracking.table());
            if (table != null && key != null) {
                tracked().track(tracking.slot(), table, evaluation.raw(key));
            }
        }

        private void count(Counting counting, @Nullable CompiledTemplate value) {
            if (value != null) {
                tracked().count(counting, evaluation.raw(value));
            }
        }
    }
}
