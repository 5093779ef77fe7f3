package io.steelyard.launcher.difference;

import java.util.Random;

/** What a client may do wrong in a request, most of it what request smuggling is made of. */
enum ClientFault {
    NONE,
    /** The head breaks off, and the client sends no more. */
    HEAD_CUT,
    /** The body breaks off, and the client sends no more. */
    BODY_CUT,
    BOTH_LENGTHS,
    EQUAL_LENGTHS,
    DIFFERENT_LENGTHS,
    SIGNED_LENGTH,
    NEGATIVE_LENGTH,
    EMPTY_LENGTH,
    HUGE_LENGTH,
    IDENTITY_CODING,
    UNKNOWN_CODING,
    CHUNKED_TWICE,
    SPACE_BEFORE_COLON,
    FOLDED,
    BARE_LINE_FEED,
    CARRIAGE_RETURN_INSIDE,
    ZERO_OCTET,
    NO_COLON,
    NO_NAME,
    LEADING_LINES,
    TWO_SPACES,
    TABULATOR,
    VERSION_1_2,
    VERSION_2_0,
    VERSION_MISSING,
    FRAGMENT,
    NO_HOST,
    TWO_HOSTS,
    HOST_WITH_SPACE,
    HOST_WITH_SLASH,
    HOST_WITH_USER,
    OTHER_HOST_IN_TARGET,
    TRACE,
    CONNECT,
    ASTERISK,
    NO_SLASH,
    CHUNK_NOT_HEXADECIMAL,
    CHUNK_PREFIXED,
    CHUNK_WITHOUT_END,
    CHUNK_BARE_LINE_FEED,
    CHUNK_EXTENSION,
    TRAILERS,
    LONG_TARGET,
    LONG_FIELD,
    MANY_FIELDS,
    BAD_METHOD,
    LOWER_CASE_METHOD,
    NO_HTTP;

    /** Whether the client ends its side of the connection behind the request. */
    boolean ends() {
        return this == HEAD_CUT || this == BODY_CUT;
    }

    /** A request that is right, made wrong. */
    String apply(String text, Random random) {
        int head = text.indexOf("\r\n\r\n");
        return switch (this) {
            case NONE -> text;
            case HEAD_CUT -> text.substring(0, 1 + random.nextInt(head));
            case BODY_CUT -> withBody(text, "Content-Length: 20", "half");
            case BOTH_LENGTHS ->
                withBody(text, "Content-Length: 3\r\nTransfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n");
            case EQUAL_LENGTHS -> withBody(text, "Content-Length: 3\r\nContent-Length: 3", "abc");
            case DIFFERENT_LENGTHS -> withBody(text, "Content-Length: 3\r\nContent-Length: 4", "abcd");
            case SIGNED_LENGTH -> withBody(text, "Content-Length: +3", "abc");
            case NEGATIVE_LENGTH -> withBody(text, "Content-Length: -1", "");
            case EMPTY_LENGTH -> withBody(text, "Content-Length:", "");
            case HUGE_LENGTH -> withBody(text, "Content-Length: 99999999999999999999", "");
            case IDENTITY_CODING -> withBody(text, "Transfer-Encoding: identity", "");
            case UNKNOWN_CODING -> withBody(text, "Transfer-Encoding: xchunked", "0\r\n\r\n");
            case CHUNKED_TWICE -> withBody(text, "Transfer-Encoding: chunked, chunked", "0\r\n\r\n");
            case SPACE_BEFORE_COLON -> withField(text, "X-Odd : 1");
            case FOLDED -> withField(text, "X-Odd: 1\r\n two");
            case BARE_LINE_FEED -> text.substring(0, head).replace("\r\n", "\n") + text.substring(head);
            case CARRIAGE_RETURN_INSIDE -> withField(text, "X-Odd: 1\r2");
            case ZERO_OCTET -> withField(text, "X-Odd: 1\0002");
            case NO_COLON -> withField(text, "X-Odd");
            case NO_NAME -> withField(text, ": 1");
            case LEADING_LINES -> "\r\n" + text;
            case TWO_SPACES -> text.replaceFirst(" ", "  ");
            case TABULATOR -> text.replaceFirst(" ", "\t");
            case VERSION_1_2 -> text.replaceFirst(" HTTP/1.[01]\r\n", " HTTP/1.2\r\n");
            case VERSION_2_0 -> text.replaceFirst(" HTTP/1.[01]\r\n", " HTTP/2.0\r\n");
            case VERSION_MISSING -> text.replaceFirst(" HTTP/1.[01]\r\n", "\r\n");
            case FRAGMENT -> text.replaceFirst(" HTTP/1", "#a HTTP/1");
            case NO_HOST -> text.replaceFirst("\r\nHost: [^\r]*", "");
            case TWO_HOSTS -> withField(text, "Host: second.example");
            case HOST_WITH_SPACE -> withHost(text, "a b");
            case HOST_WITH_SLASH -> withHost(text, "a/b");
            case HOST_WITH_USER -> withHost(text, "user@main.example");
            case OTHER_HOST_IN_TARGET -> withTarget(text, "http://other.example/plain/");
            case TRACE -> "TRACE" + withoutBody(text, text.indexOf(' '));
            case CONNECT -> "CONNECT main.example:80 HTTP/1.1" + withoutBody(text, text.indexOf('\r'));
            case ASTERISK -> withTarget(text, "*");
            case NO_SLASH -> withTarget(text, "plain");
            case CHUNK_NOT_HEXADECIMAL -> chunks(text, "g\r\nabc\r\n0\r\n\r\n");
            case CHUNK_PREFIXED -> chunks(text, "0x3\r\nabc\r\n0\r\n\r\n");
            case CHUNK_WITHOUT_END -> chunks(text, "3\r\nabcd\r\n0\r\n\r\n");
            case CHUNK_BARE_LINE_FEED -> chunks(text, "3\nabc\r\n0\r\n\r\n");
            case CHUNK_EXTENSION -> chunks(text, "3;a=b\r\nabc\r\n0\r\n\r\n");
            case TRAILERS -> chunks(text, "3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n");
            case LONG_TARGET -> text.replaceFirst(" HTTP/1", "?" + "v".repeat(20_000) + " HTTP/1");
            case LONG_FIELD -> withField(text, "X-Odd: " + "v".repeat(20_000));
            case MANY_FIELDS -> withField(text, "X-Odd: 1\r\n".repeat(150) + "X-Odd: 2");
            case BAD_METHOD -> "G(T" + text.substring(text.indexOf(' '));
            case LOWER_CASE_METHOD -> "get" + withoutBody(text, text.indexOf(' '));
            case NO_HTTP -> "what is this\r\n\r\n";
        };
    }

    private static String withField(String text, String field) {
        return text.replaceFirst("\r\n", "\r\n" + field + "\r\n");
    }

    private static String withHost(String text, String host) {
        return text.replaceFirst("\r\nHost: [^\r]*", "\r\nHost: " + host);
    }

    private static String withTarget(String text, String target) {
        int from = text.indexOf(' ') + 1;
        return text.substring(0, from) + target + text.substring(text.indexOf(' ', from));
    }

    private static String withoutBody(String text, int from) {
        return text.substring(from, text.indexOf("\r\n\r\n"))
                        .replaceAll("\r\n(Content-Length|Transfer-Encoding|Expect): [^\r]*", "")
                + "\r\n\r\n";
    }

    private static String chunks(String text, String body) {
        return withBody(text, "Transfer-Encoding: chunked", body);
    }

    /** The request as a POST, with other fields about its body. */
    private static String withBody(String text, String fields, String body) {
        var head = withoutBody(text, text.indexOf(' '));
        return "POST" + head.substring(0, head.length() - 2) + fields + "\r\n\r\n" + body;
    }
}
