package io.steelyard.launcher;

import io.steelyard.launcher.haproxy.HaproxyProgram;
import io.steelyard.launcher.nginx.NginxProgram;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Does a little of everything and ends, so that a JVM that records an AOT cache (JEP 514) sees the classes of every command. {@code ./lb}
 * runs it once after a build; it prints nothing.
 */
final class TrainingRun {
    private static final String NGINX = """
            worker_processes auto;
            events { worker_connections 1024; }
            stream {
                log_format line '$remote_addr $status $session_time';
                map $remote_addr $limit { default 0; 10.0.0.1 10k; }
                upstream web { hash $remote_addr consistent; server 127.0.0.1:9001 weight=2; server 127.0.0.1:9002 max_fails=2; }
                upstream dns { server 127.0.0.1:9053; }
                server { listen 127.0.0.1:9080; proxy_pass web; proxy_timeout 1m; allow 127.0.0.0/8; deny all; }
                server { listen 127.0.0.1:9053 udp; proxy_pass dns; proxy_responses 1; access_log /dev/null line; }
            }
            """;

    private static final String HAPROXY = """
            defaults
                mode http
                timeout connect 1s
                timeout client 1s
                timeout server 1s
            frontend front
                bind 127.0.0.1:9080
                acl static path_beg /static
                use_backend web if static
                default_backend web
            backend web
                server a 127.0.0.1:9001 check weight 2
            """;

    private static final String KEEPALIVED = """
            vrrp_script web { script "/usr/bin/true"  interval 2  weight -20 }
            vrrp_instance one {
                state BACKUP
                interface lo
                virtual_router_id 51
                priority 100
                authentication { auth_type PASS  auth_pass word }
                virtual_ipaddress { 192.0.2.1/24 }
                track_script { web }
            }
            """;

    private TrainingRun() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("lb-training");
        var nginx = Files.writeString(directory.resolve("nginx.conf"), NGINX);
        var yaml = directory.resolve("lb.yaml");
        try (var explained = new PrintWriter(Files.newBufferedWriter(yaml))) {
            run(explained, "explain", nginx.toString());
        }
        var nowhere = new PrintWriter(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        run(nowhere, "check", nginx.toString());
        run(nowhere, "check", yaml.toString());
        run(nowhere, "plugins", "--options");
        run(
                nowhere,
                "pick",
                "--scheduler",
                "nginx.hash",
                "--server",
                "127.0.0.1:1",
                "--server",
                "b:2,weight=2",
                "--key",
                "k");
        run(nowhere, "help");
        run(nowhere, "demo", "--requests", "20");
        run(nowhere, "demo", "--http", "--requests", "20");
        NginxProgram.run("-t", "-q", "-c", nginx.toString());
        var haproxy = Files.writeString(directory.resolve("haproxy.cfg"), HAPROXY);
        HaproxyProgram.run("-c", "-q", "-f", haproxy.toString());
        var keepalived = Files.writeString(directory.resolve("keepalived.conf"), KEEPALIVED);
        run(nowhere, "check", keepalived.toString());
        delete(nginx, yaml, haproxy, keepalived, directory);
        // The balancer's threads have ended, but not those of the demo's web servers.
        System.exit(0);
    }

    private static void run(PrintWriter out, String... arguments) {
        var nobody = new PrintWriter(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        Lb.commandLine().setOut(out).setErr(nobody).execute(arguments);
    }

    private static void delete(Path... files) throws IOException {
        for (var file : files) {
            Files.delete(file);
        }
    }
}
