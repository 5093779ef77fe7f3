package io.steelyard.api.http;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * The sites offered at a virtual server's addresses. Immutable.
 *
 * @param hosts in configuration order, at least one; names are unique. The first that is marked as default, else the first of all, serves
 *     requests whose host nobody has
 */
public record HttpService(List<VirtualHost> hosts) {
    public HttpService {
        hosts = List.copyOf(hosts);
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("an HTTP service has no host; give it at least one");
        }
        var names = new HashSet<String>();
        for (var host : hosts) {
            if (!names.add(host.name())) {
                throw new IllegalArgumentException("an HTTP service has two hosts with the name '" + host.name() + "'");
            }
        }
    }

    /** One site for every host name: all requests go to one pool. */
    public static HttpService toPool(String pool) {
        return new HttpService(List.of(VirtualHost.builder("default")
                .root(HttpRoute.builder("/")
                        .content(HttpProxy.toPool(pool).build())
                        .build())
                .build()));
    }

    /** Serves requests whose host no other has. */
    public VirtualHost defaultHost() {
        return hosts.stream().filter(VirtualHost::isDefault).findFirst().orElse(hosts.getFirst());
    }

    /** The pools that requests may be handed to by name, each once. */
    public List<String> pools() {
        var pools = new ArrayList<String>();
        for (var host : hosts) {
            collect(host.root(), pools);
        }
        return pools.stream().distinct().toList();
    }

    private static void collect(HttpRoute route, List<String> pools) {
        if (route.content() instanceof HttpProxy proxy) {
            proxy.pool().ifPresent(pools::add);
        }
        route.routes().forEach(nested -> collect(nested, pools));
    }
}
