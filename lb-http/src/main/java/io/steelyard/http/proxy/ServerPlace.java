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
    /** @param isTls whether TLS is spoken with servers, which the scheme before a server must agree with */
    static ServerPlace of(String text, ForwardedPath rule, boolean isTls) {
        if (!(rule instanceof ForwardedPath.InServer)) {
            return new ServerPlace(text, null);
        }
        var scheme = isTls ? "https://" : "http://";
        var rest = text.startsWith(scheme) ? text.substring(scheme.length()) : text;
        int slash = rest.startsWith("unix:") ? rest.indexOf(":/", 5) + 1 : rest.indexOf('/');
        return slash <= 0
                ? new ServerPlace(rest, null)
                : new ServerPlace(rest.substring(0, slash), rest.substring(slash));
    }

    /** The server with a port, where it is no pool and has none. */
    static String withPort(String server, int usualPort) {
        boolean hasPort = server.startsWith("unix:") || server.indexOf(':', Math.max(server.indexOf(']'), 0)) >= 0;
        return hasPort || server.isEmpty() ? server : server + ":" + usualPort;
    }
}
