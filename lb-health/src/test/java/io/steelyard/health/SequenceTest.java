package io.steelyard.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.health.CheckFinding;
import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.CheckStep;
import io.steelyard.api.health.CheckStep.Expect;
import io.steelyard.api.health.CheckStep.Request;
import io.steelyard.api.health.CheckStep.Send;
import io.steelyard.api.health.CheckStep.Subject;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.health.ProbeTarget;
import io.steelyard.api.health.ServerSituation;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.RealServer;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What steps come to; {@code HaproxyCheckIT} compares far more of it with HAProxy. */
class SequenceTest {
    private static final Request GET = new Request("GET", "/", "1.1", List.of(), "", 0, "");
    private final TcpCheckProvider tcp = new TcpCheckProvider();
    private final HttpCheckProvider http = new HttpCheckProvider();

    private static ProbeResult probe(
            HealthCheckProvider provider,
            Map<String, String> options,
            List<CheckStep> steps,
            FakeServer server,
            ServerSituation situation)
            throws Exception {
        var check = provider.create(Options.of(provider.options(), options), steps);
        return check.probe(
                new ProbeTarget(RealServer.of("127.0.0.1:1"), server.address(), Duration.ofSeconds(5), situation));
    }

    private static CheckFinding found(HealthCheckProvider provider, FakeServer server, CheckStep... steps)
            throws Exception {
        return probe(provider, Map.of(), List.of(steps), server, ServerSituation.UNKNOWN)
                .finding()
                .orElseThrow();
    }

    private static ServerSituation standing(HealthState state, int streak, boolean isStopping) {
        return new ServerSituation("web", 1, state, streak, 2, 3, isStopping, 5, 12, 1, 4, 2);
    }

    private static String read(InputStream in, int count) throws java.io.IOException {
        return new String(in.readNBytes(count), StandardCharsets.ISO_8859_1);
    }

    @Test
    void stepsGoOnWhereTheOneBeforeIsAsExpected() throws Exception {
        try (var server = FakeServer.start((in, out) -> {
            out.write("one".getBytes(StandardCharsets.US_ASCII));
            out.write(read(in, 3).equals("two") ? 'y' : 'n');
        })) {
            assertThat(found(
                            tcp,
                            server,
                            Expect.of(Subject.BYTES, "one"),
                            new Send("two", 0, ""),
                            Expect.of(Subject.BYTES_MATCH, "^y$")))
                    .isEqualTo(new CheckFinding(CheckStatus.ANSWERED, 0, "(tcp-check)"));
        }
    }

    @Test
    void aMismatchTellsTheStepAndItsComment() throws Exception {
        try (var server = FakeServer.start((in, out) -> out.write('x'))) {
            assertThat(found(
                            tcp,
                            server,
                            CheckStep.Connect.ORDINARY,
                            new Expect(
                                    Subject.BYTES,
                                    "one",
                                    java.util.Optional.empty(),
                                    false,
                                    -1,
                                    java.util.Optional.empty(),
                                    java.util.Optional.empty(),
                                    java.util.Optional.empty(),
                                    "",
                                    "",
                                    0,
                                    "greeting")))
                    .isEqualTo(new CheckFinding(
                            CheckStatus.ANSWER_INVALID,
                            0,
                            "TCPCHK did not match content 'one' at step 2 comment: greeting"));
        }
    }

    @Test
    void anInterimAnswerIsNotTheAnswer() throws Exception {
        try (var server =
                FakeServer.answering("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")) {
            assertThat(found(http, server, GET, Expect.of(Subject.STATUS, "204")))
                    .isEqualTo(new CheckFinding(CheckStatus.ANSWERED, 204, ""));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "3\\r\\nhel\\r\\n2\\r\\nlo\\r\\n0\\r\\n\\r\\n,ANSWERED",
        "zz\\r\\nhello,ANSWER_INVALID",
        "3\\r\\nhel\\r\\n0\\r\\n\\r\\n,ANSWER_INVALID"
    })
    void chunksAreJoinedBeforeABodyIsJudged(String body, CheckStatus status) throws Exception {
        try (var server = FakeServer.answering(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body.replace("\\r\\n", "\r\n"))) {
            assertThat(found(http, server, GET, Expect.of(Subject.BODY, "hello"))
                            .status())
                    .isEqualTo(status);
        }
    }

    @ParameterizedTest
    @EnumSource(HealthState.class)
    void aServerThatIsUpDrainsByTheStatus404(HealthState state) throws Exception {
        try (var server = FakeServer.answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")) {
            var result = probe(
                    http,
                    Map.of("drain-on-404", "true"),
                    List.of(GET, Expect.of(Subject.STATUS, "200")),
                    server,
                    standing(state, 0, false));
            assertThat(result.verdict())
                    .isEqualTo(
                            state == HealthState.DOWN ? ProbeResult.Verdict.FAILED : ProbeResult.Verdict.CONDITIONAL);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "UP,0,false,UP",
        "UP,1,false,UP 2/3",
        "UP,0,true,NOLB",
        "UP,2,true,NOLB 1/3",
        "DOWN,0,false,DOWN",
        "DOWN,1,false,DOWN 1/2",
        "UNKNOWN,0,false,UP 1/3"
    })
    void aServerIsToldHowItStands(HealthState state, int streak, boolean isStopping, String word) throws Exception {
        try (var server = FakeServer.answering("HTTP/1.1 200 OK\r\n\r\n")) {
            var target = new ProbeTarget(
                    RealServer.of("127.0.0.1:1"),
                    server.address(),
                    Duration.ofSeconds(5),
                    standing(state, streak, isStopping));
            assertThat(RequestBytes.state(target, "n"))
                    .isEqualTo(word + "; address=127.0.0.1; port="
                            + server.address().getPort()
                            + "; name=web/127.0.0.1:1; node=n; weight=5/12; scur=1/4; qcur=2");
        }
    }

    @Test
    void stepsOfTheWrongKindAreRefusedWithTheirPlace() {
        assertThatThrownBy(() -> tcp.create(Options.defaults(tcp.options()), List.of(new Send("a", 0, ""), GET)))
                .hasMessageStartingWith("step 2: a check of type tcp sends bytes");
        assertThatThrownBy(() ->
                        http.create(Options.defaults(http.options()), List.of(GET, Expect.of(Subject.BYTES, "a"))))
                .hasMessageContaining("cannot be expected of a check of type http");
        assertThatThrownBy(() -> http.create(Options.of(http.options(), Map.of("path", "/x")), List.of(GET)))
                .hasMessageContaining("both steps and path are given");
        assertThatThrownBy(() ->
                        new UdpCheckProvider().create(Options.defaults(new UdpCheckProvider().options()), List.of(GET)))
                .hasMessageContaining("takes no steps");
    }
}
