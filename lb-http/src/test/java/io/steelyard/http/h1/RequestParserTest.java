package io.steelyard.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.HttpVersion;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Method;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.message.TargetForm;
import io.steelyard.http.message.Violation;
import io.steelyard.tck.Allocation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RequestParserTest {
    static final String BROWSER = """
            GET /shop/items?page=2&sort=price HTTP/1.1\r
            Host: www.Example.com:8080\r
            Connection: keep-alive\r
            Upgrade-Insecure-Requests: 1\r
            User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r
            Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r
            Sec-Fetch-Site: same-origin\r
            Referer: http://www.example.com/shop/\r
            Accept-Encoding: gzip, deflate, br, zstd\r
            Accept-Language: en-GB,en;q=0.9,de;q=0.8\r
            Cookie: session=4f1c2a9be07d4c21; theme=dark; consent=1\r
            \r
            """;

    @Test
    void headIsTakenApart() {
        var parsed = Parsed.of(BROWSER + "next");
        var head = parsed.head();
        assertThat(parsed.result()).isEqualTo(ParseResult.COMPLETE);
        assertThat(parsed.rest()).isEqualTo("next");
        assertThat(head.method()).isEqualTo(Method.GET);
        assertThat(head.version()).isEqualTo(HttpVersion.HTTP_1_1);
        assertThat(head.targetForm()).isEqualTo(TargetForm.ORIGIN);
        assertThat(head.target()).isEqualTo("/shop/items?page=2&sort=price");
        assertThat(head.path()).isEqualTo("/shop/items");
        assertThat(head.query()).isEqualTo("page=2&sort=price");
        assertThat(head.normalPath()).isEqualTo("/shop/items");
        assertThat(head.isPathNormal()).isTrue();
        assertThat(head.host()).isEqualTo("www.example.com");
        assertThat(head.port()).isEqualTo(8080);
        assertThat(head.fields().count()).isEqualTo(10);
        assertThat(parsed.value("HOST")).isEqualTo("www.Example.com:8080");
        assertThat(parsed.value("cookie")).isEqualTo("session=4f1c2a9be07d4c21; theme=dark; consent=1");
        assertThat(parsed.framing().kind()).isEqualTo(BodyFraming.Kind.NONE);
        assertThat(parsed.framing().keepAlive()).isTrue();
    }

    @Test
    void pipelinedRequestsAreReadOneByOneFromOneBuffer() {
        var parser = new RequestParser();
        var head = new RequestHead();
        var buffer = ByteBuffer.wrap(Parsed.bytes(BROWSER + "\r\n" + BROWSER.replace("page=2", "page=3") + BROWSER));
        for (var page : new String[] {"page=2", "page=3", "page=2"}) {
            parser.begin(head);
            assertThat(parser.hasBegun()).isFalse();
            assertThat(parser.parse(buffer)).isEqualTo(ParseResult.COMPLETE);
            assertThat(head.query()).startsWith(page);
        }
        assertThat(buffer.hasRemaining()).isFalse();
    }

    @Test
    void finishedParserMustBeginAgain() {
        var parser = new RequestParser();
        parser.begin(new RequestHead());
        parser.parse(ByteBuffer.wrap(Parsed.bytes(BROWSER)));
        assertThatIllegalStateException().isThrownBy(() -> parser.parse(ByteBuffer.wrap(Parsed.bytes("G"))));
    }

    @Test
    void blockThatCannotHoldTheLimitsIsRefused() {
        var parser = new RequestParser();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parser.begin(new RequestHead(new FieldBlock(100, 40_000))))
                .withMessageContaining("grow");
    }

    @Test
    void largestHeadWithinTheLimitsFits() {
        var limits = HttpLimits.DEFAULT;
        var path = "/%41".repeat((limits.requestLine() - "GET  HTTP/1.1".length()) / 4);
        var host = "Host: " + "A".repeat(limits.head() - "Host: \r\n\r\n".length()) + "\r\n";
        var parsed = Parsed.of("GET " + path + " HTTP/1.1\r\n" + host + "\r\n" + "x".repeat(9000));
        assertThat(parsed.violation()).isEqualTo(Violation.NONE);
        assertThat(parsed.head().host()).hasSize(limits.head() - "Host: \r\n\r\n".length());
        assertThat(parsed.rest()).hasSize(9000);
    }

    @Test
    void starIsForOptionsOnly() {
        var parsed = Parsed.of("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(parsed.head().targetForm()).isEqualTo(TargetForm.ASTERISK);
        assertThat(parsed.status()).isEqualTo(200);
    }

    @Test
    void absoluteTargetIsForwardedAsPathAndQuery() {
        var head = Parsed.of("GET http://a.example?q=1 HTTP/1.1\r\nHost: a.example\r\n\r\n")
                .head();
        assertThat(head.path()).isEqualTo("/");
        assertThat(head.query()).isEqualTo("q=1");
        assertThat(new String(
                        head.fields().bytes(),
                        head.forwardStart(),
                        head.forwardEnd() - head.forwardStart(),
                        StandardCharsets.ISO_8859_1))
                .isEqualTo("/?q=1");
        assertThat(head.target()).isEqualTo("http://a.example?q=1");
    }

    @Test
    void connectionOptionsDecideReuse() {
        assertThat(keepAlive("1.1", "")).isTrue();
        assertThat(keepAlive("1.1", "Connection: close\r\n")).isFalse();
        assertThat(keepAlive("1.1", "Connection: x, Close\r\n")).isFalse();
        assertThat(keepAlive("1.1", "Connection: keep-alive\r\nConnection: close\r\n"))
                .isFalse();
        assertThat(keepAlive("1.0", "")).isFalse();
        assertThat(keepAlive("1.0", "Connection: Keep-Alive\r\n")).isTrue();
        assertThat(keepAlive("1.0", "Connection: keep-alive, close\r\n")).isFalse();
    }

    private static boolean keepAlive(String version, String fields) {
        return Parsed.of("GET / HTTP/" + version + "\r\nHost: a\r\n" + fields + "\r\n")
                .framing()
                .keepAlive();
    }

    @Test
    void upgradeNeedsBothFieldsAndHttp11() {
        assertThat(upgrade("1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\n"))
                .isTrue();
        assertThat(upgrade("1.1", "Upgrade: websocket\r\n")).isFalse();
        assertThat(upgrade("1.1", "Connection: upgrade\r\n")).isFalse();
        assertThat(upgrade("1.0", "Connection: Upgrade\r\nUpgrade: websocket\r\n"))
                .isFalse();
    }

    private static boolean upgrade(String version, String fields) {
        return Parsed.of("GET / HTTP/" + version + "\r\nHost: a\r\n" + fields + "\r\n")
                .framing()
                .upgrade();
    }

    @Test
    void continueIsExpectedOnlyBeforeABody() {
        assertThat(expects("1.1", "Content-Length: 5\r\n")).isTrue();
        assertThat(expects("1.1", "Transfer-Encoding: chunked\r\n")).isTrue();
        assertThat(expects("1.1", "Content-Length: 0\r\n")).isFalse();
        assertThat(expects("1.1", "")).isFalse();
        assertThat(expects("1.0", "Content-Length: 5\r\n")).isFalse();
    }

    private static boolean expects(String version, String fields) {
        return Parsed.of("POST / HTTP/" + version + "\r\nHost: a\r\nExpect: 100-Continue\r\n" + fields + "\r\n")
                .framing()
                .expectsContinue();
    }

    @Test
    void parsingAllocatesNothing() {
        var parser = new RequestParser(HttpLimits.DEFAULT, Leniency.strict());
        var head = new RequestHead();
        var bytes = Parsed.bytes(BROWSER.replace("/shop/items", "/shop/%69tems/../a//b"));
        var buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        long allocated = Allocation.bytes(2000, () -> {
            parser.begin(head);
            parser.parse(buffer.rewind().limit(300));
            buffer.limit(bytes.length);
            if (parser.parse(buffer) != ParseResult.COMPLETE
                    || head.fields().find(FieldName.COOKIE) != 9
                    || head.hostEnd() - head.hostStart() != 15) {
                throw new AssertionError(parser.violation());
            }
        });
        assertThat(allocated).isZero();
    }
}
