package io.steelyard.api.affinity;

import io.steelyard.api.http.Condition;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Brings an HTTP client's later requests back to one server of a pool, before tiers and scheduler are asked. The rules are asked in order; the
 * first that names a server which may be used decides. Servers that drain, and those of weight 0, still serve the clients they have; what
 * holds for others follows from the pool's {@link io.steelyard.api.Personality}:
 *
 * <table>
 * <caption>What becomes of a client whose server cannot take the request</caption>
 * <tr><th>its server</th><th>native</th><th>nginx</th><th>HAProxy</th></tr>
 * <tr><td>is down or disabled</td><td>another, for good</td><td>another, for good</td><td>another, for good; or the same, see {@code
 * persists}</td></tr>
 * <tr><td>is at its limit</td><td>another, this time only</td><td>another, for good</td><td>waits for it, as long as its own queue has
 * room; then another, for good</td></tr>
 * <tr><td>fails the request</td><td>another, for good</td><td>another, for good</td><td>as {@link io.steelyard.api.http.RetryRule.SameServer}
 * says</td></tr>
 * </table>
 *
 * @param rules in order of precedence
 * @param persists whether the clients of a server that is down are sent to it all the same (HAProxy {@code option persist})
 * @param persistsWhen where else they are (HAProxy {@code force-persist}); absent for nowhere
 * @param ignoredWhen where cookies say nothing, and none is set (HAProxy {@code ignore-persist}); absent for nowhere
 */
public record RequestAffinity(
        List<Rule> rules, boolean persists, Optional<Condition> persistsWhen, Optional<Condition> ignoredWhen) {
    /** One way of knowing a client's server. */
    public sealed interface Rule permits CookieAffinity, RouteAffinity, ServerAffinity, TableAffinity {}

    /** Without conditions. */
    public RequestAffinity(List<Rule> rules, boolean persists) {
        this(rules, persists, Optional.empty(), Optional.empty());
    }

    public RequestAffinity {
        Objects.requireNonNull(persistsWhen, "persistsWhen");
        Objects.requireNonNull(ignoredWhen, "ignoredWhen");
        rules = List.copyOf(rules);
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("there is no rule; expected at least one");
        }
    }

    public static RequestAffinity of(Rule... rules) {
        return new RequestAffinity(List.of(rules), false);
    }
}
