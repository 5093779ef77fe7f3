package io.steelyard.config.yaml;

import io.steelyard.api.http.Condition;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpRule;
import java.util.List;

/** {@link HttpRule}. */
final class RuleSection extends Section<HttpRule> {
    private final Key<HttpRule, Condition> condition =
            absent("condition", new ConditionSection(), HttpRule::condition, "always", "When it is done.");
    private final Key<HttpRule, List<HttpAction>> actions = required(
            "actions",
            Forms.list(new ActionSection()),
            HttpRule::actions,
            "What is done, in order, until one of them ends the rules.");

    RuleSection() {
        super("rule");
    }

    @Override
    HttpRule make(Values values) {
        return new HttpRule(values.find(condition), values.get(actions));
    }
}
