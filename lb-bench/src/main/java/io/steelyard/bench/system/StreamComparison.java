package io.steelyard.bench.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs one nginx stream configuration under nginx and under {@code lb}, in turns, and prints the processor time each needs for a connection,
 * a round trip and a gigabyte, and their ratios. Needs nginx with its stream module, and a built launcher.
 *
 * <p>Usage: {@code StreamComparison PATH_OF_LB [ROUNDS]}. The first round warms up and is not counted; the medians of the others are shown.
 */
public final class StreamComparison {
    private static final String MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so";
    private static final int NGINX_PORT = 28_080;
    private static final int LB_PORT = 28_081;
    private static final int CONNECTIONS = 20_000;
    private static final int ROUND_TRIPS = 200_000;
    private static final int DOWNLOADS = 16;
    private static final int DOWNLOAD_MEBIBYTES = 127;

    private StreamComparison() {}

    /** What is measured. */
    private enum Measure {
        CONNECTION("µs/connection", 1e6 / CONNECTIONS) {
            @Override
            void run(StreamLoad load, int port) {
                load.connections(port, CONNECTIONS, 16);
            }
        },
        ROUND_TRIP("µs/round trip", 1e6 / ROUND_TRIPS) {
            @Override
            void run(StreamLoad load, int port) {
                load.roundTrips(port, ROUND_TRIPS, 32);
            }
        },
        GIGABYTE("s/GB", 1e9 / ((long) DOWNLOADS * DOWNLOAD_MEBIBYTES << 20)) {
            @Override
            void run(StreamLoad load, int port) {
                for (int i = 0; i < DOWNLOADS; i++) {
                    load.download(port, DOWNLOAD_MEBIBYTES);
                }
            }
        };

        private final String unit;
        private final double perSecond;

        Measure(String unit, double perSecond) {
            this.unit = unit;
            this.perSecond = perSecond;
        }

        abstract void run(StreamLoad load, int port);

        double cost(StreamLoad load, Proxy proxy) {
            double before = proxy.cpuSeconds();
            run(load, proxy.port());
            return (proxy.cpuSeconds() - before) * perSecond;
        }
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1) {
            System.err.println("usage: StreamComparison PATH_OF_LB [ROUNDS]");
            System.exit(2);
        }
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        var folder = Files.createTempDirectory("lb-compare");
        try (var load = new StreamLoad();
                var nginx = startNginx(folder, load.serverPort());
                var lb = startLb(folder, arguments[0], load.serverPort())) {
            measure(load, List.of(nginx, lb), rounds).print(List.of("nginx", "lb"));
        }
    }

    private static Proxy startNginx(Path folder, int serverPort) throws IOException {
        var file = Files.writeString(
                folder.resolve("nginx.conf"),
                "load_module " + MODULE + ";\ndaemon off;\npid " + folder.resolve("nginx.pid") + ";\nerror_log "
                        + folder.resolve("error.log") + ";\n" + configuration(NGINX_PORT, serverPort));
        var command = List.of("nginx", "-e", folder.resolve("error.log").toString(), "-c", file.toString());
        return Proxy.start("nginx", command, NGINX_PORT, folder.resolve("nginx.out"));
    }

    private static Proxy startLb(Path folder, String lb, int serverPort) throws IOException {
        var file = Files.writeString(folder.resolve("lb.conf"), configuration(LB_PORT, serverPort));
        return Proxy.start("lb", List.of(lb, "run", file.toString()), LB_PORT, folder.resolve("lb.out"));
    }

    private static String configuration(int port, int serverPort) {
        return """
                worker_processes auto;
                events { worker_connections 8192; }
                stream {
                    upstream s { server 127.0.0.1:%d; }
                    server { listen 127.0.0.1:%d reuseport; proxy_pass s; }
                }
                """.formatted(serverPort, port);
    }

    private static Costs measure(StreamLoad load, List<Proxy> proxies, int rounds) {
        var costs = new Costs();
        for (int round = 0; round <= rounds; round++) {
            for (var measure : Measure.values()) {
                for (var proxy : proxies) {
                    double cost = measure.cost(load, proxy);
                    if (round > 0) {
                        costs.add(measure.unit, proxy.name(), cost);
                    }
                }
            }
            System.err.println(round == 0 ? "warmed up" : "round " + round + " of " + rounds);
        }
        return costs;
    }
}
