package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.Configuration;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.Personality;
import io.steelyard.api.affinity.CookieAffinity;
import io.steelyard.api.affinity.CookieAffinity.Mode;
import io.steelyard.api.affinity.CookieAffinity.Value;
import io.steelyard.api.affinity.RequestAffinity;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.HttpService;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.Steelyard;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same requests through HAProxy and through ours, with the same cookies and the same servers: what the client gets and what the server sees
 * of cookies is the same byte for byte. Skipped where HAProxy is missing or of another version than the one this was written beside.
 */
@Timeout(300)
class HaproxyCookieTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String KEY = "a secret key of more than thirty-two bytes";
    private static final String BASE_64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    @TempDir
    private Path directory;

    @Test
    void cookiesAreThoseOfHaproxy() throws Exception {
        assumeTrue(version().contains("version 2.6."), "HAProxy 2.6 is needed");
        try (var one = server("one");
                var two = server("two");
                var three = server("three")) {
            var rules = rules();
            var process = haproxy(rules, one, two, three);
            var ports = new TreeMap<String, Integer>();
            try (var ours = ours(rules, ports, one, two, three)) {
                awaitListening(process);
                assertThat(differences(rules, ports)).isEmpty();
            } finally {
                process.destroy();
                if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            }
        }
    }

    private List<String> differences(Map<String, CookieAffinity> rules, Map<String, Integer> ports) throws Exception {
        var differences = new ArrayList<String>();
        int compared = 0;
        for (var rule : rules.keySet()) {
            for (var request : requests(rule)) {
                var theirs = asHaproxySays(ask(UnixDomainSocketAddress.of(socket(rule)), request));
                var ours = asHaproxySays(askPort(ports.get(rule), request));
                compared++;
                if (!theirs.equals(ours)) {
                    differences.add(rule + ": " + request.replace("\r\n", " | ") + "\n  HAProxy " + theirs
                            + "\n  ours    " + ours);
                }
            }
        }
        assertThat(compared).isGreaterThan(2_300);
        return differences;
    }

    /** HAProxy's options by the rule that means the same. */
    private static Map<String, CookieAffinity> rules() {
        var rules = new LinkedHashMap<String, CookieAffinity>();
        rules.put("insert", cookie().build());
        rules.put("insert indirect", cookie().indirect(true).build());
        rules.put("insert nocache", cookie().noCache(true).build());
        rules.put(
                "insert indirect nocache", cookie().indirect(true).noCache(true).build());
        rules.put("insert postonly", cookie().postOnly(true).build());
        rules.put("insert preserve", cookie().preserve(true).build());
        rules.put(
                "insert indirect preserve",
                cookie().indirect(true).preserve(true).build());
        rules.put("insert httponly secure", cookie().httpOnly(true).secure(true).build());
        rules.put(
                "insert domain a.example domain b.example secure",
                cookie().domain("a.example").domain("b.example").secure(true).build());
        rules.put(
                "insert attr SameSite=Lax attr Priority=High httponly",
                cookie().attribute("SameSite=Lax")
                        .attribute("Priority=High")
                        .httpOnly(true)
                        .build());
        rules.put("rewrite", cookie().mode(Mode.REWRITE).build());
        rules.put("prefix", cookie().mode(Mode.PREFIX).build());
        rules.put("", cookie().mode(Mode.PASSIVE).build());
        rules.put("indirect", cookie().mode(Mode.PASSIVE).indirect(true).build());
        rules.put(
                "indirect preserve",
                cookie().mode(Mode.PASSIVE).indirect(true).preserve(true).build());
        rules.put("nocache", cookie().mode(Mode.PASSIVE).noCache(true).build());
        rules.put("insert maxidle 10m", cookie().maxIdle(Duration.ofMinutes(10)).build());
        rules.put("insert maxlife 1h", cookie().maxLife(Duration.ofHours(1)).build());
        rules.put(
                "insert indirect maxidle 10m maxlife 1h",
                cookie().indirect(true)
                        .maxIdle(Duration.ofMinutes(10))
                        .maxLife(Duration.ofHours(1))
                        .build());
        rules.put("insert dynamic", cookie().value(new Value.Keyed(KEY)).build());
        return rules;
    }

    private static CookieAffinity.Builder cookie() {
        return CookieAffinity.builder("SRV");
    }

    private static List<String> requests(String rule) {
        long now = System.currentTimeMillis() / 1000;
        var cookies = new ArrayList<>(List.of(
                "",
                "SRV=s1",
                "SRV=s2",
                "SRV=unknown",
                "SRV=",
                "SRV",
                "a=1; SRV=s2; b=2",
                "SRV=s2; b=2",
                "a=1; SRV=s2",
                "a=1;SRV=s2;b=2",
                " a=1 ;  SRV=s2 ; b=2 ",
                "SRV=s1~orig; x=y",
                "x=y; SRV=s2~orig~more",
                "a=\"x;y\"; SRV=s2",
                "srv=s2",
                "SRV=s4",
                "SRV=s5",
                "SRV=s1; SRV=s2"));
        if (rule.contains("max") || rule.equals("insert")) {
            // Not of this moment: whether it is due would depend on when each of both is asked.
            cookies.add("SRV=s2|" + date(now - 8));
            cookies.add("SRV=s2|" + date(now + 60) + "|" + date(now));
            cookies.add("SRV=s2|" + date(now - 60) + "|" + date(now - 120));
            cookies.add("SRV=s2|" + date(now - 3_000));
            cookies.add("SRV=s2|" + date(now) + "|" + date(now - 9_000));
            cookies.add("SRV=s2|" + date(now + 200_000));
            cookies.add("SRV=s2|abc");
        }
        var requests = new ArrayList<String>();
        for (var cookie : cookies) {
            for (var set : List.of("", "SRV=own; path=/x", "other=1", "SRV=\"q\"; HttpOnly")) {
                for (var line : List.of("GET / HTTP/1.1", "POST /post HTTP/1.1")) {
                    requests.add(line + "\r\nHost: site\r\nConnection: close\r\n"
                            + (line.startsWith("POST") ? "Content-Length: 0\r\n" : "")
                            + (cookie.isEmpty() ? "" : "Cookie: " + cookie + "\r\n")
                            + (set.isEmpty() ? "" : "X-Set: " + set + "\r\n")
                            + "\r\n");
                }
            }
        }
        if (rule.contains("nocache")) {
            for (var control : List.of("no-store", "private", "max-age=60", "public", "max-age=0")) {
                requests.add("GET / HTTP/1.1\r\nHost: site\r\nConnection: close\r\nX-Control: " + control + "\r\n\r\n");
            }
        }
        return requests;
    }

    /** As HAProxy writes dates, here only to read what it reads. */
    private static String date(long seconds) {
        var text = new StringBuilder();
        for (int shift = 24; shift >= 0; shift -= 6) {
            text.append(BASE_64.charAt((int) (seconds >> 2 >> shift) & 0x3F));
        }
        return text.toString();
    }

    // ---- servers and proxies

    private static ScriptedServer server(String name) throws IOException {
        return new ScriptedServer((request, connection) -> {
            var body = name + " saw [" + request.field("Cookie") + "]";
            var set = request.field("X-Set");
            var control = request.field("X-Control");
            connection.send("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: " + body.length() + "\r\n"
                    + (set.isEmpty() ? "" : "Set-Cookie: " + set + "\r\n")
                    + (control.isEmpty() ? "" : "Cache-Control: " + control + "\r\n")
                    + "\r\n" + body);
            return true;
        });
    }

    private Process haproxy(Map<String, CookieAffinity> rules, ScriptedServer... servers) throws IOException {
        var text = new StringBuilder("global\n  maxconn 500\ndefaults\n  mode http\n  timeout connect 60s\n"
                + "  timeout client 60s\n  timeout server 60s\n");
        for (var rule : rules.keySet()) {
            var name = socketName(rule);
            text.append("frontend f").append(name).append("\n  bind unix@").append(socket(rule));
            text.append("\n  default_backend b").append(name);
            text.append("\nbackend b")
                    .append(name)
                    .append("\n  balance roundrobin\n  cookie SRV ")
                    .append(rule);
            text.append(rule.contains("dynamic") ? "\n  dynamic-cookie-key \"" + KEY + "\"" : "");
            boolean isDynamic = rule.contains("dynamic");
            text.append("\n  server s1 ").append(servers[0].address()).append(isDynamic ? "" : " cookie s1");
            text.append("\n  server s2 ").append(servers[1].address()).append(isDynamic ? "" : " cookie s2");
            text.append(" weight 0\n  server s4 ").append(servers[2].address()).append(" cookie s4 disabled");
            text.append("\n  server s5 ").append(servers[2].address()).append(" cookie s5 backup\n");
        }
        var file = Files.writeString(directory.resolve("haproxy.cfg"), text);
        return new ProcessBuilder("haproxy", "-db", "-f", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    private static LoadBalancer ours(
            Map<String, CookieAffinity> rules, Map<String, Integer> ports, ScriptedServer... servers)
            throws IOException {
        var configuration = Configuration.builder();
        for (var rule : rules.entrySet()) {
            boolean isDynamic = rule.getKey().contains("dynamic");
            var s1 = RealServer.builder(servers[0].address()).id("s1");
            var s2 = RealServer.builder(servers[1].address()).id("s2").weight(0);
            configuration.pool(ServerPool.builder(rule.getKey())
                    .personality(Personality.HAPROXY)
                    .scheduler("haproxy.roundrobin")
                    .server((isDynamic ? s1 : s1.stickyName("s1")).build())
                    .server((isDynamic ? s2 : s2.stickyName("s2")).build())
                    .server(RealServer.builder(servers[2].address())
                            .id("s4")
                            .stickyName("s4")
                            .adminState(AdminState.DISABLED)
                            .build())
                    .server(RealServer.builder(servers[2].address())
                            .id("s5")
                            .stickyName("s5")
                            .backup()
                            .build())
                    .requestAffinity(RequestAffinity.of(rule.getValue())));
            int port = Fixture.freePort();
            while (ports.containsValue(port)) {
                port = Fixture.freePort();
            }
            ports.put(rule.getKey(), port);
            var root = HttpRoute.builder("/")
                    .content(HttpProxy.toPool(rule.getKey()).build());
            configuration.virtualServer(VirtualServer.tcp(rule.getKey())
                    .listen("127.0.0.1:" + port)
                    .http(new HttpService(List.of(
                            VirtualHost.builder("site").root(root.build()).build()))));
        }
        return Steelyard.start(configuration.build());
    }

    // ---- asking

    /** The status, the body, and what is said of cookies and caches; dates that are now read the same. */
    private static List<String> asHaproxySays(String answer) {
        int end = answer.indexOf("\r\n\r\n");
        var lines = new ArrayList<String>();
        lines.add(answer.substring(9, 12));
        for (var line : answer.substring(0, end).split("\r\n")) {
            var lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("set-cookie:") || lower.startsWith("cache-control:")) {
                int colon = line.indexOf(':');
                lines.add(lower.substring(0, colon) + ":"
                        + line.substring(colon + 1).replaceAll("\\|[A-Za-z0-9+/]{5}", "|date"));
            }
        }
        lines.add(answer.substring(end + 4).replaceAll("\\|[A-Za-z0-9+/]{5}", "|date"));
        return lines;
    }

    private static String askPort(int port, String request) throws IOException {
        try (var client = new RawClient(port)) {
            client.send(request);
            return new String(client.in().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String ask(UnixDomainSocketAddress address, String request) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(address);
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
            var bytes = new ByteArrayOutputStream();
            var buffer = ByteBuffer.allocate(8192);
            while (channel.read(buffer) >= 0) {
                bytes.write(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
            return bytes.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private Path socket(String rule) {
        return directory.resolve(socketName(rule) + ".sock");
    }

    private static String socketName(String rule) {
        return Integer.toHexString(rule.hashCode());
    }

    private void awaitListening(Process process) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(socket("insert dynamic"))) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("HAProxy does not listen: " + Files.readString(directory.resolve("output")));
            }
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
    }

    private static String version() throws Exception {
        try {
            var process = new ProcessBuilder("haproxy", "-v")
                    .redirectErrorStream(true)
                    .start();
            var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return text;
        } catch (IOException missing) {
            return "";
        }
    }
}
