package io.steelyard.api.http;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;

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
        return routes().stream()
                .map(HttpRoute::content)
                .flatMap(HttpService::pools)
                .distinct()
                .toList();
    }

    private static Stream<String> pools(Content content) {
        return switch (content) {
            case HttpProxy proxy -> proxy.pool().stream();
            case Content.RedirectToPool redirect ->
                Stream.concat(
                        Stream.of(redirect.pool()), redirect.others().stream().flatMap(HttpService::pools));
            default -> content.proxy().stream().flatMap(HttpService::pools);
        };
    }

    /** The routes of all hosts, each before those nested in it. */
    public List<HttpRoute> routes() {
        var routes = new ArrayList<HttpRoute>();
        for (var host : hosts) {
            collect(host.root(), routes);
        }
        return routes;
    }

    private static void collect(HttpRoute route, List<HttpRoute> routes) {
        routes.add(route);
        route.routes().forEach(nested -> collect(nested, routes));
    }
}
