package com.example.embedhttp;

import com.sun.net.httpserver.HttpServer;
import io.steelyard.api.Configuration;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.affinity.CookieAffinity;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.HttpService;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.Steelyard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** An application with an API of its own, served by two workers behind the library. Each client stays with the worker that counts for it. */
public final class EmbedHttp {
    private EmbedHttp() {}

    /** One worker of the API: {@code GET /count} tells how often it was asked. */
    static HttpServer worker(String name) throws IOException {
        var count = new AtomicInteger();
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/count", exchange -> {
            var body = (name + " " + count.incrementAndGet()).getBytes();
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    /** What is offered to clients, and who serves them. The cookie is sealed: it tells a client nothing of the workers. */
    static Configuration configuration(String listen, String secret, HttpServer... workers) {
        var pool = ServerPool.builder("api")
                .requestAffinity(CookieAffinity.signed("WORKER", Duration.ofHours(12), secret));
        for (var worker : workers) {
            pool.server(RealServer.of("127.0.0.1:" + worker.getAddress().getPort()));
        }
        var root = HttpRoute.builder("/").content(HttpProxy.toPool("api").build()).build();
        var site = VirtualHost.builder("site").root(root).build();
        return Configuration.builder()
                .pool(pool)
                .virtualServer(VirtualServer.tcp("front").listen(listen).http(new HttpService(List.of(site))))
                .build();
    }

    /** Serves on 127.0.0.1:8080 until Enter is pressed; try {@code curl -b jar -c jar http://127.0.0.1:8080/count}. */
    public static void main(String[] arguments) throws Exception {
        var first = worker("first");
        var second = worker("second");
        var configuration = configuration("127.0.0.1:8080", "a secret of at least 16 bytes", first, second);
        try (LoadBalancer balancer = Steelyard.start(configuration)) {
            System.out.println("Try: curl -b jar -c jar http://127.0.0.1:8080/count\nPress Enter to end.");
            System.in.read();
            balancer.drain(Duration.ofSeconds(10));
        } finally {
            first.stop(0);
            second.stop(0);
        }
    }
}
