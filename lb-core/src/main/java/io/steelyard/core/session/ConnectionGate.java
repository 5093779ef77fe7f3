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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rules that a virtual server's connections go through when they were accepted, made ready. Immutable, safe for all threads. */
public final class ConnectionGate {
    private record Rule(
            ConnectionRule configured,
            @Nullable CompiledCondition when,
            @Nullable CompiledTemplate value) {}

    private final String listener;
    private final VariableTable variables;
    private final StickTables tables;
    private final Function<String, @Nullable Balancer> pools;
    private final List<Rule> rules = new ArrayList<>();

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
            configured.stream().filter(rule -> rule.phase() == phase).forEach(rule -> rules.add(ready(rule)));
        }
    }

    private Rule ready(ConnectionRule rule) {
        var value = switch (rule.action()) {
            case Action.Track track -> variables.compile(track.tracking().key());
            case Action.Count count -> variables.compile(count.counting().value());
            default -> null;
        };
        return new Rule(
                rule,
                rule.when()
                        .map(condition -> CompiledCondition.compile(condition, variables))
                        .orElse(null),
                value);
    }

    /**
     * What came of the rules.
     *
     * @param tracked to be ended with the connection
     */
    public record Passage(boolean isAdmitted, TrackedKeys tracked) {}

    /** Goes through the rules; expressions see the connection from then on. On the connection's loop. */
    public Passage pass(ConnectionFacts facts) {
        var tracked = TrackedKeys.ofConnection();
        facts.view(new ConnectionView(facts, listener, tables, tracked, pools));
        var evaluation = variables.open(facts);
        var accepted = new boolean[Phase.values().length];
        boolean isSession = false;
        for (var rule : rules) {
            var phase = rule.configured().phase();
            if (phase == Phase.CONTENT && !isSession) {
                isSession = true;
                tracked.countSession();
            }
            var when = rule.when();
            if (accepted[phase.ordinal()] || when != null && !when.holds(evaluation)) {
                continue;
            }
            switch (rule.configured().action()) {
                case Action.Accept accept -> accepted[phase.ordinal()] = true;
                case Action.Reject reject -> {
                    return new Passage(false, tracked);
                }
                case Action.Track track -> track(track.tracking(), rule.value(), evaluation, tracked);
                case Action.Count count -> count(count.counting(), rule.value(), evaluation, tracked);
            }
        }
        if (!isSession) {
            tracked.countSession();
        }
        return new Passage(true, tracked);
    }

    private void track(Tracking tracking, @Nullable CompiledTemplate key, Evaluation evaluation, TrackedKeys tracked) {
        var table = tables.counted(tracking.table());
        if (table != null && key != null) {
            tracked.track(tracking.slot(), table, evaluation.raw(key));
        }
    }

    private static void count(
            Counting counting, @Nullable CompiledTemplate value, Evaluation evaluation, TrackedKeys tracked) {
        if (value != null) {
            tracked.count(counting, evaluation.raw(value));
        }
    }
}
