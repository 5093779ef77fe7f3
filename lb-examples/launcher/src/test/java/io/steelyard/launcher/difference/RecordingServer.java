package io.steelyard.launcher.difference;

import io.steelyard.launcher.difference.HttpText.Field;
import io.steelyard.launcher.difference.HttpText.Head;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Servers that keep what they were sent, and answer as the field X-Reply says: by a name, or by several parted by commas, one for each
 * attempt at the request. Each connection has a thread; what was kept is for any.
 */
final class RecordingServer implements AutoCloseable {
    /** What parts an answer: the rest is sent when what stands before has been read. */
    private static final String PART = "^";

    /** What ends an answer and its connection. */
    private static final String END = "~";

    /** What ends an answer, and resets its connection. */
    private static final String RESET = "`";

    /** The answers there are, by name, with these marks. */
    static final Map<String, String> REPLIES = new TreeMap<>();

    static {
        reply("plain", "200 OK|Content-Type: text/plain|Content-Length: 6||hello\n");
        reply("bare", "200 OK|Content-Length: 2||ok");
        reply("empty", "200 OK|Content-Length: 0||");
        reply(
                "chunked",
                "200 OK|Content-Type: text/css|Transfer-Encoding: chunked||5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
        reply("chunked-extension", "200 OK|Transfer-Encoding: chunked||5;a=b\r\nhello\r\n0\r\n\r\n");
        reply("trailers", "200 OK|Trailer: X-T|Transfer-Encoding: chunked||3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n");
        reply("until-end", "200 OK|Connection: close||all of it~");
        reply("none", "204 No Content|X-A: 1||");
        reply("same", "304 Not Modified|ETag: \"a\"||");
        reply("partial", "206 Partial Content|Content-Range: bytes 0-1/5|Content-Length: 2||he");
        reply("error", "500 Internal Server Error|Content-Length: 4||oops");
        reply("missing", "404 Not Found|Content-Type: text/html|Content-Length: 4||gone");
        reply("busy", "503 Service Unavailable|Retry-After: 9|Content-Length: 4||busy");
        reply("many", "429 Too Many Requests|Content-Length: 4||slow");
        reply("moved", "301 Moved Permanently|Location: http://127.0.0.1:PORT/v1/there?x=1|Content-Length: 0||");
        reply("moved-host", "302 Found|Location: http://one/v1/there|Content-Length: 0||");
        reply("moved-path", "302 Found|Location: /v1/there|Content-Length: 0||");
        reply("moved-away", "307 Temporary Redirect|Location: https://other.example/a|Content-Length: 0||");
        reply("created", "201 Created|Location: http://127.0.0.1:PORT/new/1|Content-Length: 2||ok");
        reply("refresh", "200 OK|Refresh: 5; url=http://127.0.0.1:PORT/v1/x|Content-Length: 2||ok");
        reply(
                "cookies",
                "200 OK|Set-Cookie: a=1; Path=/v1/; Domain=one.example|Set-Cookie: b=2; path=/v1/sub; HttpOnly"
                        + "|Content-Length: 2||ok");
        reply("hops", "200 OK|Connection: x-hop|X-Hop: 1|Keep-Alive: timeout=5|Content-Length: 2||ok");
        reply(
                "names",
                "200 OK|Server: own/1|Date: Thu, 01 Jan 1970 00:00:00 GMT|X-A: 1|X-A: 2|x-lower: yes|X-Pad: p"
                        + "|X-Accel-Limit-Rate: 1000000|Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT|Content-Length: 2||ok");
        reply("empty-field", "200 OK|X-Empty:|Vary: Accept|Content-Length: 2||ok");
        reply(
                "media",
                "200 OK|Content-Type: text/html; charset=utf-8|Content-Encoding: gzip|Content-Language: de"
                        + "|Accept-Ranges: bytes|ETag: W/\"x\"|Expires: 0|Cache-Control: no-cache|Content-Length: 2||ok");
        reply("odd-status", "299 Whatever|Content-Length: 2||ok");
        reply("no-reason", "200 |Content-Length: 2||ok");
        reply("hangs-up", "~");
        reply("half-head", "200 OK|X-A: 1~");
        reply("short", "200 OK|Content-Length: 9||short~");
        reply("short-chunks", "200 OK|Transfer-Encoding: chunked||9\r\nshort~");
        REPLIES.put("junk", "this is no HTTP\r\n\r\n~");
        reply("interim", "103 Early Hints|Link: </a.css>||HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        reply("invited", "100 Continue||HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        reply("both-lengths", "200 OK|Content-Length: 2|Transfer-Encoding: chunked||2\r\nok\r\n0\r\n\r\n");
        reply("equal-lengths", "200 OK|Content-Length: 2|Content-Length: 2||ok");
        reply("different-lengths", "200 OK|Content-Length: 2|Content-Length: 3||ok~");
        reply("odd-length", "200 OK|Content-Length: x||ok~");
        reply("folded", "200 OK|X-A: 1|  2|Content-Length: 2||ok");
        reply("space-before-colon", "200 OK|X-A : 1|Content-Length: 2||ok");
        reply("no-colon", "200 OK|X-A|Content-Length: 2||ok~");
        reply("bad-chunk", "200 OK|Transfer-Encoding: chunked||zz\r\nok\r\n0\r\n\r\n~");
        reply("long-field", "200 OK|X-A: " + "v".repeat(20_000) + "|Content-Length: 2||ok~");
        reply("switches", "101 Switching Protocols|Connection: upgrade|Upgrade: websocket||~");
        reply("private", "200 OK|Cache-Control: private|Set-Cookie: SRV=own; path=/|Content-Length: 2||ok");
        reply("session", "200 OK|Set-Cookie: id=42; path=/; HttpOnly|Content-Length: 2||ok");
        reply("teapot", "418 Teapot|Content-Length: 4||pot!");
        REPLIES.put("silent", "");
        reply("authenticate", "401 Unauthorized|WWW-Authenticate: Basic realm=\"x\"|Content-Length: 2||no");
        reply("slow", "200 OK|Content-Ty^pe: text/plain|Content-Length: 12||hel^lo, w^orld\n");
        reply("slow-head", "200^ OK^|X-A: 1^|Content-Length: 2^||^ok");
        reply("slow-chunks", "200 OK|Transfer-Encoding: chunked||5\r^\nhel^lo\r\n^6\r\n world^\r\n0\r\n^\r\n");
        reply("slow-until-end", "200 OK|Connection: close||all^ of^ it^~");
        reply("slow-half-head", "200 OK|X^-A: 1^~");
        reply("slow-short", "200 OK|Content-Length: 9||sh^ort^~");
        reply("slow-short-chunks", "200 OK|Transfer-Encoding: chunked||3\r\nabc\r\n^9\r\nsh^ort^~");
        reply("reset", "`");
        reply("reset-head", "200 OK|X-A: 1^`");
        reply("reset-body", "200 OK|Content-Length: 9||short^`");
        reply("reset-chunks", "200 OK|Transfer-Encoding: chunked||3\r\nabc\r\n9\r\nshort^`");
        reply("large", "200 OK|Content-Length: 100000||" + "0123456789".repeat(10_000));
    }

    private static void reply(String name, String text) {
        int end = text.indexOf("||");
        var head = end < 0 ? text : text.substring(0, end).replace("|", "\r\n") + "\r\n\r\n";
        var start = text.length() == 1 ? "" : "HTTP/1.1 ";
        REPLIES.put(name, start + (end < 0 ? head.replace("|", "\r\n") : head + text.substring(end + 2)));
    }

    private final Map<String, ServerSocket> listening = new TreeMap<>();
    private final Map<String, List<String>> received = new ConcurrentHashMap<>();

    /** Servers of these names, which stand before what they were sent. */
    RecordingServer(String... names) throws IOException {
        for (var name : names) {
            var socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
            listening.put(name, socket);
            Thread.ofVirtual().start(() -> accept(socket, name));
        }
    }

    int port(String name) {
        return listening.get(name).getLocalPort();
    }

    /** What came of a case, in order; and forgets it. */
    List<String> take(String number) {
        var all = received.remove(number);
        return all == null ? List.of() : all;
    }

    /** Waits until a case has come. */
    void await(String number) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!received.containsKey(number) && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(5_000_000);
        }
    }

    private void accept(ServerSocket socket, String name) {
        while (!socket.isClosed()) {
            try {
                var client = socket.accept();
                Thread.ofVirtual().start(() -> serve(client, name));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client, String name) {
        try (client) {
            var in = new HttpText(new BufferedInputStream(client.getInputStream()));
            for (var head = in.head(); head != null; head = in.head()) {
                if (!answer(name, client, head, in)) {
                    return;
                }
            }
        } catch (IOException gone) {
            // The proxy gave the connection up.
        }
    }

    /** @return whether the connection goes on */
    private boolean answer(String server, Socket client, Head head, HttpText in) throws IOException {
        var out = client.getOutputStream();
        if ("100-continue".equalsIgnoreCase(head.value("expect"))) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        var length = head.value("content-length");
        var body = head.isChunked() ? in.chunks() : length == null ? "" : in.fixed(Integer.parseInt(length));
        var number = head.value("x-case");
        var attempts = received.computeIfAbsent(number == null ? "" : number, absent -> new CopyOnWriteArrayList<>());
        attempts.add(server + (server.isEmpty() ? "" : " ") + text(head, body));
        var replies = head.value("x-reply");
        var names = replies == null ? new String[] {"plain"} : replies.split(",");
        var name = names[Math.min(attempts.size(), names.length) - 1];
        if (name.equals("silent")) {
            return true;
        }
        var reply = REPLIES.getOrDefault(name, REPLIES.get("plain"))
                .replace("PORT", Integer.toString(client.getLocalPort()));
        if (head.start().startsWith("HEAD ") && reply.contains("\r\n\r\n")) {
            reply = reply.substring(0, reply.indexOf("\r\n\r\n") + 4);
        }
        boolean breaks = reply.endsWith(END) || reply.endsWith(RESET);
        boolean ends = !head.start().endsWith("HTTP/1.1")
                || lower(head.value("connection")).equals("close");
        if (ends && !breaks) {
            // A proxy is told, so that it never depends on the moment whether it uses the connection again.
            reply = reply.replaceFirst("\r\n", "\r\nConnection: close\r\n");
        }
        var parts = reply.replace(END, "").replace(RESET, "").split(Pattern.quote(PART), -1);
        for (int i = 0; i < parts.length; i++) {
            if (i > 0) {
                ReadWait.await(client);
            }
            out.write(parts[i].getBytes(StandardCharsets.ISO_8859_1));
        }
        if (reply.endsWith(RESET)) {
            client.setSoLinger(true, 0);
        }
        return !breaks && !ends;
    }

    private static String lower(@Nullable String text) {
        return text == null ? "" : text.toLowerCase(Locale.ROOT);
    }

    /** The fields sorted, since their order among different names means nothing. */
    private static String text(Head head, String body) {
        return head.start() + "\n"
                + String.join(
                        "\n",
                        head.fields().stream().map(Field::toString).sorted().toList()) + "\n\n" + body;
    }

    @Override
    public void close() throws IOException {
        for (var socket : listening.values()) {
            socket.close();
        }
    }
}
