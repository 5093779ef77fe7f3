package io.steelyard.bench.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The proxies of one comparison over HTTP, each with one worker, and the server behind them: an nginx that answers from memory. lb reads
 * nginx's file. All of them keep connections to the server.
 */
final class HttpPeers implements AutoCloseable {
    private static final int SERVER_PORT = 28_090;
    private static final String KILOBYTE = "x".repeat(1_024);

    private final Path folder;
    /** The server first. */
    private final List<Proxy> started = new ArrayList<>();

    HttpPeers(String lb) throws IOException {
        folder = Files.createTempDirectory("lb-compare");
        makeCertificate();
        Files.write(folder.resolve("1m"), new byte[1 << 20]);
        nginx("server", SERVER_PORT, """
                server {
                    listen 127.0.0.1:%d;
                    location = / { return 200 "%s"; }
                    location = /1m { root %s; }
                }
                """.formatted(SERVER_PORT, KILOBYTE, folder));
        try {
            nginx("nginx", Port.NGINX.plain, proxy(Port.NGINX));
            haproxy();
            lb(lb);
        } catch (IOException failed) {
            close();
            throw failed;
        }
    }

    /** Where each proxy listens: HTTP/1.1, then TLS with HTTP/1.1 and HTTP/2, then HTTP/2 without TLS. */
    private enum Port {
        NGINX(28_100),
        HAPROXY(28_110),
        LB(28_120);

        private final int plain;

        Port(int plain) {
            this.plain = plain;
        }
    }

    static int tlsPort(Proxy proxy) {
        return proxy.port() + 1;
    }

    static int http2Port(Proxy proxy) {
        return proxy.port() + 2;
    }

    List<Proxy> proxies() {
        return started.subList(1, started.size());
    }

    Path folder() {
        return folder;
    }

    private void makeCertificate() throws IOException {
        var made = new ProcessBuilder(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-days",
                        "30",
                        "-subj",
                        "/CN=localhost",
                        "-keyout",
                        "key.pem",
                        "-out",
                        "certificate.pem")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (made.waitFor() != 0) {
                throw new IOException("openssl made no certificate");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
        Files.writeString(
                folder.resolve("both.pem"),
                Files.readString(folder.resolve("certificate.pem")) + Files.readString(folder.resolve("key.pem")));
    }

    private void nginx(String name, int port, String servers) throws IOException {
        var file = Files.writeString(folder.resolve(name + ".conf"), """
                daemon off;
                user %4$s;
                pid %1$s/%2$s.pid;
                error_log %1$s/%2$s.log;
                %3$s""".formatted(
                        folder, name, inNginx(servers), System.getProperty("user.name")));
        var command = List.of("nginx", "-e", folder.resolve(name + ".log").toString(), "-c", file.toString());
        started.add(Proxy.start(name, command, port, folder.resolve(name + ".out")));
    }

    private static String inNginx(String servers) {
        return """
                worker_processes 1;
                events { worker_connections 16000; }
                http {
                    access_log off;
                    keepalive_requests 1000000000;
                    keepalive_timeout 300s;
                    http2_max_concurrent_streams 128;
                    %s
                }
                """.formatted(servers);
    }

    private String proxy(Port port) {
        return """
                upstream servers {
                    server 127.0.0.1:%1$d;
                    keepalive 256;
                    keepalive_requests 1000000000;
                }
                server {
                    listen 127.0.0.1:%2$d backlog=4096;
                    listen 127.0.0.1:%3$d ssl http2 backlog=4096;
                    listen 127.0.0.1:%4$d http2 backlog=4096;
                    ssl_certificate %5$s/certificate.pem;
                    ssl_certificate_key %5$s/key.pem;
                    ssl_session_tickets off;
                    location / {
                        proxy_pass http://servers;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        proxy_max_temp_file_size 0;
                    }
                }
                """.formatted(SERVER_PORT, port.plain, port.plain + 1, port.plain + 2, folder);
    }

    private void haproxy() throws IOException {
        int port = Port.HAPROXY.plain;
        var file = Files.writeString(
                folder.resolve("haproxy.cfg"), """
                global
                    nbthread 1
                    maxconn 8000
                    tune.ssl.default-dh-param 2048
                    tune.h2.max-concurrent-streams 128
                defaults
                    mode http
                    timeout connect 5s
                    timeout client 300s
                    timeout server 300s
                    http-reuse always
                frontend in
                    bind 127.0.0.1:%1$d backlog 4096
                    bind 127.0.0.1:%2$d ssl crt %4$s/both.pem alpn h2,http/1.1 no-tls-tickets backlog 4096
                    bind 127.0.0.1:%3$d proto h2 backlog 4096
                    default_backend servers
                backend servers
                    server one 127.0.0.1:%5$d
                """.formatted(port, port + 1, port + 2, folder, SERVER_PORT));
        started.add(Proxy.start(
                "haproxy", List.of("haproxy", "-db", "-f", file.toString()), port, folder.resolve("haproxy.out")));
    }

    private void lb(String lb) throws IOException {
        var file = Files.writeString(folder.resolve("lb.conf"), inNginx(proxy(Port.LB)));
        var settings = Files.writeString(folder.resolve("lb.yaml"), "settings:\n  loops: 1\n");
        started.add(Proxy.start(
                "lb",
                List.of(lb, "run", file.toString(), settings.toString()),
                Port.LB.plain,
                folder.resolve("lb.out")));
    }

    @Override
    public void close() {
        started.reversed().forEach(Proxy::close);
    }
}
