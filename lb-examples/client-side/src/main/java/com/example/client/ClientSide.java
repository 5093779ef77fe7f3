package com.example.client;

import com.sun.net.httpserver.HttpServer;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/** Starts three servers, calls them through a balancer, ends one of them half-way, and prints who answered. */
public final class ClientSide {
    private ClientSide() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.out.println(call(60));
    }

    /** @return how many calls each server answered */
    static Map<String, Integer> call(int calls) throws IOException, InterruptedException {
        var servers = new ArrayList<HttpServer>();
        var pool = ServerPool.builder("web").scheduler("p2c");
        for (var name : new String[] {"one", "two", "three"}) {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                exchange.sendResponseHeaders(200, name.length());
                try (var out = exchange.getResponseBody()) {
                    out.write(name.getBytes());
                }
            });
            server.start();
            servers.add(server);
            pool.server(RealServer.of("127.0.0.1:" + server.getAddress().getPort()));
        }
        var answered = new TreeMap<String, Integer>();
        try (var client = new BalancedClient(pool.build())) {
            for (int i = 0; i < calls; i++) {
                if (i == calls / 2) {
                    servers.getFirst().stop(0);
                }
                answered.merge(client.get("/"), 1, Integer::sum);
            }
        } finally {
            servers.forEach(server -> server.stop(0));
        }
        return answered;
    }
}
