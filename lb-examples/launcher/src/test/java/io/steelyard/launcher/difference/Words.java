package io.steelyard.launcher.difference;

import java.util.List;
import java.util.Set;

/**
 * What requests are made of, by chance; what stands in a list twice comes twice as often.
 *
 * @param places the first parts of paths, each for something that the configuration does
 * @param tails what stands behind them
 * @param replies names of {@link RecordingServer#REPLIES}
 * @param calm the replies where the order of servers must not depend on what is wrong with them
 * @param harsh the places that get all replies, and stand last in a connection; the others get calm ones
 * @param faults what clients do wrong in some of the requests; none where empty
 * @param slowOneOf one of so many requests comes in pieces; 0 for none
 * @param whole places where every body comes at once, and none is large
 */
record Words(
        List<String> methods,
        List<String> places,
        List<String> tails,
        List<String> hosts,
        List<String> fields,
        List<String> replies,
        List<String> calm,
        Set<String> harsh,
        List<ClientFault> faults,
        int slowOneOf,
        Set<String> whole) {
    List<String> calmPlaces() {
        return places.stream().filter(place -> !harsh.contains(place)).toList();
    }

    static final List<String> METHODS =
            List.of("GET", "GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND");

    static final List<String> TAILS = List.of(
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

    static final List<String> HOSTS = List.of(
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

    static final List<String> FIELDS = List.of(
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
}
