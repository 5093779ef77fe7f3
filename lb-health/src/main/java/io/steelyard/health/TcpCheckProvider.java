package io.steelyard.health;

import io.steelyard.api.health.CheckStep;
import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.health.ProbeTarget;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * {@code tcp}: passes where the server accepts a connection and, where something is expected, its first 16 KiB contain it; or a sequence of
 * steps. Works for UNIX sockets too.
 */
public final class TcpCheckProvider implements HealthCheckProvider {
    static final int LIMIT_BYTES = 16 * 1_024;

    @Override
    public String name() {
        return "tcp";
    }

    @Override
    public String description() {
        return "connects; may send a text and expect an answer, or do several such steps";
    }

    @Override
    public List<OptionSpec> options() {
        return ProbeTls.with(
                OptionSpec.text("send", "", "what to send, with \\r \\n \\t \\0 \\\\ \\xNN; nothing by default"),
                OptionSpec.text("expect", "", "what the answer must contain, written like send"),
                OptionSpec.text("expect-regex", "", "regular expression the answer must match somewhere"),
                SequenceCompiler.connectLimit());
    }

    @Override
    public HealthCheck create(Options options) {
        return create(options, List.of());
    }

    @Override
    public HealthCheck create(Options options, List<CheckStep> steps) {
        boolean asks = options.has("send") || options.has("expect") || options.has("expect-regex");
        if (asks && !steps.isEmpty()) {
            throw new IllegalArgumentException("both steps and send or expect are given; expected one of them");
        }
        if (!asks) {
            return new SequenceCompiler(options, false, "").compile(steps, 0);
        }
        return new Check(
                Escapes.decode(options.text("send")),
                Expectation.of("expect", options.text("expect"), options.text("expect-regex")),
                ProbeTls.of(options));
    }

    private record Check(byte[] send, Optional<Expectation> expectation, ProbeTls tls) implements HealthCheck {
        @Override
        public ProbeResult probe(ProbeTarget target) throws IOException, InterruptedException {
            try (var socket = ProbeSocket.connect(target, tls)) {
                if (send.length > 0) {
                    socket.send(send);
                }
                if (expectation.isEmpty()) {
                    return ProbeResult.passed("connected");
                }
                return answer(new Answer(socket, LIMIT_BYTES), expectation.get());
            }
        }

        private static ProbeResult answer(Answer answer, Expectation wanted) throws IOException, InterruptedException {
            while (!answer.isOver()) {
                answer.more();
                if (wanted.isIn(answer.bytes(), answer.length())) {
                    return ProbeResult.passed("answered as expected");
                }
            }
            return ProbeResult.failed(
                    answer.length() == 0
                            ? "connection closed without an answer"
                            : "answer '" + answer.show() + "', expected '" + wanted.text() + "'");
        }
    }
}
