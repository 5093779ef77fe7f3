package io.steelyard.http.route;

import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpProxy.ForwardedPath;
import io.steelyard.api.http.LocationRewrite;
import io.steelyard.api.text.NamedPattern;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.NameSet;
import io.steelyard.pool.variable.CompiledTemplate;
import io.steelyard.pool.variable.VariableTable;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How requests are handed to servers, made ready. Immutable, safe for all threads. */
public final class ProxyPlan {
    /** A change of where redirections lead. */
    public record Location(@Nullable NamedPattern pattern, CompiledTemplate from, CompiledTemplate to) {}

    private final HttpProxy configured;
    private final CompiledTemplate server;
    private final FieldChanges requestFields;
    private final NameSet hidden;
    private final List<Location> locations;
    private final CookiePlan cookies;
    private final boolean passesAnyTrailer;
    private final Set<FieldName> trailers;
    private final @Nullable CompiledTemplate source;
    private final @Nullable CompiledTemplate givenPath;
    private final boolean setsHost;
    private final boolean setsUpgrade;
    private final long connectTimeoutNs;
    private final long sendTimeoutNs;
    private final long readTimeoutNs;
    private final long retryTimeoutNs;

    ProxyPlan(HttpProxy configured, VariableTable variables) {
        this.configured = configured;
        server = variables.compile(configured.server());
        requestFields = new FieldChanges(configured.requestFields(), variables);
        hidden =
                NameSet.of(configured.hiddenFields().stream().map(FieldName::of).toArray(FieldName[]::new));
        locations = configured.locations().stream()
                .map(location -> location(location, variables))
                .toList();
        cookies = new CookiePlan(configured.cookies(), variables);
        passesAnyTrailer = configured.passedTrailers().contains("*");
        trailers = passesAnyTrailer
                ? Set.of()
                : configured.passedTrailers().stream().map(FieldName::of).collect(Collectors.toUnmodifiableSet());
        source = configured.transport().sourceText().map(variables::compile).orElse(null);
        givenPath = configured.path() instanceof ForwardedPath.Given given ? variables.compile(given.text()) : null;
        setsHost = sets(FieldName.HOST);
        setsUpgrade = sets(FieldName.UPGRADE);
        connectTimeoutNs = configured.transport().connectTimeout().toNanos();
        sendTimeoutNs = configured.sendTimeout().toNanos();
        readTimeoutNs = configured.readTimeout().toNanos();
        retryTimeoutNs = configured.retry().timeout().isZero()
                ? Long.MAX_VALUE
                : configured.retry().timeout().toNanos();
    }

    private static Location location(LocationRewrite rewrite, VariableTable variables) {
        return new Location(
                rewrite.isExpression() ? NamedPattern.compile(rewrite.from().toString(), rewrite.ignoresCase()) : null,
                variables.compile(rewrite.from()),
                variables.compile(rewrite.to()));
    }

    private boolean sets(FieldName name) {
        return requestFields.changes().stream()
                .anyMatch(change ->
                        change.kind() == FieldChange.Kind.SET && change.name().equals(name));
    }

    /** What the local address of connections to servers is worked out from; null where it is fixed. */
    public @Nullable CompiledTemplate source() {
        return source;
    }

    public HttpProxy configured() {
        return configured;
    }

    /** What names the pool or server. */
    public CompiledTemplate server() {
        return server;
    }

    public FieldChanges requestFields() {
        return requestFields;
    }

    /** Fields of servers' answers that clients do not get. */
    public NameSet hidden() {
        return hidden;
    }

    public List<Location> locations() {
        return locations;
    }

    /** Whether there are trailer fields that are passed on. */
    public boolean passesTrailers() {
        return passesAnyTrailer || !trailers.isEmpty();
    }

    /** Whether a trailer field, which is none that must not stand there, is passed on. */
    public boolean passesTrailer(FieldBlock fields, int index) {
        if (passesAnyTrailer) {
            return true;
        }
        for (var name : trailers) {
            if (fields.isNamed(index, name)) {
                return true;
            }
        }
        return false;
    }

    public CookiePlan cookies() {
        return cookies;
    }

    /** The path and query servers are asked for whatever the client asked; null where they follow from the request. */
    public @Nullable CompiledTemplate givenPath() {
        return givenPath;
    }

    /** Whether {@code Host} is among the changes. */
    public boolean setsHost() {
        return setsHost;
    }

    /** Whether {@code Upgrade} is among the changes. */
    public boolean setsUpgrade() {
        return setsUpgrade;
    }

    public long connectTimeoutNs() {
        return connectTimeoutNs;
    }

    public long sendTimeoutNs() {
        return sendTimeoutNs;
    }

    public long readTimeoutNs() {
        return readTimeoutNs;
    }

    /** How long after the first try another may begin. */
    public long retryTimeoutNs() {
        return retryTimeoutNs;
    }
}
