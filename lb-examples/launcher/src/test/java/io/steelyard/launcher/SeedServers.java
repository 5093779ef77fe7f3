package io.steelyard.launcher;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The network that a user's own files expect: nginx at three addresses, and a place for the balancer beside them. Needs root and nginx. */
final class SeedServers implements AutoCloseable {
    static final List<String> ADDRESSES = List.of("192.168.0.161", "192.168.0.162", "192.168.0.163");

    private final Path folder;
    private final NetworkNamespace servers;
    private final NetworkNamespace balancer;

    private SeedServers(Path folder, NetworkNamespace servers, NetworkNamespace balancer) {
        this.folder = folder;
        this.servers = servers;
        this.balancer = balancer;
    }

    /**
     * Starts them; the test is skipped where that cannot be.
     *
     * @param word for the names of the two networks
     * @param directives of nginx's http block
     * @param answer what each server says, with {@code ADDRESS} for its own
     */
    static SeedServers start(Path folder, String word, String directives, String answer) throws Exception {
        assumeTrue(NetworkNamespace.missing().isEmpty(), NetworkNamespace::missing);
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/nginx")), "needs nginx (package nginx)");
        var servers = NetworkNamespace.create(word + "srv");
        var started = new SeedServers(folder, servers, NetworkNamespace.create(word + "bal"));
        try {
            NetworkNamespace.join(
                    started.balancer,
                    List.of("192.168.0.160/24"),
                    servers,
                    ADDRESSES.stream().map(address -> address + "/24").toList());
            for (var address : ADDRESSES) {
                started.startNginx(address, directives, answer.replace("ADDRESS", address));
            }
            return started;
        } catch (Exception | AssertionError failed) {
            started.close();
            throw failed;
        }
    }

    /** Where the balancer and its clients are. */
    NetworkNamespace balancer() {
        return balancer;
    }

    /** The nginx at an address. */
    ProcessHandle nginx(String address) throws IOException {
        long pid = Long.parseLong(
                Files.readString(folder.resolve(address).resolve("pid")).strip());
        return ProcessHandle.of(pid).orElseThrow();
    }

    private void startNginx(String address, String directives, String answer) throws IOException {
        var home = Files.createDirectory(folder.resolve(address));
        var file = Files.writeString(home.resolve("nginx.conf"), """
                daemon off; master_process off; pid %1$s/pid; error_log %1$s/error.log;
                events { worker_connections 1024; }
                http { access_log off; client_body_temp_path %1$s; proxy_temp_path %1$s; fastcgi_temp_path %1$s;
                       uwsgi_temp_path %1$s; scgi_temp_path %1$s; %3$s
                       server { listen %2$s:80; return 200 "%4$s"; } }
                """.formatted(home, address, directives, answer));
        servers.start(home.resolve("out"), "nginx", "-e", home + "/error.log", "-c", file.toString());
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(home.resolve("pid")));
    }

    @Override
    public void close() throws Exception {
        balancer.close();
        servers.close();
    }
}
