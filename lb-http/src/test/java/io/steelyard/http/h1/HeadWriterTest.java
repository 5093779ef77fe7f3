package io.steelyard.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.steelyard.http.h1.BodyFraming.Kind;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HeadEdits;
import io.steelyard.http.message.HttpVersion;
import io.steelyard.http.message.Method;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.message.ResponseHead;
import io.steelyard.tck.Allocation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadWriterTest {
    private final HeadWriter writer = new HeadWriter();
    private final HeadEdits edits = new HeadEdits();

    private String request(String fields) {
        return request("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n", ConnectionOption.NONE);
    }

    private String request(String text, ConnectionOption connection) {
        var parsed = Parsed.of(text);
        assertThat(parsed.result()).as(parsed.violation().toString()).isEqualTo(ParseResult.COMPLETE);
        var framing = parsed.framing();
        int length = writer.request(
                parsed.head(), edits, HttpVersion.HTTP_1_1, framing.kind(), framing.length(), connection);
        return drained(length);
    }

    private String drained(int length) {
        var out = ByteBuffer.allocate(length);
        assertThat(writer.remaining()).isEqualTo(length);
        assertThat(writer.drainTo(out)).isTrue();
        assertThat(writer.remaining()).isZero();
        return new String(out.array(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void headIsWrittenAnewHostFirst() {
        var text = request(
                "POST http://A.example/x/../y?q HTTP/1.1\r\nAccept:  */*  \r\nhost:a.example\r\n"
                        + "x-mixed-Case: \t1\r\nContent-Length: 007\r\n\r\n",
                ConnectionOption.NONE);
        assertThat(text)
                .isEqualTo("POST /x/../y?q HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\nx-mixed-Case: 1\r\n"
                        + "Content-Length: 7\r\n\r\n");
    }

    @Test
    void hopByHopFieldsAreLeftOut() {
        assertThat(request("Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\n"
                        + "Proxy-Authorization: x\r\nProxy-Authenticate: x\r\nTE: gzip\r\nUpgrade: h2c\r\n"
                        + "HTTP2-Settings: x\r\nX-Kept: 1\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: a\r\nX-Kept: 1\r\n\r\n");
    }

    @Test
    void fieldsNamedInConnectionAreLeftOut() {
        assertThat(
                        request(
                                "X-One: 1\r\nConnection: x-one, X-TWO\r\nx-two: 2\r\nX-Three: 3\r\nConnection: close,X-Absent\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: a\r\nX-Three: 3\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Anything", "X-Real-IP",
                        "Forwarded",
                "Authorization", "Cookie", "Content-Type", "X-Request-ID", "Range", "Via"
            })
    void connectionCannotStripWhatServersTrust(String name) {
        assertThat(request("Connection: " + name + "\r\n" + name + ": v\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: a\r\n" + name + ": v\r\n\r\n");
    }

    @Test
    void connectionCannotStripHostOrFraming() {
        assertThat(request(
                        "POST / HTTP/1.1\r\nHost: a\r\nConnection: host, content-length\r\nContent-Length: 5\r\n\r\n",
                        ConnectionOption.NONE))
                .isEqualTo("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
        assertThat(request(
                        "POST / HTTP/1.1\r\nHost: a\r\nConnection: transfer-encoding\r\nTransfer-Encoding: Chunked\r\n\r\n",
                        ConnectionOption.NONE))
                .isEqualTo("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    @Test
    void trailersAreAskedForOnTheNextHopToo() {
        assertThat(request("TE: gzip;q=0.5, trailers\r\nConnection: TE\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: TE\r\n\r\n");
        assertThat(request("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n", ConnectionOption.CLOSE))
                .isEqualTo("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: close, TE\r\n\r\n");
    }

    @Test
    void connectionSaysWhatThisConnectionDoes() {
        var text = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
        assertThat(request(text, ConnectionOption.NONE)).isEqualTo("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(request(text, ConnectionOption.CLOSE)).endsWith("\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertThat(request(text, ConnectionOption.KEEP_ALIVE)).endsWith("a\r\nConnection: keep-alive\r\n\r\n");
        assertThat(request(text, ConnectionOption.UPGRADE))
                .endsWith("a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n");
    }

    @Test
    void editsRemoveSetAndAdd() {
        edits.remove(FieldName.of("x-gone"));
        edits.set(FieldName.HOST, "b:81");
        edits.set(FieldName.X_REAL_IP, "1.2.3.4");
        edits.set(FieldName.X_REAL_IP, "5.6.7.8");
        edits.add(FieldName.VIA, "1.1 lb");
        edits.target("/new path?x#\u00e9\r\n");
        edits.method(Method.HEAD);
        assertThat(request("X-Gone: 1\r\nVia: 1.0 z\r\nx-real-ip: 9.9.9.9\r\nX-gone: 2\r\n"))
                .isEqualTo("HEAD /new%20path?x%23%E9%0D%0A HTTP/1.1\r\nHost: b:81\r\nVia: 1.0 z\r\n"
                        + "X-Real-IP: 5.6.7.8\r\nVia: 1.1 lb\r\n\r\n");
        edits.clear();
        assertThat(request("X-Gone: 1\r\n")).isEqualTo("GET / HTTP/1.1\r\nHost: a\r\nX-Gone: 1\r\n\r\n");
    }

    @Test
    void editsCannotEndALineEarly() {
        edits.set(FieldName.of("X-User"), "a\r\nX-Injected: 1\0\n");
        assertThat(request("")).isEqualTo("GET / HTTP/1.1\r\nHost: a\r\nX-User: a  X-Injected: 1\r\n\r\n");
    }

    @Test
    void editsCannotContradictTheFraming() {
        edits.set(FieldName.CONTENT_LENGTH, "99");
        edits.set(FieldName.TRANSFER_ENCODING, "chunked");
        assertThat(request("")).isEqualTo("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    @Test
    void ownConnectionFieldReplacesOurs() {
        edits.set(FieldName.CONNECTION, "upgrade");
        edits.set(FieldName.UPGRADE, "websocket");
        assertThat(request("GET / HTTP/1.1\r\nHost: a\r\n\r\n", ConnectionOption.CLOSE))
                .isEqualTo("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    }

    @Test
    void requestCanBeWrittenForHttp10() {
        var parsed = Parsed.of("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        int length = writer.request(parsed.head(), HttpVersion.HTTP_1_0, Kind.NONE, -1, ConnectionOption.NONE);
        assertThat(drained(length)).isEqualTo("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> writer.request(
                        parsed.head(), HttpVersion.HTTP_1_1, Kind.UNTIL_CLOSE, -1, ConnectionOption.NONE));
    }

    @Test
    void expectationInHttp10IsNotPassedOn() {
        assertThat(request("GET / HTTP/1.0\r\nHost: a\r\nExpect: anything\r\n\r\n", ConnectionOption.NONE))
                .isEqualTo("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    @Test
    void requestWithoutHostGetsAnEmptyOneInHttp11() {
        assertThat(request("GET / HTTP/1.0\r\n\r\n", ConnectionOption.NONE))
                .isEqualTo("GET / HTTP/1.1\r\nHost:\r\n\r\n");
    }

    @Test
    void responseIsWrittenAnew() {
        var response =
                response("HTTP/1.0 200 Fine\r\nServer: s\r\nDate: d\r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\n"
                        + "Set-Cookie: a\r\nSet-Cookie: b\r\n\r\n");
        assertThat(drained(writer.response(response, Kind.CHUNKED, -1, ConnectionOption.NONE)))
                .isEqualTo("HTTP/1.1 200 Fine\r\nServer: s\r\nDate: d\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n");
        assertThat(drained(writer.response(response, Kind.UNTIL_CLOSE, -1, ConnectionOption.CLOSE)))
                .endsWith("Set-Cookie: b\r\nConnection: close\r\n\r\n");
    }

    @Test
    void answerToHeadDeclaresALengthThatIsNotSent() {
        var response = response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        assertThat(drained(writer.response(response, Kind.NONE, 5, ConnectionOption.NONE)))
                .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        assertThat(drained(writer.response(response, Kind.NONE, -1, ConnectionOption.NONE)))
                .isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
    }

    @Test
    void otherStatusBringsItsReason() {
        var response = response("HTTP/1.1 200 OK\r\n\r\n");
        edits.status(503);
        edits.add(FieldName.RETRY_AFTER, "1");
        assertThat(drained(writer.response(response, edits, Kind.LENGTH, 0, ConnectionOption.NONE)))
                .isEqualTo("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n");
        edits.status(599);
        assertThat(drained(writer.response(response, edits, Kind.LENGTH, 0, ConnectionOption.NONE)))
                .startsWith("HTTP/1.1 599 \r\n");
    }

    @Test
    void switchOfProtocolsIsPassedOn() {
        var head = new ResponseHead();
        var parser = new ResponseParser();
        parser.begin(head, Method.GET, true);
        parser.parse(ByteBuffer.wrap(Parsed.bytes("HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Accept: x\r\n\r\n")));
        assertThat(drained(writer.response(head, Kind.TUNNEL, -1, ConnectionOption.UPGRADE)))
                .isEqualTo(
                        "HTTP/1.1 101 S\r\nSec-WebSocket-Accept: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n");
    }

    @Test
    void headIsPutInPieces() {
        var parsed = Parsed.of(RequestParserTest.BROWSER);
        int length = writer.request(parsed.head(), HttpVersion.HTTP_1_1, Kind.NONE, -1, ConnectionOption.NONE);
        var whole = new StringBuilder();
        boolean done = false;
        while (!done) {
            var out = ByteBuffer.allocateDirect(7);
            done = writer.drainTo(out);
            out.flip();
            while (out.hasRemaining()) {
                whole.append((char) out.get());
            }
        }
        assertThat(whole).hasSize(length).startsWith("GET /shop/items?page=2&sort=price HTTP/1.1\r\nHost: www.Example");
    }

    @Test
    void headsOfAnySizeAreWritten() {
        var request = new RequestHead();
        request.begin(Method.GET, HttpVersion.HTTP_1_1);
        for (int i = 0; i < 500; i++) {
            request.fields().add(FieldName.of("X-" + i), "v".repeat(i));
        }
        int length = writer.request(request, HttpVersion.HTTP_1_1, Kind.NONE, -1, ConnectionOption.NONE);
        assertThat(drained(length)).contains("\r\nX-499: " + "v".repeat(499) + "\r\n\r\n");
    }

    @Test
    void writingAllocatesNothing() {
        var parsed = Parsed.of(RequestParserTest.BROWSER);
        var out = ByteBuffer.allocateDirect(2000);
        var address = Parsed.bytes("10.1.2.3");
        long allocated = Allocation.bytes(2000, () -> {
            edits.clear();
            edits.set(FieldName.X_REAL_IP, address, 0, address.length);
            edits.add(FieldName.X_FORWARDED_FOR, address, 0, address.length);
            writer.request(parsed.head(), edits, HttpVersion.HTTP_1_1, Kind.NONE, -1, ConnectionOption.NONE);
            if (!writer.drainTo(out.clear())) {
                throw new AssertionError("no room");
            }
        });
        assertThat(allocated).isZero();
    }

    private static ResponseHead response(String text) {
        var head = new ResponseHead();
        var parser = new ResponseParser();
        parser.begin(head, Method.GET, false);
        assertThat(parser.parse(ByteBuffer.wrap(Parsed.bytes(text)))).isEqualTo(ParseResult.COMPLETE);
        return head;
    }
}
