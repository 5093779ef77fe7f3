package io.steelyard.launcher;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A web server that says its name, and at /headers what it was told. */
final class DemoServer implements AutoCloseable {
    private final String name;
    private final HttpServer server;

    DemoServer(String name) throws IOException {
        this.name = name;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> answer(exchange, name + "\n"));
        server.createContext("/headers", exchange -> answer(exchange, name + " was told\n" + headers(exchange)));
        server.start();
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        var body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static String headers(HttpExchange exchange) {
        var text = new StringBuilder();
        exchange.getRequestHeaders()
                .forEach((field, values) -> values.forEach(value -> text.append("  ")
                        .append(field)
                        .append(": ")
                        .append(value)
                        .append('\n')));
        return text.toString();
    }

    String name() {
        return name;
    }

    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
