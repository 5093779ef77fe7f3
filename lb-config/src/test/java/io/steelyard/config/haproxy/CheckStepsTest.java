package io.steelyard.config.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.CheckStep;
import io.steelyard.api.health.CheckStep.Comparison;
import io.steelyard.api.health.CheckStep.Expect;
import io.steelyard.api.health.CheckStep.Request;
import io.steelyard.api.health.CheckStep.Security;
import io.steelyard.api.health.CheckStep.Send;
import io.steelyard.api.health.CheckStep.Subject;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.ServerAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The steps that rules of checks become. */
class CheckStepsTest {
    private static String file(String lines, String server) {
        return "defaults\n timeout client 1s\n timeout connect 1s\n timeout server 1s\nlisten l\n bind :80\n "
                + lines.replace(";", "\n ") + "\n server s 10.0.0.1:80 check " + server + "\n";
    }

    private static HealthCheckSpec check(String lines, String server) {
        return Read.configuration(file(lines, server))
                .pools()
                .getFirst()
                .healthChecks()
                .getFirst();
    }

    private static List<CheckStep> steps(String lines) {
        return check(lines, "").steps();
    }

    private static Expect expect(Subject subject, String pattern, int number) {
        var plain = Expect.of(subject, pattern);
        return new Expect(
                subject,
                pattern,
                Optional.empty(),
                false,
                -1,
                plain.okStatus(),
                plain.errorStatus(),
                plain.timeoutStatus(),
                "",
                "",
                number,
                "");
    }

    private static Expect status(String codes, int number) {
        return expect(Subject.STATUS, codes, number);
    }

    @Test
    void bytesAndAnswersInTheirOrder() {
        assertThat(steps("option tcp-check;tcp-check send PING\\r\\n;tcp-check expect string +PONG;"
                        + "tcp-check send-binary 0aFF;tcp-check expect rbinary ^0A"))
                .containsExactly(
                        new Send("PING\\r\\n", 1, ""),
                        expect(Subject.BYTES, "+PONG", 2),
                        new Send("\\x0a\\xff", 3, ""),
                        expect(Subject.HEX_MATCH, "^0A", 4));
    }

    @Test
    void everythingThatAnExpectationSays() {
        assertThat(steps("option tcp-check;tcp-check expect min-recv 7 comment c ok-status l6ok error-status L7STS"
                        + " tout-status L4TOUT on-success 100%% on-error bad !rstring ^a"))
                .containsExactly(new Expect(
                        Subject.BYTES_MATCH,
                        "^a",
                        Optional.empty(),
                        true,
                        7,
                        Optional.of(CheckStatus.SECURED),
                        Optional.of(CheckStatus.ANSWER_REFUSED),
                        Optional.of(CheckStatus.CONNECT_TIMEOUT),
                        "100%",
                        "bad",
                        1,
                        "c"));
    }

    @Test
    void commentsOfTheirOwnCountAndHoldForOneKindOfStep() {
        assertThat(steps("option tcp-check;tcp-check comment x;tcp-check connect;tcp-check comment y;tcp-check send a;"
                        + "tcp-check send b comment z;tcp-check expect string c"))
                .extracting(step -> step.number() + step.comment())
                .containsExactly("2x", "4y", "5z", "6");
    }

    @Test
    void connectionsSayHowTheyAreMade() {
        var spec = check(
                "option tcp-check;tcp-check connect port 81 ssl sni a.example alpn h2,http/1.1;"
                        + "tcp-check connect default addr 10.9.9.9 send-proxy linger comment c",
                "ssl verify required ca-file /ca verifyhost v.example");
        assertThat(spec.steps())
                .containsExactly(
                        new CheckStep.Connect(
                                false,
                                Optional.empty(),
                                81,
                                Security.VERIFIED,
                                "a.example",
                                List.of("h2", "http/1.1"),
                                false,
                                1,
                                ""),
                        new CheckStep.Connect(
                                true,
                                Optional.of(ServerAddress.numericAddress("10.9.9.9")),
                                0,
                                Security.NONE,
                                "",
                                List.of(),
                                true,
                                2,
                                "c"));
        assertThat(spec.options())
                .containsEntry("tls-authorities", "/ca")
                .containsEntry("tls-verified-name", "v.example");
        assertThat(check("option tcp-check;tcp-check connect ssl", "verify none")
                        .steps())
                .extracting(step -> ((CheckStep.Connect) step).security())
                .containsExactly(Security.UNVERIFIED);
    }

    @Test
    void theLineOfTheOptionIsARequestAndAStatus() {
        assertThat(steps("option httpchk"))
                .containsExactly(new Request("OPTIONS", "/", "1.0", List.of(), "", 1, ""), status("200-399", 1));
        assertThat(steps("option httpchk /x"))
                .first()
                .isEqualTo(new Request("OPTIONS", "/x", "1.0", List.of(), "", 1, ""));
        assertThat(steps("option httpchk GET /x HTTP/1.1\\r\\nHost:\\ www"))
                .first()
                .isEqualTo(new Request("GET", "/x", "1.1", List.of("Host: www"), "", 1, ""));
    }

    @Test
    void theFirstSendGoesOnWithIt() {
        assertThat(steps("option httpchk GET /x;http-check send uri /y hdr A b body c;http-check expect ! status 500"))
                .containsExactly(
                        new Request("GET", "/y", "1.0", List.of("A: b"), "c", 1, ""),
                        new Expect(
                                Subject.STATUS,
                                "500",
                                Optional.empty(),
                                true,
                                -1,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                "",
                                "",
                                2,
                                ""));
        assertThat(steps("option httpchk;http-check connect port 8;http-check send;http-check expect string a;"
                        + "http-check connect;http-check send uri /2"))
                .extracting(step -> step.getClass().getSimpleName())
                .containsExactly("Connect", "Request", "Expect", "Connect", "Request", "Expect");
    }

    @Test
    void fieldsAreMatchedByNameAndValue() {
        assertThat(steps("option httpchk;http-check expect fhdr name -m beg x- value -m reg ^a"))
                .last()
                .extracting(step -> ((Expect) step).field().orElseThrow())
                .isEqualTo(
                        new CheckStep.FieldTest("x-", Comparison.BEGINS, Optional.of("^a"), Comparison.MATCHES, true));
    }

    @Test
    void programsAreRunWhereGlobalAllowsIt() {
        var global = "global\n external-check\n insecure-fork-wanted\n stats socket /s\n";
        var own =
                "option external-check;external-check command /x;external-check path /bin;timeout check 9s;timeout connect 3s";
        var spec = Read.configuration(global + file(own, "inter 5s"))
                .pools()
                .getFirst()
                .healthChecks()
                .getFirst();
        assertThat(spec.type()).isEqualTo("external");
        assertThat(spec.timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(spec.options())
                .containsOnly(
                        Map.entry("command", "/x"),
                        Map.entry("path", "/bin"),
                        Map.entry("proxy-address", "0.0.0.0"),
                        Map.entry("proxy-port", "80"),
                        Map.entry("proxy-number", "2"),
                        Map.entry("protocol", "tcp"));
        assertThat(Read.result(global + file("option external-check", "")).problems())
                .anyMatch(problem -> problem.isError() && problem.toString().contains("has no program"));
        assertThat(Read.result(global.replace("insecure-fork-wanted", "nbthread 1") + file(own, ""))
                        .problems())
                .noneMatch(problem -> problem.isError())
                .anyMatch(problem -> problem.toString().contains("without 'insecure-fork-wanted'"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "option tcp-check;tcp-check send a;tcp-check connect|comes after other steps",
                "option tcp-check;tcp-check connect via-socks4|via-socks4",
                "option tcp-check;tcp-check connect port 0|port 0",
                "option tcp-check;tcp-check send a b|has 'b'",
                "option tcp-check;tcp-check send-binary 0|is not binary",
                "option tcp-check;tcp-check expect status 200|has 'status'",
                "option tcp-check;tcp-check expect string a string b|two things",
                "option tcp-check;tcp-check expect rstring (|no regular expression",
                "option tcp-check;tcp-check expect string-lf a|checks have no variables",
                "option tcp-check;tcp-check expect string a ok-status L7TOUT|has ok-status 'L7TOUT'",
                "option tcp-check;tcp-check expect string a on-error %[x]|variables",
                "option httpchk;http-check connect;http-check expect status 200|no 'http-check send' before it",
                "option httpchk;http-check expect status 200;http-check send|no 'http-check connect' before it",
                "option httpchk;http-check send uri-lf /|cannot honour 'uri-lf'",
                "option httpchk;http-check send ver HTTP/2|HTTP/2",
                "option httpchk;http-check send hdr a %[x]|variables",
                "option httpchk;http-check expect status 20x|has the status '20x'",
                "option httpchk;http-check expect hdr value a|behind hdr",
                "option mysql-check joe|'option mysql-check' has 'joe'",
                "option external-check;external-check command /x|global does not allow",
                "option pgsql-check name joe|'option pgsql-check' has 'name joe'",
            })
    void whatCannotBeDoneIsToldWithItsPlace(String lines, String message) {
        assertThat(Read.result(file(lines, "")).problems())
                .filteredOn(problem -> problem.isError())
                .anySatisfy(problem -> {
                    assertThat(problem.toString()).contains(message);
                    assertThat(problem.position()).isPresent();
                });
    }
}
