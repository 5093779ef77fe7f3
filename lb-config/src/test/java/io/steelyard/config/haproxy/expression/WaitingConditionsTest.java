package io.steelyard.config.haproxy.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.steelyard.api.http.HttpFacts;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What conditions come to while the client's first bytes come. */
class WaitingConditionsTest {
    /** Facts that know first bytes alone. */
    private static HttpFacts facts(String bytes, boolean isMore) {
        return (HttpFacts) Proxy.newProxyInstance(
                WaitingConditionsTest.class.getClassLoader(),
                new Class<?>[] {HttpFacts.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "firstBytes" -> bytes.getBytes(StandardCharsets.ISO_8859_1);
                    case "isMoreExpected" -> isMore;
                    case "greeting" -> null;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static Verdict ask(String condition, String bytes, boolean isMore) throws MalformedConditionException {
        return new Conditions(file -> List.of())
                .read(List.of(("if " + condition).split(" ")))
                .ask(new FactSource(facts(bytes, isMore), UserLists.NONE));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    { req.len gt 3 }                          | ab   | true  | WAITS
                    { req.len gt 3 }                          | ab   | false | FAILS
                    { req.len gt 3 }                          | abcd | true  | HOLDS
                    !{ req.len gt 3 }                         | ab   | true  | WAITS
                    !{ req.len gt 3 }                         | ab   | false | HOLDS
                    WAIT_END                                  | ab   | true  | WAITS
                    WAIT_END                                  | ab   | false | HOLDS
                    { req.len gt 3 } or { req.len gt 1 }      | ab   | true  | HOLDS
                    FALSE WAIT_END                            | ab   | true  | FAILS
                    WAIT_END FALSE                            | ab   | true  | WAITS
                    { req.payload(0,2) -m str ab }            | a    | true  | WAITS
                    { req.payload(0,2) -m str ab }            | ab   | true  | HOLDS
                    { req.payload(0,2) -m str ab }            | xy   | true  | FAILS
                    { req.payload(1,0) -m str b }             | ab   | true  | HOLDS
                    { req.payload(1,0) -m str bc }            | ab   | true  | WAITS
                    { req.ssl_hello_type 1 }                  | ab   | true  | FAILS
                    { req.ssl_hello_type 1 }                  | ''   | true  | WAITS
                    { req.ssl_sni -m found }                  | ''   | false | FAILS
                    HTTP                                      | GET  | true  | WAITS
                    HTTP                                      | GET  | false | FAILS
                    """)
    void whatIsNotThereYetIsWaitedFor(String condition, String bytes, boolean isMore, Verdict verdict)
            throws Exception {
        assertThat(ask(condition, bytes, isMore)).isEqualTo(verdict);
    }

    @Test
    void aRequestIsKnownByItsHead() throws Exception {
        assertThat(ask("HTTP", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", true)).isEqualTo(Verdict.HOLDS);
        assertThat(ask("HTTP", "HELO there everybody\r\n", true)).isEqualTo(Verdict.FAILS);
    }

    @Test
    void theCookieOfARemoteDesktopStandsBehindTwoHeaders() throws Exception {
        var greeting = "\3\0\0\0x\0\0\0\0\0\0Cookie: mstshash=ann\r\nrest";
        assertThat(ask("{ req.rdp_cookie(mstshash) ann }", greeting, true)).isEqualTo(Verdict.HOLDS);
        assertThat(ask("{ rdp_cookie_cnt(other) gt 0 }", greeting, true)).isEqualTo(Verdict.FAILS);
        assertThat(ask("RDP_COOKIE", greeting.substring(0, 30), true)).isEqualTo(Verdict.WAITS);
    }

    @Test
    void aFieldWithALengthBeforeItIsTaken() throws Exception {
        assertThat(ask("{ req.payload_lv(1,1) -m str abc }", "?\3abcd", true)).isEqualTo(Verdict.HOLDS);
        assertThat(ask("{ req.payload_lv(1,1) -m str abc }", "?\3ab", true)).isEqualTo(Verdict.WAITS);
    }

    @Test
    void argumentsThatAreNoNumbersAreWrong() {
        assertThatIllegalArgumentException().isThrownBy(() -> Expression.parse("req.payload(0,x)"));
    }
}
