package io.steelyard.realip.header;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.proxy.Network;
import io.steelyard.realip.address.AddressText;
import io.steelyard.realip.address.Endpoint;
import io.steelyard.tck.RealProgram;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real nginx and {@link RealIpRule} name the same client for header fields of all kinds. */
@Timeout(120)
class RealNginxTest {
    private static final List<Network> TRUSTED =
            List.of(Network.parse("127.0.0.1"), Network.parse("10.0.0.0/8"), Network.parse("2001:db8::/32"));
    private static final String[] ELEMENTS = {
        "1.1.1.1",
        "2.2.2.2",
        "10.0.0.5",
        "10.0.0.6",
        "10.1.2.3",
        "10.0.0.7:8080",
        "9.9.9.9:1",
        "[2001:db8::1]:80",
        "2001:db8::2",
        "2001:db9::1",
        "[2001:db9::1]:65535",
        "::ffff:10.0.0.1",
        "garbage",
        "unknown",
        "1..2.3",
        "010.0.0.5",
        "255.255.255.255",
        "10.0.0.5:0",
        "10.0.0.5:99999",
        "10.0.0.5:080",
        "[::1]",
        "[2001:db8::3",
        "[10.0.0.8]:80",
        ":80",
        "::",
        ":::",
        "::1",
        ":1::",
        "1::2:3.4.5.6",
        "2001:db8:1:2:3:4:5.6.7.8",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::",
        "2001:db8::1%lo",
        "...",
        "1.2.3",
        "1.2.3.4.5",
        "10.0.0.300",
        "_hidden",
        "\"10.0.0.5\"",
        "10.0.0.5;",
        "::10.0.0.5",
        "2001:DB8::F"
    };
    private static final String[] SEPARATORS = {", ", ", ", ",", " ", ",,", " , ", "  "};

    @TempDir
    private static Path folder;

    private static RealProgram nginx;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(RealProgram.hasNginx(), "needs nginx (package nginx)");
        nginx = RealProgram.nginx(folder, 5, RealNginxTest::blocks);
    }

    @AfterAll
    static void stop() {
        if (nginx != null) {
            nginx.close();
        }
    }

    private static String blocks(List<Integer> ports) {
        var text = new StringBuilder("http {\n access_log off; keepalive_requests 100000;\n");
        for (var kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
            text.append(' ')
                    .append(kind)
                    .append("_temp_path ")
                    .append(folder.resolve(kind))
                    .append(";\n");
        }
        TRUSTED.forEach(network ->
                text.append(" set_real_ip_from ").append(network.text()).append(";\n"));
        for (int i = 0; i < 4; i++) {
            text.append(" server { listen 127.0.0.1:").append(ports.get(i));
            if (i == 0) {
                text.append("; listen unix:").append(folder.resolve("peer"));
            }
            text.append("; real_ip_header ").append(header(i)).append("; real_ip_recursive ");
            text.append(isRecursive(i) ? "on" : "off").append("; ").append(answer());
        }
        text.append(" server { listen 127.0.0.1:").append(ports.get(4));
        text.append(" proxy_protocol; real_ip_header proxy_protocol; ").append(answer());
        text.append(" server { listen unix:").append(folder.resolve("trusted"));
        text.append("; set_real_ip_from unix:; real_ip_header X-Forwarded-For; ")
                .append(answer());
        return text.append("}\n").toString();
    }

    private static String answer() {
        return "location / { return 200 \"$remote_addr|$remote_port|$realip_remote_addr|$realip_remote_port\"; } }\n";
    }

    private static String header(int server) {
        return server < 2 ? "X-Forwarded-For" : server == 2 ? "X-Real-IP" : "X-Told";
    }

    private static boolean isRecursive(int server) {
        return server != 1;
    }

    private static String shown(Endpoint client) {
        var address = client.isIp() ? AddressText.of(client.high(), client.low()) : "unix:";
        return address + "|" + (client.port() == 0 ? "" : client.port());
    }

    /** nginx tells a mapped IPv4 address from the IPv4 one when it shows it, and only then. */
    private static String normal(String answer) {
        return answer.replaceFirst("^::ffff:(?=\\d+\\.)", "");
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 2", "2, 3", "3, 4"})
    void namesTheSameClient(int server, long seed) throws Exception {
        var rule = RealIpRule.builder()
                .trusted(TRUSTED)
                .header(header(server))
                .recursive(isRecursive(server))
                .build();
        var random = new Random(seed);
        try (var connection = RawHttp.connect("127.0.0.1", nginx.port(server))) {
            var peer = Endpoint.of(0, 0xFFFF_7F00_0001L, connection.localPort());
            for (int i = 0; i < 1_500; i++) {
                var values = randomValues(random, i);
                var lines = values.stream()
                        .map(value -> header(server) + ": " + value)
                        .toList();
                var client = rule.client(peer, values);

                assertThat(normal(connection.get(lines)))
                        .as(() -> values.toString())
                        .isEqualTo(shown(client == null ? peer : client) + "|127.0.0.1|" + connection.localPort());
            }
        }
    }

    private static List<String> randomValues(Random random, int index) {
        if (index < ELEMENTS.length) {
            return List.of(ELEMENTS[index]);
        }
        var values = new ArrayList<String>();
        int lines = random.nextInt(4);
        for (int i = 0; i < lines; i++) {
            var value = new StringBuilder(random.nextInt(8) == 0 ? "," : "");
            int elements = 1 + random.nextInt(4);
            for (int j = 0; j < elements; j++) {
                value.append(ELEMENTS[random.nextInt(random.nextBoolean() ? 7 : ELEMENTS.length)]);
                if (j + 1 < elements || random.nextInt(6) == 0) {
                    value.append(SEPARATORS[random.nextInt(SEPARATORS.length)]);
                }
            }
            values.add(value.toString().strip());
        }
        return values;
    }

    @Test
    void namesTheClientThePeerTellsOverUnixSocketsWhereThoseAreTrusted() throws Exception {
        try (var untrusted = RawHttp.connect(folder.resolve("peer"));
                var trusted = RawHttp.connect(folder.resolve("trusted"))) {
            var rule = RealIpRule.builder().header("X-Forwarded-For").trusted(TRUSTED);
            var lines = List.of("X-Forwarded-For: 9.9.9.9:5");

            assertThat(untrusted.get(lines)).isEqualTo("unix:||unix:|");
            assertThat(rule.build().client(Endpoint.UNIX, List.of("9.9.9.9:5"))).isNull();
            assertThat(trusted.get(lines)).isEqualTo("9.9.9.9|5|unix:|");
            assertThat(rule.trustsUnix(true).build().client(Endpoint.UNIX, List.of("9.9.9.9:5")))
                    .isEqualTo(Endpoint.of(0, 0xFFFF_0909_0909L, 5));
        }
    }

    @Test
    void namesTheClientOfTheProxyProtocol() throws Exception {
        var rule = RealIpRule.builder().proxyProtocol().trusted(TRUSTED).build();
        try (var connection = RawHttp.connect("127.0.0.1", nginx.port(4))) {
            connection.send("PROXY TCP4 9.9.9.9 8.8.8.8 77 88\r\n".getBytes(StandardCharsets.US_ASCII));
            var peer = Endpoint.of(0, 0xFFFF_7F00_0001L, connection.localPort());
            var client = rule.proxied(peer, Endpoint.of(0, 0xFFFF_0909_0909L, 77));

            assertThat(client).isNotNull();
            assertThat(connection.get(List.of())).isEqualTo(shown(client) + "|127.0.0.1|" + connection.localPort());
        }
        try (var connection = RawHttp.connect("127.0.0.1", nginx.port(4))) {
            connection.send("PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(connection.get(List.of())).startsWith("127.0.0.1|" + connection.localPort());
        }
    }
}
