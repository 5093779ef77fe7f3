package io.steelyard.health;

import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.health.ProbeTarget;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import java.io.IOException;
import java.util.List;

/**
 * {@code agent}: asks a program beside the server how it is, and does as it says: HAProxy's {@code agent-check}; see {@link AgentAnswer} for
 * what it can say. An agent that cannot be reached, or says nothing of the server's health, changes nothing of that.
 */
public final class AgentCheckProvider implements HealthCheckProvider {
    @Override
    public String name() {
        return "agent";
    }

    @Override
    public String description() {
        return "asks a program beside the server for its health, weight, limit and state";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(
                OptionSpec.text("send", "", "what to send, with \\r \\n \\t \\0 \\\\ \\xNN; nothing by default"));
    }

    @Override
    public HealthCheck create(Options options) {
        return new Check(Escapes.decode(options.text("send")));
    }

    private record Check(byte[] send) implements HealthCheck {
        @Override
        public ProbeResult probe(ProbeTarget target) throws InterruptedException {
            try (var socket = ProbeSocket.connect(target, ProbeTls.NONE)) {
                if (send.length > 0) {
                    socket.send(send);
                }
                var answer = new Answer(socket, TcpCheckProvider.LIMIT_BYTES);
                while (!answer.isOver()) {
                    answer.more();
                    var line = AgentAnswer.line(answer.bytes(), answer.length());
                    if (line.isPresent()) {
                        return AgentAnswer.parse(line.get());
                    }
                }
                return undecided("no complete line from the agent");
            } catch (IOException broken) {
                return undecided("the agent cannot be asked: " + broken.getMessage());
            }
        }

        @Override
        public ProbeResult late(String reason) {
            return undecided("the agent: " + reason);
        }

        private static ProbeResult undecided(String reason) {
            return ProbeResult.undecided(reason);
        }
    }
}
