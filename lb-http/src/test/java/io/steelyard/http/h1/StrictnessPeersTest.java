package io.steelyard.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the table says of nginx and HAProxy is what they do: each request is sent to the real programs, on Unix sockets in front of a server
 * that answers 200. Skipped where the program is missing or of another version than the one recorded.
 */
class StrictnessPeersTest {
    private static final int ATTEMPTS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void nginxAnswersAsRecorded() throws Exception {
        assumeTrue(version("nginx", "-v").contains("nginx/1.22."), "nginx 1.22 is needed");
        var configuration = directory.resolve("nginx.conf");
        Files.writeString(configuration, """
                daemon off; master_process off; user root; pid D/nginx.pid; error_log D/nginx.log;
                events { worker_connections 64; }
                http {
                    access_log off; client_body_temp_path D/1; proxy_temp_path D/2; fastcgi_temp_path D/3;
                    uwsgi_temp_path D/4; scgi_temp_path D/5;
                    server {
                        listen unix:D/proxy.sock;
                        location / { proxy_http_version 1.1; proxy_pass http://unix:D/server.sock:; }
                    }
                }
                """.replace("D/", directory + "/"));
        var program = List.of("nginx", "-c", configuration.toString(), "-p", directory.toString());
        assertThat(differences(program, true)).isEmpty();
    }

    @Test
    void haproxyAnswersAsRecorded() throws Exception {
        assumeTrue(version("haproxy", "-v").contains("version 2.6."), "HAProxy 2.6 is needed");
        var configuration = directory.resolve("haproxy.cfg");
        Files.writeString(configuration, """
                global
                  maxconn 100
                defaults
                  mode http
                  timeout connect 60s
                  timeout client 60s
                  timeout server 60s
                frontend f
                  bind unix@D/proxy.sock
                  default_backend b
                backend b
                  server s unix@D/server.sock
                """.replace("D/", directory + "/"));
        assertThat(differences(List.of("haproxy", "-db", "-f", configuration.toString()), false))
                .isEmpty();
    }

    private List<String> differences(List<String> program, boolean nginx) throws Exception {
        var differences = new ArrayList<String>();
        var socket = directory.resolve("proxy.sock");
        var process = new ProcessBuilder(program)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        try (var server = new AnsweringServer(directory.resolve("server.sock"))) {
            awaitListening(process, socket);
            for (var one : StrictnessCase.all()) {
                var recorded = nginx ? one.nginx() : one.haproxy();
                var answers = new TreeSet<String>();
                // A program may answer before it has read all that was sent, so one answer proves nothing.
                for (int i = 0; i < ATTEMPTS && !answers.contains(recorded); i++) {
                    answers.add(AnsweringServer.ask(socket, one.request()));
                }
                if (!answers.contains(recorded)) {
                    differences.add(one + ": recorded " + recorded + ", now " + answers);
                }
            }
        } finally {
            process.destroy();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        return differences;
    }

    private void awaitListening(Process process, Path socket) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        var probe = Parsed.bytes("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        while (!Files.exists(socket) || !AnsweringServer.ask(socket, probe).equals("200")) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("the program does not answer: " + Files.readString(directory.resolve("output")));
            }
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
    }

    private static String version(String... command) throws Exception {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException missing) {
            return "";
        }
    }
}
