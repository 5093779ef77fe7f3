package io.steelyard.http.route;

import io.steelyard.api.http.HostName;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.pool.variable.VariableTable;

/** A virtual host, made ready for requests. Immutable, safe for all threads. */
public final class Site {
    private final VirtualHost host;
    private final Route root;
    private final String serverName;

    Site(VirtualHost host, VariableTable variables) {
        this.host = host;
        root = new Route(host.root(), variables);
        serverName = host.names().isEmpty() ? "" : firstName(host);
    }

    public VirtualHost host() {
        return host;
    }

    public Route root() {
        return root;
    }

    /** {@code $server_name}: the first of its names, as it is written but for a leading {@code *.}, of which the dot stays. */
    public String serverName() {
        return serverName;
    }

    private static String firstName(VirtualHost host) {
        var first = host.names().getFirst();
        return first.kind() == HostName.Kind.EXACT ? first.text() : first.written();
    }
}
