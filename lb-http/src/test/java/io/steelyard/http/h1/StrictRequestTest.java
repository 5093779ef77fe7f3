package io.steelyard.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Violation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that two programs on one path might understand differently, each named after the attack it is part of. */
class StrictRequestTest {
    private static final String HOST = "Host: a.example\r\n";

    private static void refused(String text, Violation violation, int status) {
        var parsed = Parsed.of(text);
        assertThat(parsed.violation()).isEqualTo(violation);
        assertThat(parsed.result()).isEqualTo(ParseResult.REJECTED);
        assertThat(violation.status()).isEqualTo(status);
    }

    private static void refusedField(String fieldLines, Violation violation, int status) {
        refused("POST / HTTP/1.1\r\n" + HOST + fieldLines + "\r\n", violation, status);
    }

    private static void refusedLine(String line, Violation violation, int status) {
        refused(line + "\r\n" + HOST + "\r\n", violation, status);
    }

    @Test
    void lengthBesideChunkedSmugglesNothing() {
        refusedField(
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                Violation.CONTENT_LENGTH_AND_TRANSFER_ENCODING,
                400);
        refusedField(
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                Violation.CONTENT_LENGTH_AND_TRANSFER_ENCODING,
                400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1\r\nContent-Length: 1", "Content-Length: 1, 1", "Content-Length: 1,1,1"})
    void equalLengthsTwiceAreRefused(String fields) {
        refusedField(fields + "\r\n", Violation.CONTENT_LENGTH_REPEATED, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Content-Length: 1\r\nContent-Length: 2", "Content-Length: 1, 2", "Content-Length: 1, 01, 2"})
    void differingLengthsAreRefused(String fields) {
        refusedField(fields + "\r\n", Violation.CONTENT_LENGTHS_DIFFER, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+1",
                "-1",
                "",
                " ",
                "1 1",
                "0x1",
                "1a",
                "1;",
                "9223372036854775808",
                "18446744073709551616",
                ",1",
                "1,"
            })
    void lengthThatIsNoNumberIsRefused(String length) {
        refusedField("Content-Length: " + length + "\r\n", Violation.CONTENT_LENGTH_INVALID, 400);
    }

    @Test
    void greatestLengthIsTaken() {
        var parsed = Parsed.of("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 9223372036854775807\r\n\r\n");
        assertThat(parsed.framing().length()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void transferEncodingInHttp10IsRefused() {
        refused(
                "POST / HTTP/1.0\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n",
                Violation.TRANSFER_ENCODING_IN_HTTP_1_0,
                400);
    }

    @Test
    void lengthAndTransferEncodingInHttp10IsRefused() {
        refused(
                "POST / HTTP/1.0\r\n" + HOST + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
                Violation.TRANSFER_ENCODING_IN_HTTP_1_0,
                400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "identity",
                "xchunked",
                "chunkedx",
                "chunked, identity",
                "identity, chunked",
                "chunked, chunked",
                "chunked,gzip",
                "",
                ",",
                "\"chunked\"",
                "chunked;a=b",
                "chunked chunked",
                "'chunked'"
            })
    void obfuscatedTransferCodingIsRefused(String coding) {
        refusedField("Transfer-Encoding: " + coding + "\r\n", Violation.TRANSFER_ENCODING_INVALID, 400);
    }

    @Test
    void transferCodingBehindVerticalTabIsRefused() {
        refusedField("Transfer-Encoding: \u000bchunked\r\n", Violation.FIELD_VALUE_INVALID, 400);
    }

    @Test
    void chunkedInTwoFieldsIsRefused() {
        refusedField(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                Violation.TRANSFER_ENCODING_INVALID,
                400);
        refusedField(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                Violation.TRANSFER_ENCODING_INVALID,
                400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip, chunked", "gzip", "deflate , chunked", "X-Gzip,chunked", "compress"})
    void codingsWeDoNotDecodeAreNotSupported(String codings) {
        refusedField("Transfer-Encoding: " + codings + "\r\n", Violation.TRANSFER_CODING_NOT_SUPPORTED, 501);
    }

    @ParameterizedTest
    @ValueSource(strings = {"chunked", "Chunked", "CHUNKED", "  chunked\t"})
    void chunkedIsTakenInAnyCase(String coding) {
        var parsed = Parsed.of("POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding:" + coding + "\r\n\r\n");
        assertThat(parsed.framing().kind()).isEqualTo(BodyFraming.Kind.CHUNKED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length : 1", "X-Any : 1", "X-Any\t: 1", "Transfer-Encoding  : chunked"})
    void spaceBeforeColonIsRefused(String line) {
        refusedField(line + "\r\n", Violation.SPACE_BEFORE_COLON, 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {" folded", "\tfolded", " Content-Length: 5"})
    void foldedFieldIsRefused(String continuation) {
        refusedField("X-Any: 1\r\n" + continuation + "\r\n", Violation.FOLDED_FIELD, 400);
    }

    @Test
    void whiteSpaceBeforeFirstFieldIsRefusedHoweverLenient() {
        var text = "GET / HTTP/1.1\r\n X: 1\r\n" + HOST + "\r\n";
        refused(text, Violation.FOLDED_FIELD, 400);
        assertThat(Parsed.of(text, Leniency.haproxy()).status()).isEqualTo(400);
    }

    @Test
    void bareLineFeedsAreRefused() {
        refused("GET / HTTP/1.1\n" + HOST + "\r\n", Violation.BARE_LINE_FEED, 400);
        refused("GET / HTTP/1.1\r\nHost: a.example\n\r\n", Violation.BARE_LINE_FEED, 400);
        refused("GET / HTTP/1.1\r\n" + HOST + "\n", Violation.BARE_LINE_FEED, 400);
        refused("\nGET / HTTP/1.1\r\n" + HOST + "\r\n", Violation.BARE_LINE_FEED, 400);
    }

    @Test
    void bareCarriageReturnIsRefused() {
        refusedField("X-Any: a\rb\r\n", Violation.BARE_CARRIAGE_RETURN, 400);
        refusedField("X-Any: a\r\r\n", Violation.BARE_CARRIAGE_RETURN, 400);
        refusedField("X-Any: a\rTransfer-Encoding: chunked\r\n", Violation.BARE_CARRIAGE_RETURN, 400);
        refusedLine("GET / HTTP/1.1\r", Violation.BARE_CARRIAGE_RETURN, 400);
        refused("GET / HTTP/1.1\r\n" + HOST + "\rX", Violation.BARE_CARRIAGE_RETURN, 400);
        refused("\rGET / HTTP/1.1\r\n" + HOST + "\r\n", Violation.BARE_CARRIAGE_RETURN, 400);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 11, 12, 14, 27, 31, 127})
    void controlCharacterInValueIsRefused(int octet) {
        refusedField("X-Any: a" + (char) octet + "b\r\n", Violation.FIELD_VALUE_INVALID, 400);
        refusedField("X-Any: " + (char) octet + "\r\n", Violation.FIELD_VALUE_INVALID, 400);
    }

    @Test
    void tabsAndBytesAboveAsciiInValuesAreTaken() {
        var parsed = Parsed.of("GET / HTTP/1.1\r\n" + HOST + "X-Any: \ta\tb\u00e9\u00ff\t \r\n\r\n");
        assertThat(parsed.value("x-any")).isEqualTo("a\tb\u00e9\u00ff");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no colon here", "GET / HTTP/1.1", "X"})
    void lineWithoutColonIsRefused(String line) {
        refusedField(line + "\r\n", Violation.FIELD_WITHOUT_COLON, 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {": 1", ":", "::"})
    void emptyFieldNameIsRefused(String line) {
        refusedField(line + "\r\n", Violation.FIELD_NAME_EMPTY, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X Y: 1",
                "X\u0000: 1",
                "\u000bX: 1",
                "X(: 1",
                "X/: 1",
                "X\u00e9: 1",
                "\"X\": 1",
                "Content\rLength: 1",
                "X@: 1",
                "Content\u007fLength: 1",
                "X{: 1",
                "\u007fX: 1"
            })
    void invalidFieldNameIsRefused(String line) {
        refusedField(line + "\r\n", Violation.FIELD_NAME_INVALID, 400);
    }

    @Test
    void fieldWithUnderscoreIsDropped() {
        var parsed = Parsed.of("GET / HTTP/1.1\r\n" + HOST + "X_Forwarded_For: 1.2.3.4\r\nContent_Length: 3\r\n\r\n");
        assertThat(parsed.result()).isEqualTo(ParseResult.COMPLETE);
        assertThat(parsed.head().fields().count()).isEqualTo(1);
    }

    @Test
    void twoEmptyLinesBeforeRequestAreTakenAndNoMore() {
        assertThat(Parsed.of("\r\n\r\nGET / HTTP/1.1\r\n" + HOST + "\r\n").status())
                .isEqualTo(200);
        refused("\r\n\r\n\r\nGET / HTTP/1.1\r\n" + HOST + "\r\n", Violation.BYTES_BEFORE_MESSAGE, 400);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 9, 11, 12, 31, 32, 127, 128, 255})
    void otherBytesBeforeRequestAreRefused(int octet) {
        refused((char) octet + "GET / HTTP/1.1\r\n" + HOST + "\r\n", Violation.METHOD_INVALID, 400);
        refused("\r\n" + (char) octet + "GET / HTTP/1.1\r\n" + HOST + "\r\n", Violation.METHOD_INVALID, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET  / HTTP/1.1",
                "GET /  HTTP/1.1",
                "GET\t/ HTTP/1.1",
                "GET /\tHTTP/1.1",
                "GET / HTTP/1.1 ",
                "GET\t"
            })
    void extraSpaceInRequestLineIsRefused(String line) {
        refusedLine(line, Violation.EXTRA_SPACE_IN_REQUEST_LINE, 400);
    }

    @ParameterizedTest
    @CsvSource({
        "http://b.example/, a.example", "http://a.example:81/, a.example", "http://a.example/, a.example:81",
        "http://a.example.b/, a.example", "http://[::1]/, a.example", "https://a.example/, a.example:80",
    })
    void absoluteTargetForAnotherHostIsRefused(String target, String host) {
        refused("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n", Violation.AUTHORITY_OTHER_THAN_HOST, 400);
    }

    @ParameterizedTest
    @CsvSource({
        "http://a.example/, a.example", "HTTP://A.Example/, a.example", "http://a.example:80/, a.example",
        "https://a.example/, a.example:443", "http://a.example./, A.EXAMPLE", "http://a.example:/, a.example",
    })
    void absoluteTargetForTheSameHostIsTaken(String target, String host) {
        var parsed = Parsed.of("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        assertThat(parsed.status()).isEqualTo(200);
        assertThat(parsed.head().host()).isEqualTo("a.example");
        assertThat(parsed.head().path()).isEqualTo("/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/0.9", "HTTP/3.0"})
    void otherVersionsAreNotSupported(String version) {
        refusedLine("GET / " + version, Violation.VERSION_NOT_SUPPORTED, 505);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"HTTP/1.10", "HTTP/11", "HTTP/1", "http/1.1", "HTTP/1.1x", "HTTPS/1.1", "b HTTP/1.1", "HTTP/ 1.1"
            })
    void versionWrittenOtherwiseIsRefused(String version) {
        refusedLine("GET / " + version, Violation.VERSION_INVALID, 400);
    }

    @Test
    void requestOfHttp09IsRefused() {
        refusedLine("GET /", Violation.VERSION_MISSING, 400);
        refusedLine("GET / ", Violation.VERSION_MISSING, 400);
        refusedLine("GET", Violation.TARGET_MISSING, 400);
        refusedLine("GET ", Violation.TARGET_MISSING, 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a#b", "/#", "/a?b#c", "http://a.example/#", "http://a.example#"})
    void fragmentInTargetIsRefused(String target) {
        refusedLine("GET " + target + " HTTP/1.1", Violation.FRAGMENT_IN_TARGET, 400);
    }

    @Test
    void missingHostIsRefused() {
        refused("GET / HTTP/1.1\r\n\r\n", Violation.HOST_MISSING, 400);
        refused("GET http://a.example/ HTTP/1.1\r\n\r\n", Violation.HOST_MISSING, 400);
        assertThat(Parsed.of("GET / HTTP/1.0\r\n\r\n").status()).isEqualTo(200);
    }

    @Test
    void twoHostsAreRefused() {
        refused("GET / HTTP/1.1\r\n" + HOST + HOST + "\r\n", Violation.HOST_REPEATED, 400);
        refused("GET / HTTP/1.0\r\n" + HOST + HOST + "\r\n", Violation.HOST_REPEATED, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b",
                "a/b",
                "a?b",
                "a\\b",
                "a,b",
                "a:b",
                "a:1:2",
                "a:-1",
                "a:65536",
                "a:123456",
                ".a",
                "a..b",
                ".",
                "a%2eb",
                "a\"b",
                "",
                ":80",
                "[",
                "[]",
                "[::1",
                "[::1]x",
                "[::1]:x",
                "[1:2]",
                "[::1::2]",
                "[12345::]",
                "[::1%eth0]",
                "::1",
                "[1:2:3:4:5:6:7:8:9]",
                "[::256.1.1.1]",
                "[::1.1.1]",
                "[v1.a]",
                "a\u00e9",
                "<a>",
                "a|b"
            })
    void invalidHostIsRefused(String host) {
        refused("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n", Violation.HOST_INVALID, 400);
    }

    @Test
    void hostBehindUserInformationIsRefused() {
        refused("GET / HTTP/1.1\r\nHost: u@a.example\r\n\r\n", Violation.USER_INFORMATION_IN_HOST, 400);
        refusedLine("GET http://u:p@a.example/ HTTP/1.1", Violation.USER_INFORMATION_IN_HOST, 400);
    }

    @Test
    void traceAndConnectAreNotAllowed() {
        refusedLine("TRACE / HTTP/1.1", Violation.METHOD_NOT_ALLOWED, 405);
        refusedLine("CONNECT a.example:443 HTTP/1.1", Violation.METHOD_NOT_ALLOWED, 405);
    }

    @ParameterizedTest
    @ValueSource(strings = {"G(T", "G\u0000T", "GET\u000b", "\"GET\"", "GE\u00c4"})
    void methodThatIsNoTokenIsRefused(String method) {
        refusedLine(method + " / HTTP/1.1", Violation.METHOD_INVALID, 400);
    }

    @Test
    void methodLongerThanAnyIsNotImplemented() {
        refusedLine("A".repeat(33) + " / HTTP/1.1", Violation.METHOD_TOO_LONG, 501);
        assertThat(Parsed.of("A".repeat(32) + " / HTTP/1.1\r\n" + HOST + "\r\n").status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a\\b", "/..\\", "\\"})
    void backslashInPathIsRefused(String path) {
        refusedLine(
                "GET " + path + " HTTP/1.1",
                path.startsWith("/") ? Violation.BACKSLASH_IN_PATH : Violation.TARGET_FORM_INVALID,
                400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%00", "/a%0d", "/%0a", "/%0D%0ASet-Cookie:x", "/a%00.html?b"})
    void encodedLineEndOrNulInPathIsRefused(String path) {
        refusedLine("GET " + path + " HTTP/1.1", Violation.ENCODED_CONTROL_IN_PATH, 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/%2", "/%zz", "/%2g", "/a%?b", "/%%20"})
    void badPercentInPathIsRefused(String path) {
        refusedLine("GET " + path + " HTTP/1.1", Violation.BAD_PERCENT_IN_PATH, 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/..", "/../", "/a/../..", "/%2e%2e/", "/a/%2e%2E/../b", "/./..", "//..", "/..%2f"})
    void pathAboveRootIsRefused(String path) {
        refusedLine("GET " + path + " HTTP/1.1", Violation.PATH_ABOVE_ROOT, 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "*", "ftp://a.example/", "a.example:80", "http:/a", "http://", "?a", "mailto:a@b"})
    void targetOfAnotherFormIsRefused(String target) {
        refusedLine("GET " + target + " HTTP/1.1", Violation.TARGET_FORM_INVALID, 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a\u0001", "/\u007f", "/\u00e9", "/?\u00ff", "/a\u0000b", "/?\u0000"})
    void rawByteInTargetIsRefused(String target) {
        refusedLine("GET " + target + " HTTP/1.1", Violation.TARGET_INVALID, 400);
    }

    @Test
    void otherExpectationsAreNotMet() {
        refusedField("Expect: 200-ok\r\n", Violation.EXPECTATION_NOT_MET, 417);
        refusedField("Expect: 100-continue, x\r\n", Violation.EXPECTATION_NOT_MET, 417);
    }

    @Test
    void requestLineLongerThanTheLimitIsUriTooLong() {
        var limits = HttpLimits.DEFAULT.withHead(64, 1000, 1000, 10);
        var path = "/" + "a".repeat(64 - "GET / HTTP/1.1".length());
        assertThat(Parsed.of("GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n", Leniency.strict(), limits)
                        .status())
                .isEqualTo(200);
        var longer = Parsed.of("GET " + path + "a HTTP/1.1\r\n" + HOST + "\r\n", Leniency.strict(), limits);
        assertThat(longer.violation()).isEqualTo(Violation.REQUEST_LINE_TOO_LONG);
        assertThat(longer.status()).isEqualTo(414);
    }

    @Test
    void headLargerThanTheLimitIsRefused() {
        var limits = HttpLimits.DEFAULT.withHead(64, 1000, 100, 10);
        var filler = "X: " + "a".repeat(100 - HOST.length() - 7) + "\r\n";
        assertThat(Parsed.of("GET / HTTP/1.1\r\n" + HOST + filler + "\r\n", Leniency.strict(), limits)
                        .status())
                .isEqualTo(200);
        var larger = Parsed.of("GET / HTTP/1.1\r\n" + HOST + "X" + filler + "\r\n", Leniency.strict(), limits);
        assertThat(larger.violation()).isEqualTo(Violation.HEAD_TOO_LARGE);
        assertThat(larger.status()).isEqualTo(431);
    }

    @Test
    void fieldLargerThanTheLimitIsRefused() {
        var limits = HttpLimits.DEFAULT.withHead(64, 20, 1000, 10);
        assertThat(Parsed.of(
                                "GET / HTTP/1.1\r\n" + HOST + "X: " + "a".repeat(17) + "\r\n\r\n",
                                Leniency.strict(),
                                limits)
                        .status())
                .isEqualTo(200);
        var larger =
                Parsed.of("GET / HTTP/1.1\r\n" + HOST + "X: " + "a".repeat(18) + "\r\n\r\n", Leniency.strict(), limits);
        assertThat(larger.violation()).isEqualTo(Violation.FIELD_TOO_LARGE);
        assertThat(larger.status()).isEqualTo(431);
    }

    @Test
    void moreFieldsThanTheLimitAreRefusedDroppedOnesCounted() {
        var limits = HttpLimits.DEFAULT.withHead(64, 1000, 1000, 3);
        assertThat(Parsed.of("GET / HTTP/1.1\r\n" + HOST + "A_B: 1\r\nC: 1\r\n\r\n", Leniency.strict(), limits)
                        .status())
                .isEqualTo(200);
        var more = Parsed.of("GET / HTTP/1.1\r\n" + HOST + "A_B: 1\r\nC: 1\r\nD: 1\r\n\r\n", Leniency.strict(), limits);
        assertThat(more.violation()).isEqualTo(Violation.TOO_MANY_FIELDS);
        assertThat(more.status()).isEqualTo(431);
    }
}
