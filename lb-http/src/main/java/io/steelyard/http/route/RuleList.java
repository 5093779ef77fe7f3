package io.steelyard.http.route;

import io.steelyard.api.http.HttpRule;
import io.steelyard.pool.variable.CompiledCondition;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.pool.variable.VariableTable;
import java.util.List;
import java.util.Optional;

/** The rules of a route, made ready. Immutable, safe for all threads. */
public final class RuleList {
    private record Rule(Optional<CompiledCondition> test, List<Step> steps) {}

    private final List<Rule> rules;

    RuleList(List<HttpRule> configured, VariableTable variables) {
        rules = configured.stream()
                .map(rule -> new Rule(
                        rule.condition().map(condition -> CompiledCondition.compile(condition, variables)),
                        rule.actions().stream()
                                .map(action -> Step.compile(action, variables))
                                .toList()))
                .toList();
    }

    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** Runs the rules over a request; what is changed of it is changed in {@code target}. */
    public Verdict run(Target target, Evaluation evaluation) {
        for (var rule : rules) {
            if (rule.test().isPresent() && !rule.test().get().holds(evaluation)) {
                continue;
            }
            for (var step : rule.steps()) {
                var verdict = step.run(target, evaluation);
                if (!(verdict instanceof Verdict.GoOn)) {
                    return verdict;
                }
            }
        }
        return target.takePathChanged() ? new Verdict.Search() : new Verdict.GoOn();
    }
}
