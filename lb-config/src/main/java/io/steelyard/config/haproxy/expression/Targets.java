package io.steelyard.config.haproxy.expression;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parts of a request's target, nothing decoded. */
final class Targets {
    private Targets() {}

    /** Up to the question mark. */
    static String path(String target) {
        var rest = pathAndQuery(target);
        int mark = rest.indexOf('?');
        return mark < 0 ? rest : rest.substring(0, mark);
    }

    /** Without the scheme and authority of an absolute URL. */
    static String pathAndQuery(String target) {
        int scheme = target.startsWith("/") ? -1 : target.indexOf("://");
        if (scheme < 0) {
            return target;
        }
        int slash = target.indexOf('/', scheme + 3);
        return slash < 0 ? "/" : target.substring(slash);
    }

    /** Behind the question mark; null without one. */
    static @Nullable String query(String target) {
        int mark = target.indexOf('?');
        return mark < 0 ? null : target.substring(mark + 1);
    }

    /** The values of {@code url_param(name,delimiter)}; of all parameters where it has no name. */
    static List<String> parameters(String target, Fetch fetch) {
        var name = fetch.argument(0);
        var delimiter = fetch.argument(1).isEmpty() ? "?" : fetch.argument(1);
        int start = target.indexOf(delimiter);
        if (start < 0) {
            return List.of();
        }
        var values = new ArrayList<String>(1);
        for (var pair : target.substring(start + delimiter.length()).split("[&;]")) {
            int equals = pair.indexOf('=');
            if (equals > 0 && (name.isEmpty() || pair.substring(0, equals).equals(name))) {
                values.add(pair.substring(equals + 1));
            }
        }
        return values;
    }

    /**
     * The value of a parameter in a body that is URL-encoded, as {@code balance url_param NAME check_post} reads it: up to the next parameter; null
     * where there is none.
     */
    static @Nullable String posted(String body, String name) {
        for (int at = 0; at >= 0 && at < body.length(); at = next(body, at)) {
            if (!body.startsWith(name + "=", at)) {
                continue;
            }
            int end = body.indexOf('&', at);
            return body.substring(at + name.length() + 1, end < 0 ? body.length() : end);
        }
        return null;
    }

    /** Where the next parameter begins; -1 behind the last one. */
    private static int next(String body, int at) {
        int ampersand = body.indexOf('&', at);
        return ampersand < 0 ? -1 : ampersand + 1;
    }

    /** A hash of 32 bits: SDBM, mixed once more. */
    static long hash(String text) {
        int hash = 0;
        for (byte octet : text.getBytes(StandardCharsets.ISO_8859_1)) {
            hash = octet + (hash << 6) + (hash << 16) - hash;
        }
        return Integer.toUnsignedLong(Hashes.avalanche(hash));
    }
}
