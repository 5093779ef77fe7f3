package io.steelyard.http.route;

import io.steelyard.api.http.CookieChange;
import io.steelyard.api.text.NamedPattern;
import io.steelyard.pool.variable.CompiledTemplate;
import io.steelyard.pool.variable.VariableTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes of the cookies servers set, made ready. Immutable, safe for all threads. */
public final class CookiePlan {
    /** @param pattern what matches; null where {@code from} says it */
    public record Rewrite(@Nullable NamedPattern pattern, CompiledTemplate from, CompiledTemplate to) {}

    /** @param pattern which names match; null where {@code name} says it */
    public record Flags(@Nullable NamedPattern pattern, CompiledTemplate name, CookieChange.Flags configured) {}

    private final List<Rewrite> domains = new ArrayList<>();
    private final List<Rewrite> paths = new ArrayList<>();
    private final List<Flags> flags = new ArrayList<>();

    CookiePlan(List<CookieChange> configured, VariableTable variables) {
        for (var change : configured) {
            switch (change) {
                case CookieChange.Rewrite rewrite -> {
                    boolean isDomain = rewrite.attribute() == CookieChange.Attribute.DOMAIN;
                    boolean ignoresCase = isDomain || rewrite.ignoresCase();
                    (isDomain ? domains : paths)
                            .add(new Rewrite(
                                    rewrite.isExpression()
                                            ? NamedPattern.compile(
                                                    rewrite.from().toString(), ignoresCase)
                                            : null,
                                    variables.compile(rewrite.from()),
                                    variables.compile(rewrite.to())));
                }
                case CookieChange.Flags flagged ->
                    flags.add(new Flags(
                            flagged.isExpression()
                                    ? NamedPattern.compile(flagged.name().toString(), flagged.ignoresCase())
                                    : null,
                            variables.compile(flagged.name()),
                            flagged));
            }
        }
    }

    /** Whether there is nothing to change. */
    public boolean isEmpty() {
        return domains.isEmpty() && paths.isEmpty() && flags.isEmpty();
    }

    public List<Rewrite> domains() {
        return domains;
    }

    public List<Rewrite> paths() {
        return paths;
    }

    public List<Flags> flags() {
        return flags;
    }
}
