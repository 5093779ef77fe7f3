package io.steelyard.launcher;

import io.steelyard.api.Configuration;
import io.steelyard.api.http.Content;
import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.HttpService;
import io.steelyard.api.http.PathMatch;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.VirtualServer;
import java.time.Duration;
import java.util.List;

/** What the demo runs. */
final class DemoConfiguration {
    private static final String POOL = "web";

    private DemoConfiguration() {}

    /** Connections are balanced, whatever they carry. */
    static Configuration tcp(List<DemoServer> servers, int port) {
        return with(servers, VirtualServer.tcp("demo").listen(address(port)).pool(POOL));
    }

    /** Requests are balanced, and some are answered by the balancer itself. */
    static Configuration http(List<DemoServer> servers, int port) {
        var proxy = HttpProxy.toPool(POOL)
                .requestField(FieldChange.set("X-Forwarded-For", "$proxy_add_x_forwarded_for"))
                .requestField(FieldChange.set("X-Forwarded-Proto", "$scheme"))
                .build();
        var root = HttpRoute.builder("/")
                .content(proxy)
                .route(at("/health", new Content.Health()))
                .route(at("/counts", new Content.Counts()))
                .route(at("/elsewhere", Content.RedirectToPool.of(POOL)))
                .build();
        var host = VirtualHost.builder("demo").root(root).build();
        return with(servers, VirtualServer.tcp("demo").listen(address(port)).http(new HttpService(List.of(host))));
    }

    private static HttpRoute at(String path, Content content) {
        return HttpRoute.builder(path)
                .match(new PathMatch.Exact(path))
                .content(content)
                .build();
    }

    private static String address(int port) {
        return "127.0.0.1:" + port;
    }

    private static Configuration with(List<DemoServer> servers, VirtualServer.Builder front) {
        var pool = ServerPool.builder(POOL)
                .scheduler("nginx.round_robin")
                .healthCheck(HealthCheckSpec.builder("tcp")
                        .interval(Duration.ofMillis(500))
                        .build());
        servers.forEach(server -> pool.server(RealServer.builder(server.address())
                .id(server.name())
                .publicUrl("http://" + server.address())
                .build()));
        return Configuration.builder().pool(pool).virtualServer(front).build();
    }
}
