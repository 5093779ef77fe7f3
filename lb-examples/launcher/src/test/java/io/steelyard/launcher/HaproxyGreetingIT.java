package io.steelyard.launcher;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.tck.RealProgram;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** PROXY protocol headers, and what clients say first, as rules of mode tcp see it: HAProxy and ours on one file. */
@Timeout(300)
class HaproxyGreetingIT {
    private static final byte[] TOLD = "PROXY TCP4 1.2.3.4 5.6.7.8 1111 2222\r\n".getBytes(US_ASCII);
    private static final byte[] UNKNOWN = "PROXY UNKNOWN\r\n".getBytes(US_ASCII);

    private final HaproxyStreamPeers peers = new HaproxyStreamPeers();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() throws Exception {
        peers.close();
    }

    /** The first flight of TLS for a host name; for none where it is empty. */
    private static byte[] greeting(String name) throws Exception {
        var engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        var parameters = engine.getSSLParameters();
        parameters.setServerNames(name.isEmpty() ? List.of() : List.of(new SNIHostName(name)));
        engine.setSSLParameters(parameters);
        var out = ByteBuffer.allocate(1 << 15);
        engine.wrap(ByteBuffer.allocate(0), out);
        var bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    private static byte[] together(byte[]... parts) {
        int length = 0;
        for (var part : parts) {
            length += part.length;
        }
        var all = ByteBuffer.allocate(length);
        for (var part : parts) {
            all.put(part);
        }
        return all.array();
    }

    /** One exchange: to which proxy, and the parts that are sent one after the other. */
    private record Case(String proxy, byte[]... parts) {}

    @Test
    void firstBytesMeanWhatTheyMeanToHaproxy() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        int a = peers.server(HaproxyStreamPeers.named("a"));
        int b = peers.server(HaproxyStreamPeers.named("b"));
        int c = peers.server(HaproxyStreamPeers.named("c"));
        int telling = peers.server(HaproxyStreamPeers.telling());
        var proxies = new LinkedHashMap<String, String>();
        proxies.put("v1", "frontend v1|bind ADDRESS accept-proxy|default_backend told-v1");
        proxies.put("v2", "frontend v2|bind ADDRESS accept-proxy|default_backend told-v2");
        proxies.put(
                "expected",
                "frontend expected|bind ADDRESS|tcp-request connection reject if { src 1.2.3.4 }"
                        + "|tcp-request connection expect-proxy layer4 if { src 127.0.0.0/8 }"
                        + "|tcp-request session reject if { src 9.9.9.9 }|default_backend told-v1");
        proxies.put(
                "web",
                "frontend web|mode http|bind ADDRESS accept-proxy"
                        + "|http-request return status 200 content-type text/plain"
                        + " lf-string \"%[fc_rcvd_proxy] %[src]:%[src_port] %[dst]:%[dst_port]\"");
        proxies.put(
                "names",
                "frontend names|bind ADDRESS|tcp-request inspect-delay 20s|acl is_b req.ssl_sni -m end .b.example"
                        + "|tcp-request content accept if { req.ssl_hello_type 1 }|tcp-request content reject"
                        + "|use_backend a if { req.ssl_sni -i A.example }|use_backend b if is_b|default_backend c");
        proxies.put(
                "worked-out",
                "frontend worked-out|bind ADDRESS|tcp-request inspect-delay 20s"
                        + "|tcp-request content accept if { req_ssl_hello_type 1 }"
                        + "|use_backend %[req.ssl_sni,lower,field(1,.)]|default_backend c");
        proxies.put(
                "long",
                "frontend long|bind ADDRESS|tcp-request inspect-delay 20s|tcp-request content accept if { req.len ge 4 }"
                        + "|tcp-request content reject if WAIT_END"
                        + "|use_backend a if { req.payload(0,2) -m str hi }|default_backend b");
        proxies.put(
                "late",
                "frontend late|bind ADDRESS|tcp-request inspect-delay 200ms|tcp-request content accept if { req.len ge 99 }"
                        + "|tcp-request content reject if WAIT_END|default_backend b");
        proxies.put(
                "own",
                "listen own|bind ADDRESS|tcp-request inspect-delay 20s|tcp-request content reject if HTTP"
                        + "|server s 127.0.0.1:" + a);
        proxies.put(
                "desks",
                "listen desks|bind ADDRESS|tcp-request inspect-delay 20s|tcp-request content accept if RDP_COOKIE"
                        + "|balance rdp-cookie|server a 127.0.0.1:" + a + "|server b 127.0.0.1:" + b
                        + "|server c 127.0.0.1:"
                        + c);
        proxies.put("behind", "frontend behind|bind ADDRESS|default_backend picky");
        var names = List.copyOf(proxies.keySet());
        var cases = new ArrayList<>(List.of(
                new Case("v1", together(TOLD, "x".getBytes(US_ASCII))),
                new Case("v2", together(TOLD, "x".getBytes(US_ASCII))),
                new Case("expected", together(TOLD, "x".getBytes(US_ASCII))),
                new Case("expected", together(UNKNOWN, "x".getBytes(US_ASCII))),
                new Case("expected", "PROXY TCP4 9.9.9.9 5.6.7.8 1 2\r\nx".getBytes(US_ASCII)),
                new Case("v1", "no header\r\n\r\n".getBytes(US_ASCII)),
                new Case("names", greeting("a.example")),
                new Case("names", greeting("x.b.example")),
                new Case("names", greeting("")),
                new Case("names", "no greeting".getBytes(US_ASCII)),
                new Case("worked-out", greeting("B.example")),
                new Case("worked-out", greeting("nobody.example")),
                new Case("long", "hi".getBytes(US_ASCII), " there".getBytes(US_ASCII)),
                new Case("long", "hello".getBytes(US_ASCII)),
                new Case("late", "hello".getBytes(US_ASCII)),
                new Case("own", "GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(US_ASCII)),
                new Case("own", "HELO\r\n".getBytes(US_ASCII)),
                new Case("behind", greeting("a.example")),
                new Case("behind", "GET".getBytes(US_ASCII))));
        for (int i = 0; i < 8; i++) {
            cases.add(new Case(
                    "desks", together(new byte[11], ("Cookie: mstshash=user" + i + "\r\n").getBytes(US_ASCII))));
        }
        try (var pair = HaproxyPair.start(folder, names.size(), (ports, own) -> {
            var text = new StringBuilder("""
                    global
                      nbthread 1
                    defaults
                      mode tcp
                      timeout client 1m
                      timeout connect 60s
                      timeout server 1m
                    """);
            for (int i = 0; i < names.size(); i++) {
                var lines = proxies.get(names.get(i)).replace("ADDRESS", "127.0.0.1:" + ports.get(i));
                text.append(lines.replace("|", "\n ")).append('\n');
            }
            return text + """
                    backend told-v1
                      server s 127.0.0.1:%1$d send-proxy
                    backend told-v2
                      server s 127.0.0.1:%1$d send-proxy-v2
                    backend a
                      server s 127.0.0.1:%2$d
                    backend b
                      server s 127.0.0.1:%3$d
                    backend c
                      server s 127.0.0.1:%4$d
                    backend picky
                      tcp-request inspect-delay 20s
                      tcp-request content reject if { req.payload(0,3) -m str GET }
                      server s 127.0.0.1:%2$d
                    """.formatted(telling, a, b, c);
        })) {
            var ours = answers(pair.ours(), names, cases);
            assertThat(ours).isEqualTo(answers(pair.theirs(), names, cases));
            assertThat(ours.toString()).contains("TCP4").contains("=b").contains("=c");
            var request = together(TOLD, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            for (var side : List.of(pair.ours(), pair.theirs())) {
                var answer =
                        new String(HaproxyStreamPeers.ask(side.ports().get(names.indexOf("web")), request), US_ASCII);
                assertThat(answer).as(side.name()).endsWith("\r\n\r\n1 1.2.3.4:1111 5.6.7.8:2222");
            }
        }
    }

    private static Map<String, String> answers(Side side, List<String> names, List<Case> cases) throws Exception {
        var answers = new LinkedHashMap<String, String>();
        for (var one : cases) {
            var answer = HaproxyStreamPeers.ask(side.ports().get(names.indexOf(one.proxy())), one.parts());
            var text = new String(answer, US_ASCII);
            // What was told in hexadecimal digits.
            boolean isTold = text.matches("[0-9a-f]{8,}");
            var told = isTold ? new String(HexFormat.of().parseHex(text), US_ASCII) : text;
            answers.put(answers.size() + " " + one.proxy(), told.replaceAll("\\b\\d{4,5}\\b", "PORT"));
        }
        return answers;
    }
}
