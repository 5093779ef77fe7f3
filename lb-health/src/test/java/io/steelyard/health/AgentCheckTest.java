package io.steelyard.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.health.ProbeResult.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentCheckTest {
    private final AgentCheckProvider provider = new AgentCheckProvider();

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "up; PASSED; up; -; -; -",
                "UP 75%; PASSED; up; -; 75; -",
                "down # disk full; FAILED; down (disk full); -; -; -",
                "down#x; UNDECIDED; the agent says nothing of its health; -; -; -",
                "stopped; FAILED; stopped; -; -; -",
                "fail,drain\tmaxconn:30; FAILED; fail; DRAINING; -; 30",
                "up down; FAILED; down; -; -; -",
                "down up; PASSED; up; -; -; -",
                "maint; UNDECIDED; the agent says nothing of its health; DISABLED; -; -",
                "drain ready; UNDECIDED; the agent says nothing of its health; ENABLED; -; -",
                "0%; UNDECIDED; the agent says nothing of its health; -; 0; -",
                "100% 20%; UNDECIDED; the agent says nothing of its health; -; 20; -",
                "maxconn:x 5; UNDECIDED; the agent says nothing of its health; -; -; -",
                "# only a comment; UNDECIDED; only a comment; -; -; -"
            })
    void understandsWhatAgentsSay(
            String line, Verdict verdict, String reason, String state, String weight, String most) {
        var result = AgentAnswer.parse(line);
        var advice = result.advice();
        assertThat(result.verdict()).isEqualTo(verdict);
        assertThat(result.reason()).isEqualTo(reason);
        assertThat(advice.adminState().map(Enum::name).orElse("-")).isEqualTo(state);
        assertThat(
                        advice.weightPercent().isPresent()
                                ? "" + advice.weightPercent().getAsInt()
                                : "-")
                .isEqualTo(weight);
        assertThat(
                        advice.maxConnections().isPresent()
                                ? "" + advice.maxConnections().getAsInt()
                                : "-")
                .isEqualTo(most);
    }

    @Test
    void readsTheFirstLineAndNoMore() throws Exception {
        try (var agent = FakeServer.start((in, out) -> {
            out.write("up 5".getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            out.write("0%\ndown\n".getBytes(StandardCharsets.ISO_8859_1));
        })) {
            var result = Probes.probe(provider, Map.of(), agent.address());
            assertThat(result.verdict()).isEqualTo(Verdict.PASSED);
            assertThat(result.advice().weightPercent()).hasValue(50);
        }
    }

    @Test
    void sendsWhatItIsToldTo() throws Exception {
        var heard = new LinkedBlockingQueue<String>();
        try (var agent = FakeServer.start((in, out) -> {
            heard.add(new String(in.readNBytes(6), StandardCharsets.ISO_8859_1));
            out.write("up\r\n".getBytes(StandardCharsets.ISO_8859_1));
        })) {
            assertThat(Probes.probe(provider, Map.of("send", "be/s1\\n"), agent.address())
                            .isPassed())
                    .isTrue();
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("be/s1\n");
        }
    }

    @Test
    void anAgentThatCannotBeAskedDecidesNothing() throws Exception {
        var gone = FakeServer.answering("");
        var address = gone.address();
        gone.close();
        assertThat(Probes.probe(provider, Map.of(), address).verdict()).isEqualTo(Verdict.UNDECIDED);
    }

    @Test
    void aLineThatNeverEndsDecidesNothing() throws Exception {
        try (var agent = FakeServer.start((in, out) -> out.write("down".getBytes(StandardCharsets.ISO_8859_1)))) {
            assertThat(Probes.probe(provider, Map.of(), agent.address()).verdict())
                    .isEqualTo(Verdict.UNDECIDED);
        }
        try (var agent = FakeServer.start((in, out) -> in.read())) {
            assertThat(Probes.probe(provider, Map.of(), agent.address(), Duration.ofMillis(50))
                            .verdict())
                    .isEqualTo(Verdict.UNDECIDED);
        }
    }
}
