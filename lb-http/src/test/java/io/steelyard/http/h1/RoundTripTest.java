package io.steelyard.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.http.message.Method;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RoundTripTest {
    private static final String[] PIECES = {
        "\r\n",
        "\n",
        "\r",
        " ",
        "\t",
        ":",
        ",",
        "\0",
        "Host: b\r\n",
        "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Connection: x-a, close, host\r\n",
        "X-A: 1\r\n",
        "X-Forwarded-For: 1\r\n",
        "TE: trailers\r\n",
        "Upgrade: websocket\r\n",
        "Expect: 100-continue\r\n",
        "X_B: 2\r\n",
        "http://a.example",
        "%2f",
        "%",
        "/../",
        "//",
        "/.",
        "?",
        "#",
        "@",
        "[::1]",
        ":80",
        "A",
        "\u00e9",
        "\u007f",
        "_",
        " HTTP/1.1\r\n",
        "0\r\n",
        "5;a=b\r\n",
        "hello\r\n",
        "X: 1\r\n folded\r\n"
    };

    static List<StrictnessCase> cases() {
        return StrictnessCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsTakenIsTheSameWhenWrittenAnew(StrictnessCase one) {
        assertThat(RoundTrip.request(one.request()))
                .isEqualTo(Parsed.of(Parsed.text(one.request())).result() == ParseResult.COMPLETE);
    }

    @Test
    void damagedRequestsAreTheSameWhenWrittenAnew() {
        var random = new Random(20_261_121);
        var cases = StrictnessCase.all().stream()
                .filter(one -> one.request().length < 1000)
                .toList();
        int taken = 0;
        for (int i = 0; i < 30_000; i++) {
            var request = cases.get(random.nextInt(cases.size())).request();
            taken += RoundTrip.request(damaged(request, random)) ? 1 : 0;
        }
        assertThat(taken).isGreaterThan(3000);
    }

    @Test
    void damagedResponsesAreTheSameWhenWrittenAnew() {
        var random = new Random(3);
        var responses = List.of(
                "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.0 304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\nConnection: X-A\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
                "HTTP/1.1 204 \r\nSet-Cookie: a=b\r\nset-cookie: c=d\r\n\r\n");
        var methods = List.of(Method.GET, Method.HEAD, Method.POST, Method.CONNECT);
        int taken = 0;
        for (int i = 0; i < 20_000; i++) {
            var bytes = damaged(Parsed.bytes(responses.get(random.nextInt(responses.size()))), random);
            taken += RoundTrip.response(bytes, methods.get(random.nextInt(4)), random.nextBoolean()) ? 1 : 0;
        }
        assertThat(taken).isGreaterThan(3000);
    }

    @Test
    void damagedBodiesAreTheSameWhenFramedAnew() {
        var random = new Random(4);
        var body = Parsed.bytes("5;a=b\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\nX-Sum: 1\r\nHost: b\r\n\r\n");
        int taken = 0;
        for (int i = 0; i < 20_000; i++) {
            taken += RoundTrip.chunks(damaged(body, random)) ? 1 : 0;
        }
        assertThat(taken).isGreaterThan(1500);
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        var text = new StringBuilder(Parsed.text(bytes));
        for (int n = random.nextInt(4); n > 0; n--) {
            int at = random.nextInt(text.length() + 1);
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
                case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(4)));
                case 2 -> text.insert(lineStart(text, at), PIECES[random.nextInt(PIECES.length)]);
                default ->
                    text.insert(
                            lineStart(text, at), text.substring(at, Math.min(text.length(), at + random.nextInt(30))));
            }
        }
        return Parsed.bytes(text.toString());
    }

    private static int lineStart(StringBuilder text, int at) {
        return text.lastIndexOf("\n", at) + 1;
    }
}
