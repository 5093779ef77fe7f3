package io.steelyard.bench.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Runs the same reverse proxy as nginx, HAProxy and {@code lb}, in turns, each with one worker, and prints the processor time each needs for a
 * request in several ways, the times of requests at a fixed rate, and the memory of an idle connection. Needs nginx, haproxy, wrk, h2load and
 * openssl, and a built launcher.
 *
 * <p>Usage: {@code HttpComparison PATH_OF_LB [ROUNDS]}. The first round warms up and is not counted; the medians of the others are shown.
 */
public final class HttpComparison {
    private static final int SECONDS = 4;
    private static final int IDLE_CONNECTIONS = 5_000;
    private static final List<String> NAMES = List.of("nginx", "haproxy", "lb");
    private static final Pattern WRK_COUNT = Pattern.compile("(\\d+) requests in ");
    private static final Pattern WRK_FAILED = Pattern.compile("Socket errors.*|Non-2xx.*");
    private static final Pattern H2LOAD_COUNT = Pattern.compile("requests: .*?(\\d+) succeeded, (\\d+) failed");

    private HttpComparison() {}

    /** What is asked, by which program. */
    private enum Measure {
        KEPT("1 KB, kept connection, µs") {
            @Override
            List<String> command(Proxy proxy) {
                return wrk("http", proxy.port(), "/");
            }
        },
        MEGABYTE("1 MB, kept connection, µs") {
            @Override
            List<String> command(Proxy proxy) {
                return wrk("http", proxy.port(), "/1m");
            }
        },
        CONNECTION("1 KB, new connection, µs") {
            @Override
            List<String> command(Proxy proxy) {
                return wrk("http", proxy.port(), "/", "-H", "Connection: close");
            }
        },
        TLS_KEPT("TLS, kept connection, µs") {
            @Override
            List<String> command(Proxy proxy) {
                return wrk("https", HttpPeers.tlsPort(proxy), "/");
            }
        },
        TLS_CONNECTION("TLS, new connection, µs") {
            @Override
            List<String> command(Proxy proxy) {
                return wrk("https", HttpPeers.tlsPort(proxy), "/", "-H", "Connection: close");
            }
        },
        HTTP_2("HTTP/2, 1 KB, µs") {
            @Override
            List<String> command(Proxy proxy) {
                return h2load("http://127.0.0.1:" + HttpPeers.http2Port(proxy) + "/", "-m", "10");
            }
        },
        HTTP_2_TLS("HTTP/2 with TLS, 1 KB, µs") {
            @Override
            List<String> command(Proxy proxy) {
                return h2load("https://127.0.0.1:" + HttpPeers.tlsPort(proxy) + "/", "-m", "10");
            }
        };

        private final String text;

        Measure(String text) {
            this.text = text;
        }

        abstract List<String> command(Proxy proxy);

        /** Processor time of the proxy for a request, in µs. */
        double cost(Proxy proxy) throws IOException {
            double before = proxy.cpuSeconds();
            var output = run(command(proxy));
            double used = proxy.cpuSeconds() - before;
            var failed = WRK_FAILED.matcher(output);
            if (failed.find()) {
                throw new IOException(proxy.name() + ", " + text + ": " + failed.group());
            }
            return used * 1e6 / answered(output);
        }
    }

    private static List<String> wrk(String scheme, int port, String path, String... more) {
        var command = new ArrayList<>(List.of("wrk", "-t1", "-c20", "-d" + SECONDS + "s"));
        command.addAll(List.of(more));
        command.add(scheme + "://127.0.0.1:" + port + path);
        return command;
    }

    private static List<String> h2load(String url, String... more) {
        var command = new ArrayList<>(List.of("h2load", "-c20", "-D" + SECONDS));
        command.addAll(List.of(more));
        command.add(url);
        return command;
    }

    private static long answered(String output) throws IOException {
        var wrk = WRK_COUNT.matcher(output);
        if (wrk.find()) {
            return Long.parseLong(wrk.group(1));
        }
        var h2load = H2LOAD_COUNT.matcher(output);
        if (h2load.find() && h2load.group(2).equals("0")) {
            return Long.parseLong(h2load.group(1));
        }
        throw new IOException("requests failed, or were not counted: " + output);
    }

    private static String run(List<String> command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes());
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1) {
            System.err.println("usage: HttpComparison PATH_OF_LB [ROUNDS]");
            System.exit(2);
        }
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        var costs = new Costs();
        try (var peers = new HttpPeers(arguments[0])) {
            for (int round = 0; round <= rounds; round++) {
                for (var measure : Measure.values()) {
                    for (var proxy : peers.proxies()) {
                        double cost = measure.cost(proxy);
                        if (round > 0) {
                            costs.add(measure.text, proxy.name(), cost);
                        }
                    }
                }
                for (var proxy : peers.proxies()) {
                    atFixedRate(proxy, peers.folder().resolve("times"), round == 0 ? new Costs() : costs);
                }
                System.err.println(round == 0 ? "warmed up" : "round " + round + " of " + rounds);
            }
        }
        // Whoever served much has memory to spare: those that have just begun tell what a connection takes.
        try (var peers = new HttpPeers(arguments[0])) {
            for (var proxy : peers.proxies()) {
                costs.add("KiB an idle connection", proxy.name(), kibibytesIdle(proxy));
            }
        }
        costs.print(NAMES);
    }

    /** 20 connections ask 100 times a second each, which is a part of what any of them can do. */
    private static void atFixedRate(Proxy proxy, Path log, Costs costs) throws IOException {
        Files.deleteIfExists(log);
        var url = "http://127.0.0.1:" + proxy.port() + "/";
        run(h2load(url, "--h1", "--rps=100", "--log-file=" + log));
        double[] times;
        try (var lines = Files.lines(log)) {
            times = lines.mapToDouble(line -> Double.parseDouble(line.split("\t")[2]))
                    .sorted()
                    .toArray();
        }
        if (times.length == 0) {
            throw new IOException("h2load logged no request to " + proxy.name());
        }
        for (double share : new double[] {0.5, 0.9, 0.99, 0.999}) {
            costs.add(
                    "2,000/s, %s %% within, µs".formatted(share * 100),
                    proxy.name(),
                    times[(int) (share * times.length)]);
        }
    }

    /** What a kept connection that has asked once costs in memory. */
    private static double kibibytesIdle(Proxy proxy) throws IOException {
        var sockets = new java.net.Socket[IDLE_CONNECTIONS];
        try {
            open(sockets, 0, 500, proxy.port());
            long before = proxy.memoryBytes();
            open(sockets, 500, IDLE_CONNECTIONS, proxy.port());
            return (proxy.memoryBytes() - before) / 1024.0 / (IDLE_CONNECTIONS - 500);
        } finally {
            for (var socket :
                    Arrays.stream(sockets).filter(java.util.Objects::nonNull).toList()) {
                socket.close();
            }
        }
    }

    private static void open(java.net.Socket[] sockets, int from, int to, int port) throws IOException {
        var answer = new byte[16 << 10];
        for (int i = from; i < to; i++) {
            sockets[i] = new java.net.Socket("127.0.0.1", port);
            sockets[i].getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
            for (int left = 1_024; left > 0; ) {
                int count = sockets[i].getInputStream().read(answer);
                var text = new String(answer, 0, Math.max(0, count), java.nio.charset.StandardCharsets.ISO_8859_1);
                int head = text.indexOf("\r\n\r\n");
                left -= count < 0 ? left : head < 0 ? count : count - head - 4;
            }
        }
    }
}
