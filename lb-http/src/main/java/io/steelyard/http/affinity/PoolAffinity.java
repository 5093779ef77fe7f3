package io.steelyard.http.affinity;

import io.steelyard.api.Personality;
import io.steelyard.api.affinity.CookieAffinity;
import io.steelyard.api.affinity.CookieAffinity.Value;
import io.steelyard.api.affinity.RequestAffinity;
import io.steelyard.api.affinity.RouteAffinity;
import io.steelyard.api.affinity.ServerAffinity;
import io.steelyard.api.affinity.TableAffinity;
import io.steelyard.api.http.Condition;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.octet.Octets;
import io.steelyard.pool.stick.LearnedServers;
import io.steelyard.pool.stick.StickTables;
import io.steelyard.pool.variable.CompiledCondition;
import io.steelyard.pool.variable.CompiledTemplate;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.pool.variable.VariableTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The {@link RequestAffinity} of a pool, made ready. Immutable but for what its tables learn; safe for all threads. */
public final class PoolAffinity {
    /** A rule, made ready. */
    sealed interface Rule {}

    /**
     * @param sealed what makes and understands the values; null where they are names
     * @param attributes worked out for each answer
     */
    record ByCookie(
            CookieAffinity configured,
            byte[] name,
            StickyNames names,
            @Nullable SealedCookie sealed,
            List<CompiledTemplate> attributes)
            implements Rule {}

    record ByRoute(List<CompiledTemplate> values, StickyNames names) implements Rule {}

    record ByServer(CompiledTemplate server, @Nullable CompiledCondition when) implements Rule {}

    record ByTable(
            TableAffinity configured,
            CompiledTemplate key,
            @Nullable CompiledCondition when,
            LearnedServers table) implements Rule {}

    private final ServerPool pool;
    private final boolean persists;
    private final @Nullable CompiledCondition persistsWhen;
    private final @Nullable CompiledCondition ignoredWhen;
    private final List<Rule> rules = new ArrayList<>();

    public PoolAffinity(ServerPool pool, RequestAffinity configured, VariableTable variables, StickTables tables) {
        this.pool = pool;
        persists = configured.persists();
        persistsWhen = test(configured.persistsWhen(), variables);
        ignoredWhen = test(configured.ignoredWhen(), variables);
        for (var rule : configured.rules()) {
            rules.add(
                    switch (rule) {
                        case CookieAffinity cookie -> byCookie(cookie, variables);
                        case RouteAffinity route ->
                            new ByRoute(
                                    route.values().stream()
                                            .map(variables::compile)
                                            .toList(),
                                    StickyNames.of(pool, new Value.Named()));
                        case ServerAffinity named ->
                            new ByServer(variables.compile(named.server()), test(named.when(), variables));
                        case TableAffinity use ->
                            new ByTable(
                                    use,
                                    variables.compile(use.key()),
                                    test(use.when(), variables),
                                    tables.table(use.table()));
                    });
        }
    }

    private static @Nullable CompiledCondition test(Optional<Condition> condition, VariableTable variables) {
        return condition
                .map(given -> CompiledCondition.compile(given, variables))
                .orElse(null);
    }

    private ByCookie byCookie(CookieAffinity cookie, VariableTable variables) {
        var ids = pool.servers().stream().map(RealServer::id).toList();
        var sealed = cookie.value() instanceof Value.Signed signed
                ? new SealedCookie(signed, cookie.name(), pool.name(), ids)
                : null;
        return new ByCookie(
                cookie,
                Octets.bytes(cookie.name()),
                StickyNames.of(pool, cookie.value()),
                sealed,
                cookie.computedAttributes().stream().map(variables::compile).toList());
    }

    /** The pool it was made for: a changed one wants another. */
    public boolean isOf(ServerPool other) {
        return pool == other;
    }

    Personality personality() {
        return pool.personality();
    }

    /** Whether a request's server gets it although it is down. */
    boolean persists(Evaluation evaluation) {
        return persists || persistsWhen != null && persistsWhen.holds(evaluation);
    }

    /** Whether cookies say nothing about a request. */
    boolean ignoresCookies(Evaluation evaluation) {
        return ignoredWhen != null && ignoredWhen.holds(evaluation);
    }

    List<Rule> rules() {
        return rules;
    }

    /**
     * Finds the server that a request's client had.
     *
     * @param nowSeconds since 1970
     * @param nowNs of the monotonic clock that the tables go by
     */
    public ClientAffinity open(FieldBlock request, Evaluation evaluation, long nowSeconds, long nowNs) {
        return new ClientAffinity(this, request, evaluation, nowSeconds, nowNs);
    }
}
