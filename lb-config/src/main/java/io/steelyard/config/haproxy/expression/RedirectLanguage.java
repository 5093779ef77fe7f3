package io.steelyard.config.haproxy.expression;

import io.steelyard.api.http.ExpressionLanguage;
import io.steelyard.api.http.HttpFacts;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code haproxy.redirect}: where {@code redirect} leads: {@code location TEXT}, {@code prefix TEXT} or {@code scheme TEXT}, perhaps with
 * {@code drop-query} and {@code append-slash} behind it.
 */
public final class RedirectLanguage implements ExpressionLanguage {
    /** The plug-in's name. */
    public static final String NAME = "haproxy.redirect";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "the place of a redirection, as haproxy.cfg has it";
    }

    @Override
    public Expression compile(String text) {
        var words = new ArrayList<>(Quoting.split(text));
        if (words.size() < 2 || !List.of("location", "prefix", "scheme").contains(words.getFirst())) {
            throw new IllegalArgumentException("'" + text + "' is not 'location', 'prefix' or 'scheme' with a place");
        }
        var kind = words.getFirst();
        var format = LogFormat.parse(words.get(1));
        var flags = words.subList(2, words.size());
        boolean dropsQuery = flags.contains("drop-query");
        boolean appendsSlash = flags.contains("append-slash");
        return facts -> {
            var place = FormatLanguage.write(format, facts);
            return switch (kind) {
                case "location" -> place;
                case "prefix" -> (place.equals("/") ? "" : place) + rest(facts, dropsQuery, appendsSlash);
                default -> place + "://" + host(facts) + rest(facts, dropsQuery, appendsSlash);
            };
        };
    }

    private static String rest(HttpFacts facts, boolean dropsQuery, boolean appendsSlash) {
        var path = Targets.path(facts.target());
        var query = dropsQuery ? null : Targets.query(facts.target());
        var slash = appendsSlash && !path.endsWith("/") ? "/" : "";
        return path + slash + (query == null ? "" : "?" + query);
    }

    private static String host(HttpFacts facts) {
        var host = FieldSamples.last(facts.requestFields(), "host");
        return host == null ? "" : host;
    }
}
