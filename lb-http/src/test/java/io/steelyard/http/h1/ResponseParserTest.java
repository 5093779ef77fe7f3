package io.steelyard.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.steelyard.http.h1.BodyFraming.Kind;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.HttpVersion;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Method;
import io.steelyard.http.message.Relaxation;
import io.steelyard.http.message.ResponseHead;
import io.steelyard.http.message.Violation;
import io.steelyard.tck.Allocation;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseParserTest {
    private final ResponseParser parser = new ResponseParser();
    private final ResponseHead head = new ResponseHead();

    private ParseResult parse(String text) {
        return parse(text, Method.GET, false);
    }

    private ParseResult parse(String text, Method method, boolean upgradeRequested) {
        parser.begin(head, method, upgradeRequested);
        return parser.parse(ByteBuffer.wrap(Parsed.bytes(text)));
    }

    private void refused(String text, Violation violation) {
        assertThat(parse(text)).isEqualTo(ParseResult.REJECTED);
        assertThat(parser.violation()).isEqualTo(violation);
    }

    @Test
    void headIsTakenApart() {
        var buffer = ByteBuffer.wrap(
                Parsed.bytes("HTTP/1.1 404 Not Here\r\nServer: x\r\nX_Kept: 1\r\nContent-Length: 3\r\n\r\nabcHTTP"));
        parser.begin(head, Method.GET, false);
        assertThat(parser.parse(buffer)).isEqualTo(ParseResult.COMPLETE);
        assertThat(buffer.remaining()).isEqualTo(7);
        assertThat(head.status()).isEqualTo(404);
        assertThat(head.reason()).isEqualTo("Not Here");
        assertThat(head.version()).isEqualTo(HttpVersion.HTTP_1_1);
        assertThat(head.fields().find(FieldName.of("x_kept"))).isEqualTo(1);
        assertThat(parser.framing().kind()).isEqualTo(Kind.LENGTH);
        assertThat(parser.framing().length()).isEqualTo(3);
        assertThat(parser.framing().keepAlive()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 ", "HTTP/1.1 200", "HTTP/1.0 200 OK"})
    void reasonMayBeMissing(String line) {
        assertThat(parse(line + "\r\n\r\n")).isEqualTo(ParseResult.COMPLETE);
        assertThat(head.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1  200 OK, STATUS_INVALID", "HTTP/1.1 20 OK, STATUS_INVALID", "HTTP/1.1 2000 OK, STATUS_INVALID",
        "HTTP/1.1 099 OK, STATUS_INVALID", "HTTP/1.1 2x0 OK, STATUS_INVALID", "HTTP/1.1 -20, STATUS_INVALID",
        "HTTP/1.2 200 OK, VERSION_NOT_SUPPORTED", "HTTP/2.0 200 OK, VERSION_NOT_SUPPORTED",
                "HTTP/0.9 200, VERSION_NOT_SUPPORTED",
        "HTTP/2 200 OK, STATUS_LINE_INVALID", "http/1.1 200 OK, STATUS_LINE_INVALID", "ICY 200 OK, STATUS_LINE_INVALID",
        "<html>, STATUS_LINE_INVALID", "HTTP/1.1200 OK, STATUS_LINE_INVALID",
    })
    void badStatusLineIsRefused(String line, Violation violation) {
        refused(line + "\r\n\r\n", violation);
    }

    @Test
    void emptyLineBeforeResponseAnswersNoRequest() {
        refused("\r\nHTTP/1.1 200 OK\r\n\r\n", Violation.BYTES_BEFORE_MESSAGE);
    }

    @Test
    void controlCharacterInReasonIsRefused() {
        refused("HTTP/1.1 200 a\0b\r\n\r\n", Violation.FIELD_VALUE_INVALID);
    }

    @Test
    void endlessStatusLineIsRefused() {
        refused("HTTP/1.1 200 " + "x".repeat(9000), Violation.STATUS_LINE_INVALID);
    }

    @ParameterizedTest
    @CsvSource({
        "'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n', CONTENT_LENGTH_AND_TRANSFER_ENCODING",
        "'Content-Length: 3\r\nContent-Length: 3\r\n', CONTENT_LENGTH_REPEATED",
        "'Content-Length: 3\r\nContent-Length: 4\r\n', CONTENT_LENGTHS_DIFFER",
        "'Content-Length: x\r\n', CONTENT_LENGTH_INVALID",
        "'Transfer-Encoding: gzip, chunked\r\n', TRANSFER_CODING_NOT_SUPPORTED",
        "'Transfer-Encoding: identity\r\n', TRANSFER_ENCODING_INVALID",
        "'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', TRANSFER_ENCODING_INVALID",
        "'X : 1\r\n', SPACE_BEFORE_COLON",
        "'X\r\n', FIELD_WITHOUT_COLON",
        "'X: a\n', BARE_LINE_FEED",
    })
    void responseSplittingFramesAreRefused(String fields, Violation violation) {
        refused("HTTP/1.1 200 OK\r\n" + fields + "\r\n", violation);
    }

    @Test
    void chunkedInHttp10ResponseIsRefused() {
        refused("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Violation.TRANSFER_ENCODING_IN_HTTP_1_0);
    }

    @Test
    void switchThatNobodyAskedForIsRefused() {
        var text = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
        refused(text, Violation.UNREQUESTED_SWITCH);
        assertThat(parse(text, Method.GET, true)).isEqualTo(ParseResult.COMPLETE);
        assertThat(parser.framing().kind()).isEqualTo(Kind.TUNNEL);
        assertThat(parser.framing().keepAlive()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        // method, status, fields, kind, length
        "GET, 200, '', UNTIL_CLOSE, -1",
        "GET, 200, Content-Length: 0, LENGTH, 0",
        "GET, 200, Transfer-Encoding: chunked, CHUNKED, -1",
        "HEAD, 200, '', NONE, -1",
        "HEAD, 200, Content-Length: 7, NONE, 7",
        "HEAD, 200, Transfer-Encoding: chunked, NONE, -1",
        "GET, 204, Content-Length: 7, NONE, -1",
        "GET, 204, '', NONE, -1",
        "GET, 304, Content-Length: 7, NONE, 7",
        "GET, 304, '', NONE, -1",
        "GET, 100, Content-Length: 7, NONE, -1",
        "GET, 103, '', NONE, -1",
        "POST, 500, Content-Length: 7, LENGTH, 7",
        "CONNECT, 200, Content-Length: 7, TUNNEL, -1",
        "CONNECT, 502, Content-Length: 7, LENGTH, 7",
    })
    void bodyEndsWhereTheRulesSay(Method method, int status, String field, Kind kind, long length) {
        var fields = field.isEmpty() ? "" : field + "\r\n";
        assertThat(parse("HTTP/1.1 " + status + " x\r\n" + fields + "\r\n", method, false))
                .isEqualTo(ParseResult.COMPLETE);
        assertThat(parser.framing().kind()).isEqualTo(kind);
        assertThat(parser.framing().length()).isEqualTo(length);
        assertThat(parser.framing().keepAlive()).isEqualTo(kind != Kind.UNTIL_CLOSE && kind != Kind.TUNNEL);
    }

    @Test
    void interimResponsesAreReadOneAfterAnother() {
        var buffer = ByteBuffer.wrap(
                Parsed.bytes("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: a\r\n\r\nHTTP/1.1 204 No\r\n\r\n"));
        for (int status : new int[] {100, 103, 204}) {
            parser.begin(head, Method.GET, false);
            assertThat(parser.parse(buffer)).isEqualTo(ParseResult.COMPLETE);
            assertThat(head.status()).isEqualTo(status);
            assertThat(head.isInterim()).isEqualTo(status < 200);
        }
    }

    @Test
    void http10ServersKeepTheConnectionOnlyIfTheySay() {
        parse("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n");
        assertThat(parser.framing().keepAlive()).isFalse();
        parse("HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n");
        assertThat(parser.framing().keepAlive()).isTrue();
        parse("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n");
        assertThat(parser.framing().keepAlive()).isFalse();
    }

    @Test
    void finishedParserMustBeginAgain() {
        parse("x");
        assertThatIllegalStateException().isThrownBy(() -> parser.parse(ByteBuffer.wrap(Parsed.bytes("H"))));
    }

    @Test
    void relaxedParserTakesWhatSwitchesName() {
        var lenient = new ResponseParser(
                HttpLimits.DEFAULT,
                Leniency.of(
                        Relaxation.BARE_LINE_FEED,
                        Relaxation.HIGHER_MINOR_VERSION,
                        Relaxation.FOLDED_FIELDS,
                        Relaxation.EQUAL_CONTENT_LENGTHS));
        lenient.begin(head, Method.GET, false);
        var text = "HTTP/1.7 200 OK\nX: a\n b\nContent-Length: 1\nContent-Length: 1\n\n";
        assertThat(lenient.parse(ByteBuffer.wrap(Parsed.bytes(text)))).isEqualTo(ParseResult.COMPLETE);
        assertThat(head.fields().value(0)).isEqualTo("a  b");
        assertThat(lenient.framing().length()).isEqualTo(1);
    }

    @Test
    void anyPiecesGiveTheSameResult() {
        for (var text : new String[] {
            "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 200\r\nX: \r\n\r\n",
            "HTTP/1.0 999 \u00e9\r\nConnection: keep-alive\r\nTransfer-Encoding: x\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
            "HTTP/1.5 200 OK\r\n\r\n"
        }) {
            var whole = parse(text) + " " + parser.violation() + " " + head;
            var bytes = Parsed.bytes(text);
            for (int first = 1; first < bytes.length; first++) {
                parser.begin(head, Method.GET, false);
                var result = parser.parse(ByteBuffer.wrap(bytes, 0, first));
                if (result == ParseResult.NEED_MORE) {
                    result = parser.parse(ByteBuffer.wrap(bytes, first, bytes.length - first));
                }
                assertThat(result + " " + parser.violation() + " " + head).isEqualTo(whole);
            }
        }
    }

    @Test
    void parsingAllocatesNothing() {
        var buffer = ByteBuffer.allocateDirect(1000);
        buffer.put(Parsed.bytes("HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Sat, 21 Nov 2026 07:11:45 GMT\r\n"
                        + "Content-Type: text/html; charset=utf-8\r\nContent-Length: 612\r\nConnection: keep-alive\r\n"
                        + "ETag: \"5c0-612\"\r\nX-Custom: some value\r\n\r\n"))
                .flip();
        long allocated = Allocation.bytes(2000, () -> {
            parser.begin(head, Method.GET, false);
            if (parser.parse(buffer.rewind()) != ParseResult.COMPLETE) {
                throw new AssertionError(parser.violation());
            }
        });
        assertThat(allocated).isZero();
    }
}
