package io.steelyard.http.route;

import io.steelyard.api.http.HostName;
import io.steelyard.api.http.HttpService;
import io.steelyard.api.text.NamedPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the site a host name belongs to, in nginx's order: exact, the longest suffix, the longest prefix, the first expression that matches,
 * the default. Where two sites have one name the first has it. Immutable, safe for all threads.
 */
final class HostTable {
    /** An expression and the site it leads to. */
    record Expression(NamedPattern pattern, Site site) {}

    private final Map<String, Site> exact = new HashMap<>();

    /** By what follows the first dot, or precedes the last. */
    private final Map<String, Site> suffixes = new HashMap<>();

    private final Map<String, Site> prefixes = new HashMap<>();
    private final List<Expression> expressions = new ArrayList<>();
    private final Site fallback;

    HostTable(HttpService service, Function<String, Site> sites) {
        for (var host : service.hosts()) {
            var site = sites.apply(host.name());
            for (var name : host.names()) {
                add(name, site);
            }
        }
        fallback = sites.apply(service.defaultHost().name());
    }

    private void add(HostName name, Site site) {
        switch (name.kind()) {
            case EXACT -> exact.putIfAbsent(name.text(), site);
            case SUFFIX -> suffixes.putIfAbsent(name.text().substring(1), site);
            case PREFIX ->
                prefixes.putIfAbsent(name.text().substring(0, name.text().length() - 1), site);
            case EXPRESSION -> expressions.add(new Expression(NamedPattern.compile(name.text(), true), site));
        }
    }

    /** Serves where the host is unknown or not asked for. */
    Site fallback() {
        return fallback;
    }

    /**
     * The site of a host.
     *
     * @param host lower case, without port and trailing dot
     */
    Site find(String host) {
        var site = exact.get(host);
        if (site == null && !suffixes.isEmpty()) {
            site = bySuffix(host);
        }
        if (site == null && !prefixes.isEmpty()) {
            site = byPrefix(host);
        }
        return site == null ? fallback : site;
    }

    /** The expressions, asked where {@link #find} knows no better than the default. */
    List<Expression> expressions() {
        return expressions;
    }

    /** Whether a name that is no expression has it. */
    boolean isNamed(String host) {
        return exact.containsKey(host) || bySuffix(host) != null || byPrefix(host) != null;
    }

    private @Nullable Site bySuffix(String host) {
        for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
            var site = suffixes.get(host.substring(dot + 1));
            if (site != null) {
                return site;
            }
        }
        return null;
    }

    private @Nullable Site byPrefix(String host) {
        for (int dot = host.lastIndexOf('.'); dot > 0; dot = host.lastIndexOf('.', dot - 1)) {
            var site = prefixes.get(host.substring(0, dot));
            if (site != null) {
                return site;
            }
        }
        return null;
    }
}
