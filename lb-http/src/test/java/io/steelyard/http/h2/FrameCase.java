package io.steelyard.http.h2;

import java.util.ArrayList;
import java.util.List;

/**
 * Frames that a client sends behind the preface and its SETTINGS, and what it is answered with: {@code GOAWAY code}, {@code RST code} for the
 * stream, {@code ok} where nothing is wrong, or a status. The cases follow RFC 9113 by section.
 */
public record FrameCase(String name, String expected, byte[] sent) {
    private static final List<FrameCase> ALL = new ArrayList<>();

    static {
        frames();
        streams();
        settings();
        windows();
        headers();
        bodies();
        pseudoFields();
        fields();
        rulesOfAllVersions();
    }

    public static List<FrameCase> all() {
        return ALL;
    }

    @Override
    public String toString() {
        return name;
    }

    private static void add(String name, String expected, Frame... frames) {
        ALL.add(new FrameCase(name, expected, Frame.bytes(frames)));
    }

    private static void frames() {
        add("4.1 frame of an unknown type is ignored", "200", Frame.of(99, 255, 0, new byte[9]), Frame.get(1, "/"));
        add("4.1 undefined flags are ignored", "200", Frame.ping(0).with(0xfe & ~1), Frame.get(1, "/"));
        add("4.2 frame larger than allowed", "GOAWAY FRAME_SIZE_ERROR", Frame.of(4, 0, 0, new byte[16_386]));
        add("6.7 PING of another length", "GOAWAY FRAME_SIZE_ERROR", Frame.of(6, 0, 0, new byte[7]));
        add("6.7 PING on a stream", "GOAWAY PROTOCOL_ERROR", Frame.of(6, 0, 1, new byte[8]));
        add("6.8 GOAWAY on a stream", "GOAWAY PROTOCOL_ERROR", Frame.of(7, 0, 1, new byte[8]));
        add("6.6 PUSH_PROMISE from a client", "GOAWAY PROTOCOL_ERROR", Frame.of(5, 4, 1, new byte[8]));
        add("6.3 PRIORITY on the connection", "GOAWAY PROTOCOL_ERROR", Frame.of(2, 0, 0, new byte[5]));
        add("6.3 PRIORITY of another length", "GOAWAY FRAME_SIZE_ERROR", Frame.of(2, 0, 1, new byte[4]));
        add("6.3 PRIORITY is ignored", "200", Frame.of(2, 0, 1, new byte[5]), Frame.get(1, "/"));
    }

    private static void streams() {
        add("5.1 DATA on an idle stream", "GOAWAY PROTOCOL_ERROR", Frame.data(1, true, "x"));
        add("5.1 RST_STREAM on an idle stream", "GOAWAY PROTOCOL_ERROR", Frame.reset(1, 8));
        add("5.1 WINDOW_UPDATE on an idle stream", "GOAWAY PROTOCOL_ERROR", Frame.windowUpdate(1, 10));
        add("5.1 CONTINUATION on an idle stream", "GOAWAY PROTOCOL_ERROR", Frame.of(9, 4, 1, Frame.block("a", "b")));
        add("5.1 DATA on a half-closed stream", "RST STREAM_CLOSED", Frame.get(1, "/slow"), Frame.data(1, true, "x"));
        add("5.1 HEADERS on a half-closed stream", "RST STREAM_CLOSED", Frame.get(1, "/slow"), Frame.get(1, "/"));
        add("5.1 DATA on a closed stream", "GOAWAY STREAM_CLOSED", post(), Frame.reset(1, 8), Frame.data(1, true, "x"));
        add("5.1 HEADERS on a closed stream", "GOAWAY STREAM_CLOSED", post(), Frame.reset(1, 8), Frame.get(1, "/"));
        add("5.1.1 request on an even stream", "GOAWAY PROTOCOL_ERROR", Frame.get(2, "/"));
        add("5.1.1 request on a smaller stream", "GOAWAY STREAM_CLOSED", Frame.get(5, "/slow"), Frame.get(3, "/"));
        add("5.3.1 stream that depends on itself", "RST PROTOCOL_ERROR", dependingOnItself());
        add("6.4 RST_STREAM on the connection", "GOAWAY PROTOCOL_ERROR", Frame.reset(0, 8));
        add("6.4 RST_STREAM of another length", "GOAWAY FRAME_SIZE_ERROR", post(), Frame.of(3, 0, 1, new byte[3]));
    }

    private static Frame dependingOnItself() {
        var get = Frame.get(1, "/");
        var payload = new byte[5 + get.payload().length];
        payload[3] = 1;
        System.arraycopy(get.payload(), 0, payload, 5, get.payload().length);
        return Frame.of(1, get.flags() | 0x20, 1, payload);
    }

    private static void settings() {
        add("6.5 SETTINGS on a stream", "GOAWAY PROTOCOL_ERROR", Frame.of(4, 0, 1));
        add("6.5 SETTINGS of another length", "GOAWAY FRAME_SIZE_ERROR", Frame.of(4, 0, 0, new byte[3]));
        add("6.5 acknowledgement with a payload", "GOAWAY FRAME_SIZE_ERROR", Frame.of(4, 1, 0, new byte[6]));
        add("6.5.2 ENABLE_PUSH 2", "GOAWAY PROTOCOL_ERROR", Frame.settings(2, 2));
        add("6.5.2 INITIAL_WINDOW_SIZE 2^31", "GOAWAY FLOW_CONTROL_ERROR", Frame.settings(4, Integer.MIN_VALUE));
        add("6.5.2 MAX_FRAME_SIZE too small", "GOAWAY PROTOCOL_ERROR", Frame.settings(5, 16_383));
        add("6.5.2 MAX_FRAME_SIZE too large", "GOAWAY PROTOCOL_ERROR", Frame.settings(5, 1 << 24));
        add("6.5.2 unknown setting", "200", Frame.settings(999, 1), Frame.get(1, "/"));
        add("6.5.2 tiny MAX_HEADER_LIST_SIZE is advice", "200", Frame.settings(6, 1), Frame.get(1, "/"));
    }

    private static void windows() {
        add("6.9 WINDOW_UPDATE of 0 on the connection", "GOAWAY PROTOCOL_ERROR", Frame.windowUpdate(0, 0));
        add("6.9 WINDOW_UPDATE of 0 on a stream", "RST PROTOCOL_ERROR", post(), Frame.windowUpdate(1, 0));
        add("6.9 WINDOW_UPDATE of another length", "GOAWAY FRAME_SIZE_ERROR", Frame.of(8, 0, 0, new byte[3]));
        add("6.9.1 connection window too large", "GOAWAY FLOW_CONTROL_ERROR", Frame.windowUpdate(0, Integer.MAX_VALUE));
        add(
                "6.9.1 stream window too large",
                "RST FLOW_CONTROL_ERROR",
                post(),
                Frame.windowUpdate(1, Integer.MAX_VALUE));
        add(
                "6.9.2 setting that makes a window too large",
                "GOAWAY FLOW_CONTROL_ERROR",
                post(),
                Frame.windowUpdate(1, Integer.MAX_VALUE - 65_535),
                Frame.settings(4, 65_536));
    }

    private static void headers() {
        add("4.3 block that is none", "GOAWAY COMPRESSION_ERROR", Frame.of(1, 5, 1, (byte) 0xff, (byte) 0xff));
        add("6.2 HEADERS on the connection", "GOAWAY PROTOCOL_ERROR", Frame.get(0, "/"));
        add("6.2 HEADERS with too much padding", "GOAWAY PROTOCOL_ERROR", Frame.of(1, 0xd, 1, (byte) 9, (byte) 0x82));
        add("6.2 HEADERS too short for its padding", "GOAWAY FRAME_SIZE_ERROR", Frame.of(1, 0xd, 1));
        add("6.10 block in several frames", "200", inFrames(Frame.get(1, "/"), 3));
        add(
                "6.10 other frame within a block",
                "GOAWAY PROTOCOL_ERROR",
                Frame.get(1, "/").without(4),
                Frame.ping(0));
        add("6.10 DATA within a block", "GOAWAY PROTOCOL_ERROR", post().without(4), Frame.data(1, true, "x"));
        add(
                "6.10 CONTINUATION of another stream",
                "GOAWAY PROTOCOL_ERROR",
                Frame.get(1, "/").without(4),
                Frame.of(9, 4, 3));
        add("6.10 CONTINUATION behind a whole block", "GOAWAY PROTOCOL_ERROR", post(), Frame.of(9, 4, 1));
    }

    /** The same block in several frames. */
    private static Frame[] inFrames(Frame headers, int count) {
        var frames = new Frame[count];
        var block = headers.payload();
        for (int i = 0; i < count; i++) {
            var piece = java.util.Arrays.copyOfRange(block, block.length * i / count, block.length * (i + 1) / count);
            frames[i] = Frame.of(
                    i == 0 ? 1 : 9,
                    (i == 0 ? headers.flags() & 1 : 0) | (i == count - 1 ? 4 : 0),
                    headers.stream(),
                    piece);
        }
        return frames;
    }

    private static void bodies() {
        add("6.1 DATA on the connection", "GOAWAY PROTOCOL_ERROR", Frame.data(0, true, "x"));
        add("6.1 DATA with too much padding", "GOAWAY PROTOCOL_ERROR", post(), Frame.of(0, 9, 1, (byte) 5, (byte) 1));
        add(
                "6.1 padding is no data",
                "200",
                post("content-length", "2"),
                Frame.of(0, 9, 1, bytes(3, 'h', 'i', 0, 0, 0)));
        add(
                "8.1 second header block without END_STREAM",
                "RST PROTOCOL_ERROR",
                post(),
                Frame.headers(1, false, "x", "y"));
        add("8.1 pseudo-field in trailers", "RST PROTOCOL_ERROR", post(), Frame.headers(1, true, ":path", "/"));
        add("8.1 trailers", "200", post(), Frame.data(1, false, "x"), Frame.headers(1, true, "x-sum", "1"));
        add(
                "H2.CL more data than Content-Length",
                "RST PROTOCOL_ERROR",
                post("content-length", "1"),
                Frame.data(1, true, "xy"));
        add(
                "H2.CL less data than Content-Length",
                "RST PROTOCOL_ERROR",
                post("content-length", "3"),
                Frame.data(1, true, "xy"));
        add(
                "H2.CL Content-Length without a body",
                "RST PROTOCOL_ERROR",
                post("content-length", "3").with(1));
        add(
                "H2.CL less data before trailers",
                "RST PROTOCOL_ERROR",
                post("content-length", "3"),
                Frame.data(1, false, "xy"),
                Frame.headers(1, true, "x", "y"));
        add(
                "H2.CL Content-Length repeated",
                "400",
                post("content-length", "1", "content-length", "1"),
                Frame.data(1, true, "x"));
        add("H2.CL Content-Length +1", "400", post("content-length", "+1"), Frame.data(1, true, "x"));
        add(
                "Content-Length 0 without a body",
                "200",
                post("content-length", "0").with(1));
    }

    private static byte[] bytes(int... octets) {
        var bytes = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            bytes[i] = (byte) octets[i];
        }
        return bytes;
    }

    private static void pseudoFields() {
        refused(
                "8.3 unknown pseudo-field",
                ":method",
                "GET",
                ":scheme",
                "http",
                ":path",
                "/",
                ":authority",
                "a",
                ":x",
                "y");
        refused("8.3 pseudo-field of answers", ":method", "GET", ":scheme", "http", ":path", "/", ":status", "200");
        refused("8.3 pseudo-field behind another field", ":method", "GET", ":scheme", "http", "x", "y", ":path", "/");
        refused("8.3.1 path missing", ":method", "GET", ":scheme", "http", ":authority", "a");
        refused("8.3.1 method missing", ":scheme", "http", ":path", "/", ":authority", "a");
        refused("8.3.1 scheme missing", ":method", "GET", ":path", "/", ":authority", "a");
        refused("8.3.1 path empty", ":method", "GET", ":scheme", "http", ":path", "", ":authority", "a");
        refused(
                "8.3.1 path repeated",
                ":method",
                "GET",
                ":scheme",
                "http",
                ":path",
                "/",
                ":path",
                "/",
                ":authority",
                "a");
        refused("8.3.1 method repeated", ":method", "GET", ":method", "GET", ":scheme", "http", ":path", "/");
        refused("absolute URL as path", ":method", "GET", ":scheme", "http", ":path", "http://a/", ":authority", "a");
        refused("path without a slash", ":method", "GET", ":scheme", "http", ":path", "a", ":authority", "a");
        refused("method is no token", ":method", "GET /x HTTP/1.1", ":scheme", "http", ":path", "/", ":authority", "a");
        refused("scheme that is none of the web", ":method", "GET", ":scheme", "ftp", ":path", "/", ":authority", "a");
        refused("scheme that smuggles a request line", ":method", "GET", ":scheme", "http://a/b?", ":path", "/");
        refused(
                "8441 extended CONNECT",
                ":method",
                "CONNECT",
                ":protocol",
                "websocket",
                ":scheme",
                "http",
                ":path",
                "/");
        answered("8.5 CONNECT", "405", ":method", "CONNECT", ":authority", "a:443");
        refused(
                "8.5 CONNECT with a path",
                ":method",
                "CONNECT",
                ":scheme",
                "http",
                ":path",
                "/",
                ":authority",
                "a:443");
        answered("TRACE", "405", ":method", "TRACE", ":scheme", "http", ":path", "/", ":authority", "a");
    }

    private static void fields() {
        plain("8.2 name in capitals", "X-A", "b");
        plain("8.2.1 name with a space", "x a", "b");
        plain("8.2.1 name with a colon", "x:a", "b");
        plain("8.2.1 name empty", "", "b");
        plain("8.2.1 name with CR LF", "x\r\ntransfer-encoding", "chunked");
        plain("8.2.1 value with CR LF", "x", "b\r\nc: d");
        plain("8.2.1 value with LF", "x", "b\nc: d");
        plain("8.2.1 value with NUL", "x", "b\0");
        plain("8.2.1 value with a space before it", "x", " b");
        plain("8.2.1 value with a tab behind it", "x", "b\t");
        plain("8.2.2 Connection", "connection", "close");
        plain("8.2.2 Keep-Alive", "keep-alive", "5");
        plain("8.2.2 Proxy-Connection", "proxy-connection", "keep-alive");
        plain("8.2.2 Upgrade", "upgrade", "websocket");
        plain("H2.TE Transfer-Encoding", "transfer-encoding", "chunked");
        plain("8.2.2 TE other than trailers", "te", "gzip");
        answered("8.2.2 TE trailers", "200", request("te", "trailers"));
        answered("crumbs of a cookie", "200", request("cookie", "a=b", "cookie", "c=d"));
    }

    private static void rulesOfAllVersions() {
        answered("Host other than the authority", "400", request("host", "other"));
        answered("Host same as the authority", "200", request("host", "SITE"));
        answered("neither Host nor authority", "400", ":method", "GET", ":scheme", "http", ":path", "/");
        answered(
                "authority with user information",
                "400",
                ":method",
                "GET",
                ":scheme",
                "http",
                ":path",
                "/",
                ":authority",
                "u@a");
        answered(
                "authority with a path", "400", ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a/b");
        answered("authority empty", "400", ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "");
        answered("path with a space", "400", ":method", "GET", ":scheme", "http", ":path", "/a b", ":authority", "a");
        answered(
                "path with a fragment", "400", ":method", "GET", ":scheme", "http", ":path", "/a#b", ":authority", "a");
        answered(
                "path above the root", "400", ":method", "GET", ":scheme", "http", ":path", "/../a", ":authority", "a");
        answered(
                "path with an encoded line feed",
                "400",
                ":method",
                "GET",
                ":scheme",
                "http",
                ":path",
                "/%0a",
                ":authority",
                "a");
        answered(
                "path with a backslash",
                "400",
                ":method",
                "GET",
                ":scheme",
                "http",
                ":path",
                "/\\a",
                ":authority",
                "a");
        answered(
                "asterisk of OPTIONS", "200", ":method", "OPTIONS", ":scheme", "http", ":path", "*", ":authority", "a");
        answered(
                "asterisk of another method",
                "400",
                ":method",
                "GET",
                ":scheme",
                "http",
                ":path",
                "*",
                ":authority",
                "a");
        answered(
                "path too long",
                "414",
                ":method",
                "GET",
                ":scheme",
                "http",
                ":path",
                "/" + "a".repeat(9_000),
                ":authority",
                "a");
        answered(
                "field too large",
                "431",
                request("x", "a".repeat(33_000).substring(0, 16_000), "y", "b".repeat(100), "z", "c".repeat(17_000)));
        answered("Expect other than 100-continue", "417", request("expect", "200-ok"));
    }

    private static Frame post(String... more) {
        return Frame.post(1, "/", more);
    }

    private static String[] request(String... more) {
        var fields = new ArrayList<>(List.of(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "site"));
        fields.addAll(List.of(more));
        return fields.toArray(String[]::new);
    }

    private static void plain(String name, String field, String value) {
        refused(name, request(field, value));
    }

    private static void refused(String name, String... fields) {
        answered(name, "RST PROTOCOL_ERROR", fields);
    }

    private static void answered(String name, String expected, String... fields) {
        var whole = Frame.headers(1, true, fields);
        add(name, expected, whole.payload().length <= 16_384 ? new Frame[] {whole} : inFrames(whole, 3));
    }
}
