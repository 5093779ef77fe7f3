package io.steelyard.launcher.difference;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes requests that a client may send, by chance; the same ones for the same seed. */
final class RequestMaker {
    private static final List<String> METHODS =
            List.of("GET", "GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND");
    private static final List<String> PLACES = List.of(
            "/",
            "/api/",
            "/api/items",
            "/exact",
            "/static/a.php",
            "/a.php",
            "/user/17",
            "/user/x",
            "/redirect",
            "/rewrite/a/b",
            "/breaks/a",
            "/permanent/z",
            "/intercept/q",
            "/hide/x",
            "/redir/v",
            "/retry/r",
            "/unbuffered/u",
            "/small/s",
            "/denied/",
            "/if/i",
            "/http10/h",
            "/nested/inner/n",
            "/nested/x",
            "/chain/c",
            "/variables/v",
            "/old/o");
    private static final List<String> TAILS = List.of(
            "",
            "",
            "",
            "?a=1",
            "?x=1&b=%20",
            "?",
            "/more",
            "//double",
            "/./dot",
            "/up/../down",
            "/%41%7e",
            "/%2e%2e/p",
            "/sp%20ace",
            "/%C3%A4",
            "/semi;a=b",
            "/plus+plus",
            "/q?x=/../y",
            "/%3Fq",
            "/%2Fslash",
            "/tilde~",
            "/a&b=c",
            "/(paren)",
            "/'quote'",
            "/@at:colon",
            "/%25percent",
            "/trailing/",
            "?a=b?c=d",
            "/%23hash",
            "/!$*,");
    private static final List<String> HOSTS = List.of(
            "main.example",
            "main.example",
            "MAIN.example",
            "main.example:8080",
            "unknown.example",
            "a.wild.example",
            "a.b.wild.example",
            "re7.example",
            "127.0.0.1",
            "[::1]:80",
            "main.example.",
            "one");
    private static final List<String> FIELDS = List.of(
            "Accept: */*",
            "Accept-Encoding: gzip, br",
            "Cookie: a=1; b=2",
            "X-Forwarded-For: 10.1.2.3",
            "X-Forwarded-For: 10.1.2.3, 192.0.2.1",
            "X-Kind: a",
            "X-Kind: bcd",
            "Range: bytes=0-1",
            "If-None-Match: \"a\"",
            "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
            "Referer: http://x/?y",
            "User-Agent: a (b; c)",
            "Authorization: Basic YTpi",
            "Keep-Alive: timeout=3",
            "TE: trailers",
            "X-Empty:",
            "X-Spaces:   a  b  ",
            "Origin: null",
            "Content-Type: application/json",
            "Pragma: no-cache",
            "Cache-Control: max-age=0",
            "X-Long: " + "v".repeat(2_000),
            "Accept-Language: de, en;q=0.5",
            "DNT: 1",
            "Via: 1.1 other",
            "Forwarded: for=192.0.2.60",
            "X-Real-IP: 9.9.9.9",
            "Proxy-Connection: keep-alive",
            "Upgrade: websocket",
            "Max-Forwards: 5",
            "X-dup: 1",
            "X-Dup: 2",
            "Cookie: c=3");

    private final Random random;
    private final List<String> replies = List.copyOf(RecordingServer.REPLIES.keySet());

    RequestMaker(long seed) {
        random = new Random(seed);
    }

    /**
     * A request.
     *
     * @param number its name, which its field X-Case tells
     * @param isLast whether the connection ends after it
     */
    record Request(String number, String method, String place, String reply, String text, boolean isLast) {}

    /** The requests of one connection, sent at once. */
    List<Request> connection(int number) {
        int count = random.nextInt(4) == 0 ? 2 + random.nextInt(2) : 1;
        var requests = new ArrayList<Request>();
        for (int i = 1; i <= count; i++) {
            requests.add(request(number + "." + i, i == count));
        }
        return requests;
    }

    private Request request(String number, boolean isLast) {
        var method = any(METHODS);
        var place = any(PLACES);
        var target = place + any(TAILS);
        boolean isOld = isLast && random.nextInt(10) == 0;
        var host = any(HOSTS);
        var reply = any(replies);
        var text = new StringBuilder(method + " ");
        if (random.nextInt(25) == 0) {
            text.append("http://").append(host);
        }
        text.append(target).append(isOld ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
        var fields = new ArrayList<String>();
        if (!isOld || random.nextBoolean()) {
            fields.add("Host: " + host);
        }
        fields.add("X-Case: " + number);
        fields.add("X-Reply: " + reply);
        for (int left = random.nextInt(5); left > 0; left--) {
            fields.add(any(FIELDS));
        }
        if (isLast) {
            fields.add("Connection: close");
        } else if (random.nextInt(6) == 0) {
            fields.add("Connection: keep-alive");
        }
        boolean mayHaveBody = !method.equals("GET") && !method.equals("HEAD");
        var body = mayHaveBody || random.nextInt(15) == 0 ? body(fields, isOld) : "";
        java.util.Collections.shuffle(fields, random);
        fields.forEach(field -> text.append(field).append("\r\n"));
        text.append("\r\n").append(body);
        return new Request(number, method, place, reply, text.toString(), isLast);
    }

    private String body(List<String> fields, boolean isOld) {
        int kind = random.nextInt(isOld ? 3 : 5);
        var content = "x".repeat(random.nextInt(20) == 0 ? 70_000 : random.nextInt(40));
        if (kind == 0) {
            return "";
        }
        if (kind <= 2) {
            fields.add("Content-Length: " + content.length());
            if (kind == 2 && random.nextInt(3) == 0 && !isOld) {
                fields.add("Expect: 100-continue");
            }
            return content;
        }
        fields.add("Transfer-Encoding: chunked");
        var chunks = new StringBuilder();
        for (int at = 0; at < content.length(); ) {
            int size = Math.min(content.length() - at, 1 + random.nextInt(5_000));
            chunks.append(Integer.toHexString(size))
                    .append("\r\n")
                    .append(content, at, at + size)
                    .append("\r\n");
            at += size;
        }
        return chunks.append("0\r\n\r\n").toString();
    }

    private String any(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
