package io.steelyard.config.yaml;

import io.steelyard.api.affinity.Counting;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.http.Condition;
import io.steelyard.api.proxy.ConnectionRule;
import io.steelyard.api.proxy.ConnectionRule.Action;
import io.steelyard.api.proxy.ConnectionRule.Phase;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** {@link ConnectionRule}. */
final class ConnectionRuleSection extends Section<ConnectionRule> {
    private static final SequencedMap<String, Action> ENDS = new TreeMap<>(Map.of(
            "accept", new Action.Accept(),
            "reject", new Action.Reject(),
            "vanish", new Action.Vanish(),
            "expectHeader", new Action.ExpectHeader()));

    private final Key<ConnectionRule, Phase> phase = optional(
            "phase",
            Forms.word(Phase.class),
            ConnectionRule::phase,
            Phase.CONNECTION,
            "Rules of `connection` come first, then, behind header and TLS, those of `session`, then those of `content`, which may wait for what the client "
                    + "says, and those of `target`, once it is known what serves.");
    private final Key<ConnectionRule, Condition> condition =
            absent("condition", new ConditionSection(), ConnectionRule::when, "always", "When it is done.");
    private final Key<ConnectionRule, Action> then = absent(
            "then",
            Forms.word(ENDS),
            rule -> Optional.of(rule.action()).filter(ENDS::containsValue),
            "",
            "`accept` ends the rules of this phase, `reject` closes the connection, `vanish` closes it without a word to the client, `expectHeader` takes it to begin with a PROXY protocol header.");
    private final Key<ConnectionRule, Tracking> track = absent(
            "track",
            new TrackingSection(),
            rule -> as(rule, Action.Track.class).map(Action.Track::tracking),
            "",
            "Counts what the connection does under a key of a stick table.");
    private final Key<ConnectionRule, Counting> count = absent(
            "count",
            new CountingSection(),
            rule -> as(rule, Action.Count.class).map(Action.Count::counting),
            "",
            "Changes a counter of what is tracked.");

    ConnectionRuleSection() {
        super("connection rule");
    }

    private static <A extends Action> Optional<A> as(ConnectionRule rule, Class<A> type) {
        return Optional.of(rule.action()).filter(type::isInstance).map(type::cast);
    }

    @Override
    ConnectionRule make(Values values) {
        var given = Stream.<Optional<? extends Action>>of(
                        values.find(then),
                        values.find(track).map(Action.Track::new),
                        values.find(count).map(Action.Count::new))
                .<Action>flatMap(Optional::stream)
                .toList();
        if (given.size() != 1) {
            throw new IllegalArgumentException("a connection rule has "
                    + (given.isEmpty() ? "no action" : "several actions") + "; expected one of then, track, count");
        }
        return new ConnectionRule(values.or(phase, Phase.CONNECTION), values.find(condition), given.getFirst());
    }
}
