package io.steelyard.launcher;

import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Event;
import io.steelyard.api.LoadBalancer;
import io.steelyard.core.Steelyard;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sun.misc.Signal;

/** Three servers and a balancer on loopback. */
@Command(
        name = "demo",
        description = "Starts three web servers and a balancer on loopback, and says what to try.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:ended; with --requests: no request failed",
            "1:a request failed, or it could not start",
            "64:wrong command line"
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final int TIMEOUT_MS = 10_000;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "The balancer's port on 127.0.0.1; a free one by default.")
    private int port;

    @Option(names = "--http", description = "Balances HTTP requests instead of TCP connections.")
    private boolean isHttp;

    @Option(
            names = "--requests",
            paramLabel = "N",
            description = "Drives itself with N requests, ends one server half-way, prints who served what, and exits.")
    private int requests;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec command;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (port < 0 || port > 65_535) {
            throw new ParameterException(command.commandLine(), "--port is " + port + "; expected 0 to 65535");
        }
        if (requests < 0) {
            throw new ParameterException(command.commandLine(), "--requests is " + requests + "; expected 0 or more");
        }
        var out = command.commandLine().getOut();
        var servers = new ArrayList<DemoServer>();
        try {
            for (var name : List.of("one", "two", "three")) {
                servers.add(new DemoServer(name));
            }
            int balancerPort = port == 0 ? freePort() : port;
            try (var balancer = Steelyard.builder()
                    .onEvent(event -> tell(event, out))
                    .start(
                            isHttp
                                    ? DemoConfiguration.http(servers, balancerPort)
                                    : DemoConfiguration.tcp(servers, balancerPort))) {
                return requests > 0 ? drive(servers, balancerPort, out) : stay(servers, balancer, balancerPort, out);
            } catch (ConfigurationException refused) {
                refused.problems()
                        .forEach(problem -> command.commandLine().getErr().println("lb: " + problem.text()));
                return 1;
            }
        } finally {
            servers.forEach(DemoServer::close);
            out.flush();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void tell(Event event, PrintWriter out) {
        if (event instanceof Event.ServerProbed) {
            return;
        }
        synchronized (out) {
            out.println(event);
            out.flush();
        }
    }

    private int stay(List<DemoServer> servers, LoadBalancer balancer, int port, PrintWriter out)
            throws InterruptedException {
        synchronized (out) {
            out.println();
            servers.forEach(server -> out.println("server " + server.name() + " listens on " + server.address()));
            out.println();
            suggestions(port).forEach(line -> out.println("  " + line));
            out.println("Ctrl-C ends it.");
            out.flush();
        }
        var ended = new CountDownLatch(1);
        Signal.handle(new Signal("TERM"), signal -> ended.countDown());
        Signal.handle(new Signal("INT"), signal -> ended.countDown());
        ended.await();
        balancer.drain(Duration.ofSeconds(1));
        return 0;
    }

    private List<String> suggestions(int port) {
        var url = "http://127.0.0.1:" + port;
        var lines = new ArrayList<>(List.of("Try:", "curl " + url + "  (again and again: the servers take turns)"));
        if (isHttp) {
            lines.addAll(List.of(
                    "curl " + url + "/headers  (what a server is told of you)",
                    "curl -i " + url + "/health  (answered by the balancer: 200 while the pool can serve)",
                    "curl " + url + "/counts  (connections and requests so far)",
                    "curl -i " + url + "/elsewhere  (sends you to a server itself; -L goes there)"));
        }
        lines.add("lb demo" + (isHttp ? " --http" : "") + " --requests 60  (ends a server while requests run)");
        return lines;
    }

    private int drive(List<DemoServer> servers, int port, PrintWriter out) {
        var before = new HashMap<String, Integer>();
        var after = new HashMap<String, Integer>();
        var failures = new ArrayList<String>();
        int half = requests / 2;
        for (int i = 0; i < requests; i++) {
            if (i == half) {
                servers.getFirst().close();
            }
            try {
                (i < half ? before : after).merge(request(port), 1, Integer::sum);
            } catch (IOException failed) {
                failures.add("request " + (i + 1) + ": " + failed.getMessage());
            }
        }
        synchronized (out) {
            print(servers, before, after, failures, out);
        }
        return failures.isEmpty() ? 0 : 1;
    }

    private void print(
            List<DemoServer> servers,
            Map<String, Integer> before,
            Map<String, Integer> after,
            List<String> failures,
            PrintWriter out) {
        out.println();
        out.printf("%-8s %16s %16s%n", "server", "first " + requests / 2, "next " + (requests - requests / 2));
        for (var server : servers) {
            out.printf(
                    "%-8s %16d %16d%s%n",
                    server.name(),
                    before.getOrDefault(server.name(), 0),
                    after.getOrDefault(server.name(), 0),
                    server == servers.getFirst() ? "   ended between the two" : "");
        }
        out.println();
        failures.forEach(out::println);
        out.println(requests - failures.size() + " requests answered, " + failures.size() + " failed");
        out.flush();
    }

    /** One request on a connection of its own. @return the name of the server that answered */
    private static String request(int port) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.getOutputStream()
                    .write("GET / HTTP/1.0\r\nHost: demo\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (!answer.startsWith("HTTP/1.1 200")) {
                throw new IOException(
                        answer.isEmpty()
                                ? "the connection was closed without an answer"
                                : answer.lines().findFirst().orElse(""));
            }
            return answer.substring(answer.indexOf("\r\n\r\n") + 4).strip();
        }
    }
}
