package io.steelyard.health;

import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** {@code redis}: says PING, and wants PONG (HAProxy {@code option redis-check}). */
public final class RedisCheckProvider implements HealthCheckProvider {
    @Override
    public String name() {
        return "redis";
    }

    @Override
    public String description() {
        return "says PING to a Redis server, and wants PONG";
    }

    @Override
    public List<OptionSpec> options() {
        return ProtocolSteps.options();
    }

    @Override
    public HealthCheck create(Options options) {
        var pong = new ByteJudge(
                Expectation.of("pattern", "+PONG\\r\\n", "").orElseThrow(),
                false,
                false,
                -1,
                CheckStatus.ANSWER_REFUSED,
                answer -> 0,
                answer -> "Redis server is ok",
                answer -> ProtocolSteps.line(answer, 0));
        return new ProtocolSteps(options, false)
                .send("*1\r\n$4\r\nPING\r\n".getBytes(StandardCharsets.US_ASCII))
                .expect(pong, Optional.empty(), CheckStatus.ANSWER_TIMEOUT, CheckStatus.ANSWER_REFUSED)
                .build();
    }
}
