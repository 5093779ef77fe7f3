package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients on UNIX sockets: nginx, HAProxy and ours, each with one file, and what curl and a server behind them see. */
@Timeout(300)
class UnixListenerIT {
    private static final String HEADER = "PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n";
    private static final String PLAIN = "GET /raw HTTP/1.0\r\n\r\n";

    private final HaproxyStreamPeers peers = new HaproxyStreamPeers();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private int server;

    @TempDir
    private Path folder;

    @BeforeEach
    void startServer() throws Exception {
        // Answers with all that it was sent until an empty line.
        server = peers.server(client -> {
            var received = new StringBuilder();
            var buffer = new byte[4_096];
            int count;
            while (received.indexOf("\r\n\r\n", Math.max(0, received.lastIndexOf("QUIT"))) < 0
                    && (count = client.getInputStream().read(buffer)) > 0) {
                received.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
            }
            var text = received.toString().getBytes(StandardCharsets.ISO_8859_1);
            client.getOutputStream()
                    .write(("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + text.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().write(text);
        });
    }

    @AfterEach
    void stop() throws Exception {
        for (var each : opened.reversed()) {
            each.close();
        }
        peers.close();
    }

    private String nginx(Path in, int port) {
        return """
            http {
              server { listen 127.0.0.1:%d; }
              server {
                listen unix:IN/a.sock;
                location / {
                  proxy_pass http://127.0.0.1:SERVER;
                  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                  proxy_set_header X-All "$remote_addr|$remote_port|$server_addr|$server_port|$realip_remote_addr|$binary_remote_addr|$scheme";
                }
                location /nobody { deny unix:; proxy_pass http://127.0.0.1:SERVER; }
                location /them { allow unix:; deny all; proxy_pass http://127.0.0.1:SERVER; }
                location /others { allow 10.0.0.0/8; deny all; proxy_pass http://127.0.0.1:SERVER; }
                location /moved { return 301 /there; }
              }
              server {
                listen unix:IN/b.sock proxy_protocol;
                set_real_ip_from unix:;
                real_ip_header proxy_protocol;
                location / { return 200 "$remote_addr|$remote_port|$realip_remote_addr|$realip_remote_port|$server_addr|$proxy_protocol_addr"; }
              }
              server {
                listen unix:IN/c.sock;
                set_real_ip_from unix:;
                real_ip_header X-Forwarded-For;
                location / { return 200 "$remote_addr|$remote_port|$realip_remote_addr|$realip_remote_port|$server_port"; }
              }
            }
            stream {
              server { listen unix:IN/d.sock; proxy_pass 127.0.0.1:SERVER; proxy_protocol on; }
              server { listen unix:IN/e.sock proxy_protocol; set_real_ip_from unix:; proxy_pass 127.0.0.1:SERVER; proxy_protocol on; }
              server { listen unix:IN/f.sock; deny unix:; proxy_pass 127.0.0.1:SERVER; }
              server { listen unix:IN/g.sock; return "$remote_addr|$remote_port|$server_addr|$server_port|$binary_remote_addr"; }
            }
            """.formatted(port).replace("IN/", in + "/").replace("SERVER", "" + server);
    }

    @Test
    void nginxsClientsAreServedAlike() throws Exception {
        assumeTrue(RealProgram.hasNginxStream(), "nginx with its stream module is not installed");
        var theirs = Files.createDirectory(folder.resolve("t"));
        var ours = Files.createDirectory(folder.resolve("o"));
        opened.add(RealProgram.nginx(theirs, 1, ports -> nginx(theirs, ports.getFirst())));
        opened.add(LbProcess.listening(ours.resolve("nginx.conf"), 1, ports -> nginx(ours, ports.getFirst()))
                .process());
        var expected = nginxAnswers(theirs);
        assertThat(nginxAnswers(ours)).isEqualTo(expected);
        assertThat(expected.getFirst()).contains("x-forwarded-for: unix:", "unix:||unix:IN/a.sock||unix:|unix:|http");
        // nginx writes the path of its socket where the header has an address.
        assertThat(raw(theirs, "e", HEADER + PLAIN)).contains("PROXY TCP4 192.0.2.7 unix:");
        assertThat(raw(ours, "e", HEADER + PLAIN)).contains("PROXY UNKNOWN\r\n" + PLAIN);
        assertThat(rights(ours.resolve("a.sock"))).isEqualTo(rights(theirs.resolve("a.sock")));
    }

    private List<String> nginxAnswers(Path in) throws Exception {
        var found = new ArrayList<String>();
        found.add(fields(curl(in, "a", "/")));
        found.add(fields(curl(in, "a", "/", "-H", "X-Forwarded-For: 192.0.2.1")));
        found.add(curl(in, "a", "/nobody", "-o", "/dev/null", "-w", "%{http_code}"));
        found.add(curl(in, "a", "/them", "-o", "/dev/null", "-w", "%{http_code}"));
        found.add(curl(in, "a", "/others", "-o", "/dev/null", "-w", "%{http_code}"));
        found.add(curl(in, "a", "/moved", "-o", "/dev/null", "-w", "%{redirect_url}"));
        found.add(raw(in, "b", HEADER + PLAIN).replaceAll("(?s).*\r\n\r\n", ""));
        found.add(curl(in, "c", "/", "-H", "X-Forwarded-For: 192.0.2.1"));
        found.add(curl(in, "c", "/"));
        found.add(raw(in, "d", PLAIN));
        found.add(raw(in, "f", PLAIN));
        found.add(raw(in, "g", ""));
        return found.stream().map(text -> text.replace(in + "/", "IN/")).toList();
    }

    private String haproxy(Path in, int port) {
        return """
            global
              log stdout format raw local0
              unix-bind mode 640
            defaults
              mode http
              log global
              timeout connect 5s
              timeout client 1m
              timeout server 1m
            frontend f
              bind 127.0.0.1:%d
              bind unix@IN/a.sock mode 660
              bind IN/b.sock accept-proxy
              option forwardfor
              option httplog
              log-format "LOG %%ci:%%cp %%fi:%%fp"
              http-request set-header X-Src "%%[src]"
              http-request set-header X-Src-Port "%%[src_port]"
              http-request set-header X-Dst "%%[dst]"
              http-request set-header X-Dst-Port "%%[dst_port]"
              http-request set-header X-Ci "%%ci:%%cp %%fi:%%fp"
              http-request set-header X-Local "%%[src_is_local]"
              http-request set-header X-Any yes if { src 0.0.0.0/0 ::/0 }
              http-request set-header X-None yes if !{ src 0.0.0.0/0 }
              default_backend b
            backend b
              server s 127.0.0.1:SERVER send-proxy
            frontend t
              mode tcp
              bind unix@IN/c.sock
              bind abns@NAME
              option tcplog
              default_backend tb
            backend tb
              mode tcp
              server s 127.0.0.1:SERVER send-proxy-v2
            """.formatted(port)
                .replace("IN/", in + "/")
                .replace("NAME", folder.getFileName() + "-" + in.getFileName())
                .replace("SERVER", "" + server);
    }

    @Test
    void haproxysClientsAreServedAlike() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "haproxy is not installed");
        try (var pair = HaproxyPair.start(folder, 1, (ports, in) -> haproxy(in, ports.getFirst()))) {
            var theirs = pair.theirs().folder();
            var ours = pair.ours().folder();
            var expected = haproxyAnswers(theirs);
            assertThat(haproxyAnswers(ours)).isEqualTo(expected);
            assertThat(expected.getFirst()).contains("x-ci: unix:2 unix:2").doesNotContain("x-forwarded-for");
            for (var file : List.of("a.sock", "b.sock", "c.sock")) {
                assertThat(rights(ours.resolve(file))).as(file).isEqualTo(rights(theirs.resolve(file)));
            }
        }
    }

    private List<String> haproxyAnswers(Path in) throws Exception {
        return List.of(fields(curl(in, "a", "/")), fields(raw(in, "b", HEADER + PLAIN)), raw(in, "c", "hello\r\n\r\n"));
    }

    /** In small letters, as HAProxy sends names, and without what says nothing of the client. */
    private static String fields(String text) {
        return Pattern.compile("(?m)^(PROXY|x-).*$", Pattern.CASE_INSENSITIVE)
                .matcher(text)
                .results()
                .map(found -> found.group().strip())
                .map(line -> line.startsWith("PROXY") ? line : line.toLowerCase(Locale.ROOT))
                .sorted()
                .reduce("", (all, line) -> all + line + "\n");
    }

    private static String rights(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static String curl(Path in, String socket, String target, String... more) throws Exception {
        var command = new ArrayList<>(List.of("curl", "-s", "-m", "30", "--unix-socket", in + "/" + socket + ".sock"));
        command.addAll(List.of(more));
        command.add("http://site.example" + target);
        var curl = new ProcessBuilder(command).redirectErrorStream(true).start();
        var text = new String(curl.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        curl.waitFor();
        return text;
    }

    private static String raw(Path in, String socket, String say) throws IOException {
        try (var client = SocketChannel.open(UnixDomainSocketAddress.of(in.resolve(socket + ".sock")))) {
            client.write(ByteBuffer.wrap(say.getBytes(StandardCharsets.US_ASCII)));
            var all = new StringBuilder();
            var buffer = ByteBuffer.allocate(4_096);
            while (client.read(buffer) >= 0) {
                all.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
                buffer.clear();
            }
            return all.toString();
        } catch (IOException reset) {
            return "closed";
        }
    }
}
