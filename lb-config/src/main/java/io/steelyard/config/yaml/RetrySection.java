package io.steelyard.config.yaml;

import io.steelyard.api.http.RetryRule;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** {@link RetryRule}. */
final class RetrySection extends Section<RetryRule> {
    private static final RetryRule DEFAULTS = RetryRule.DEFAULT;

    private final Key<RetryRule, List<RetryRule.Reason>> reasons = optional(
            "reasons",
            Forms.list(Forms.word(RetryRule.Reason.class)),
            rule -> rule.reasons().stream().sorted().toList(),
            DEFAULTS.reasons().stream().sorted().toList(),
            "What counts as a server's failure; for passive health too.");
    private final Key<RetryRule, Boolean> repeatsUnsafe = optional(
            "repeatsUnsafe",
            Forms.flag(),
            RetryRule::repeatsUnsafe,
            false,
            "Whether POST, LOCK and PATCH are repeated though the failed server may have carried them out.");
    private final Key<RetryRule, Integer> tries = optional(
            "tries",
            Forms.whole(0, Integer.MAX_VALUE),
            RetryRule::tries,
            0,
            "Servers tried in all; 0 for as many as there are.");
    private final Key<RetryRule, Duration> timeout = optional(
            "timeout",
            Forms.time(),
            RetryRule::timeout,
            Duration.ZERO,
            "How long after the first try another may begin; `0s` for no limit.");

    private final Key<RetryRule, RetryRule.SameServer> sameServer = absent(
            "sameServer",
            new SameServerSection(),
            RetryRule::sameServer,
            "another server at each try",
            "The server that failed is asked again, as HAProxy does; `tries` then is not bound by the number of servers.");

    RetrySection() {
        super("retry rule");
    }

    @Override
    RetryRule make(Values values) {
        return new RetryRule(
                values.find(reasons).<Set<RetryRule.Reason>>map(Set::copyOf).orElse(DEFAULTS.reasons()),
                values.or(repeatsUnsafe, false),
                values.or(tries, 0),
                values.or(timeout, Duration.ZERO),
                values.find(sameServer));
    }

    /** {@link RetryRule.SameServer}. */
    static final class SameServerSection extends Section<RetryRule.SameServer> {
        private final Key<RetryRule.SameServer, Integer> redispatch = optional(
                "redispatch",
                Forms.whole(Integer.MIN_VALUE, Integer.MAX_VALUE),
                RetryRule.SameServer::redispatch,
                0,
                "Which retries go to another server: 0 for none, n for every nth, -1 for the last.");
        private final Key<RetryRule.SameServer, Duration> pause = optional(
                "pause",
                Forms.time(),
                RetryRule.SameServer::pause,
                Duration.ZERO,
                "Before a server that refused a connection is asked again.");

        SameServerSection() {
            super("retry on the same server");
        }

        @Override
        RetryRule.SameServer make(Values values) {
            return new RetryRule.SameServer(values.or(redispatch, 0), values.or(pause, Duration.ZERO));
        }
    }
}
