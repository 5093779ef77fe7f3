package io.steelyard.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.health.ProbeResult;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpCheckTest {
    private static final Duration SHORT = Duration.ofMillis(150);
    private final HttpCheckProvider provider = new HttpCheckProvider();

    @ParameterizedTest
    @CsvSource({
        "200, 200-399, true",
        "399, 200-399, true",
        "404, 200-399, false",
        "503, '200,503', true",
        "503, '!503', false",
        "200, '! 500 503', true",
        "302, '301-303', true"
    })
    void statusDecides(int status, String statuses, boolean isPassed) throws Exception {
        try (var server = FakeServer.answering("HTTP/1.1 " + status + " Whatever\r\n\r\n")) {
            var result = probe(Map.of("status", statuses), server);
            assertThat(result)
                    .isEqualTo(
                            isPassed
                                    ? ProbeResult.passed("status " + status)
                                    : ProbeResult.failed("status " + status + " Whatever, expected " + statuses));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "X-One, true",
        "x-one, true",
        "X-None, false",
        "! X-None, true",
        "!X-One, false",
        "X-One = first value, true",
        "X-One = first, false",
        "X-One != first, true",
        "X-One != first value, false",
        "X-None != a, true",
        "X-One ~ ^first, true",
        "X-One ~ (?i)VALUE$, true",
        "X-One ~ second, false",
        "X-One !~ second, true",
        "X-One !~ first, false",
        "X-None ~ ., false",
        "X-None !~ ., true",
        "'X-Two = a, b', true"
    })
    void fieldsOfTheAnswerDecide(String wanted, boolean isPassed) throws Exception {
        var answer = "HTTP/1.1 200 OK\r\nX-One:  first value \r\nX-Two: a\r\nx-two: b\r\n\r\n";
        try (var server = FakeServer.answering(answer)) {
            var line = wanted.replace("'", "");
            assertThat(probe(Map.of("answer-header", "x-two\n" + line), server).isPassed())
                    .isEqualTo(isPassed);
        }
    }

    @Test
    void aBodyMayBeUnwanted() throws Exception {
        var answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nwelcome 1";
        try (var server = FakeServer.answering(answer)) {
            assertThat(probe(Map.of("body-not-regex", "w.l"), server).reason())
                    .isEqualTo("status 200, but the body has '~w.l'");
            assertThat(probe(Map.of("body-not-regex", "maintenance"), server).isPassed())
                    .isTrue();
            assertThat(probe(Map.of("body-not-regex", "maintenance", "body", "elsewhere"), server)
                            .isPassed())
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a = ", "! a = b", "a ~ (", "a == b", "="})
    void expectationsThatCannotBeReadAreRefused(String line) {
        assertThatThrownBy(() -> HeaderExpectation.parse(line)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sendsTheRequestItWasToldTo() throws Exception {
        var request = new AtomicReference<>("");
        try (var server = FakeServer.start((in, out) -> {
            request.set(FakeServer.readHead(in));
            out.write("HTTP/1.0 204\r\n\r\n".getBytes());
        })) {
            var options = Map.of(
                    "method",
                    "HEAD",
                    "path",
                    "/up?x=1",
                    "host",
                    "app.example",
                    "version",
                    "1.0",
                    "header",
                    "X-One: 1\\r\\nX-Two: two words");
            assertThat(probe(options, server)).isEqualTo(ProbeResult.passed("status 204"));
            assertThat(request.get())
                    .startsWith("HEAD /up?x=1 HTTP/1.0\r\nHost: app.example\r\n")
                    .contains("\r\nX-One: 1\r\nX-Two: two words\r\n\r\n");
            probe(Map.of(), server);
            assertThat(request.get())
                    .startsWith("GET / HTTP/1.1\r\nHost: 127.0.0.1:"
                            + server.address().getPort() + "\r\n");
        }
    }

    @Test
    void interimAnswersAreSkipped() throws Exception {
        try (var server = FakeServer.answering(
                "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 No\r\n\r\n")) {
            assertThat(probe(Map.of(), server).reason()).isEqualTo("status 500 No, expected 200-399");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/2.0 200 OK\r\n\r\n",
                "HTTP/1.x 200 OK\r\n\r\n",
                "HTTP/1.1  200 OK\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 099 OK\r\n\r\n",
                "HTTP/1.1 abc\r\n\r\n",
                "http/1.1 200 OK\r\n\r\n",
                "SSH-2.0-OpenSSH\r\n",
                "\r\n\r\n",
                "HTTP/1.1 200 OK",
                "HTTP/1.1 200 OK\n\n",
                "HTT"
            })
    void whatIsNoHttpFails(String answer) throws Exception {
        try (var server = FakeServer.answering(answer)) {
            assertThat(probe(Map.of(), server).isPassed()).isFalse();
        }
    }

    @Test
    void randomBytesNeverPassNorHang() throws Exception {
        var random = new Random(20_261_121);
        for (int i = 0; i < 200; i++) {
            var bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                var start = "HTTP/1.1 2".substring(0, random.nextInt(11)).getBytes();
                System.arraycopy(start, 0, bytes, 0, Math.min(start.length, bytes.length));
            }
            try (var server = FakeServer.answering(new String(bytes, StandardCharsets.ISO_8859_1))) {
                assertThat(probe(Map.of("body", "never"), server).isPassed()).isFalse();
            }
        }
    }

    @Test
    void closingAtOnceIsNoAnswer() throws Exception {
        try (var server = FakeServer.answering("")) {
            assertThat(probe(Map.of(), server)).isEqualTo(ProbeResult.failed("connection closed without an answer"));
        }
    }

    @Test
    void headerThatNeverEndsIsCutOff() throws Exception {
        try (var server = FakeServer.start((in, out) -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes());
            while (true) {
                out.write(("X-Filler: " + "x".repeat(1_000) + "\r\n").getBytes());
            }
        })) {
            assertThat(probe(Map.of("body", "x"), server))
                    .isEqualTo(ProbeResult.failed("header longer than 65536 bytes"));
        }
    }

    @Test
    void statusIsEnoughWhereNoBodyIsExpected() throws Exception {
        try (var server = FakeServer.start((in, out) -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes());
            in.readAllBytes();
        })) {
            assertThat(probe(Map.of(), server).isPassed()).isTrue();
        }
    }

    @Test
    void dribblingAndSilenceTimeOut() throws Exception {
        try (var dribbling = FakeServer.start((in, out) -> {
                    for (var b : "HTTP/1.1 ".getBytes()) {
                        out.write(b);
                        Thread.sleep(40);
                    }
                });
                var silent = FakeServer.start((in, out) -> in.readAllBytes())) {
            for (var server : new FakeServer[] {dribbling, silent}) {
                assertThat(Probes.probe(provider, Map.of(), server.address(), SHORT))
                        .isEqualTo(ProbeResult.failed("no complete answer in time"));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"status: ok, '', true", "status: bad, '', false", "'', 'st[a-z]+: o.', true", "'', '^ok', false"})
    void bodyDecides(String literal, String regex, boolean isPassed) throws Exception {
        var options = literal.isEmpty() ? Map.of("body-regex", regex) : Map.of("body", literal);
        try (var server = FakeServer.answering("HTTP/1.1 200 OK\r\nX: status: bad\r\n\r\n{status: ok}")) {
            assertThat(probe(options, server).isPassed()).isEqualTo(isPassed);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 4\r\n\r\nfine",
                "Transfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            })
    void bodyEndsWhereItSaysOnAConnectionThatStaysOpen(String rest) throws Exception {
        try (var server = FakeServer.start((in, out) -> {
            FakeServer.readHead(in);
            out.write(("HTTP/1.1 200 OK\r\n" + rest).getBytes());
            in.readAllBytes();
        })) {
            assertThat(probe(Map.of("body", "other"), server).reason()).contains("the body has no 'other'");
            assertThat(probe(Map.of("body-regex", "f?"), server).isPassed()).isTrue();
        }
    }

    @Test
    void onlyTheFirst256KibOfABodyCount() throws Exception {
        for (int filler : new int[] {HttpCheck.BODY_LIMIT_BYTES - 4, HttpCheck.BODY_LIMIT_BYTES - 3}) {
            try (var server = FakeServer.answering("HTTP/1.1 200 OK\r\n\r\n" + ".".repeat(filler) + "last....")) {
                assertThat(probe(Map.of("body", "last"), server).isPassed())
                        .isEqualTo(filler == HttpCheck.BODY_LIMIT_BYTES - 4);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "method, 'G T'",
        "path, 'a b'",
        "path, ''",
        "host, 'a b'",
        "status, 2xx",
        "status, 300-200",
        "status, ''",
        "header, no colon",
        "body, '\\q'"
    })
    void optionsThatCannotBeSentAreRefused(String option, String value) {
        assertThatThrownBy(() -> Probes.probe(provider, Map.of(option, value), new InetSocketAddress(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bodyOfHeadIsRefused() {
        assertThatThrownBy(
                        () -> Probes.probe(provider, Map.of("method", "HEAD", "body", "x"), new InetSocketAddress(1)))
                .hasMessageContaining("HEAD gives no body");
    }

    private ProbeResult probe(Map<String, String> options, FakeServer server) throws Exception {
        return Probes.probe(provider, options, server.address());
    }
}
