package io.steelyard.http.proxy;

import io.steelyard.api.http.HttpProxy.ForwardedPath;
import org.jspecify.annotations.Nullable;

/**
 * What a route's text says of where a request goes. Pure.
 *
 * @param server a pool's name or an address
 * @param path what is asked there whatever the client asked; null where the text does not say
 */
record ServerPlace(String server, @Nullable String path) {
    private static final String SCHEME = "http://";

    static ServerPlace of(String text, ForwardedPath rule) {
        if (!(rule instanceof ForwardedPath.InServer)) {
            return new ServerPlace(text, null);
        }
        var rest = text.startsWith(SCHEME) ? text.substring(SCHEME.length()) : text;
        int slash = rest.startsWith("unix:") ? rest.indexOf(":/", 5) + 1 : rest.indexOf('/');
        return slash <= 0
                ? new ServerPlace(rest, null)
                : new ServerPlace(rest.substring(0, slash), rest.substring(slash));
    }
}
