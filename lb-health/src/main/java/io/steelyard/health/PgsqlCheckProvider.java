package io.steelyard.health;

import static io.steelyard.health.ProtocolSteps.matches;

import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * {@code pgsql}: begins a session with a PostgreSQL server as a user, up to the question for a password (HAProxy {@code option pgsql-check};
 * PostgreSQL 15, section 55.7: StartupMessage, Authentication…, ErrorResponse).
 */
public final class PgsqlCheckProvider implements HealthCheckProvider {
    private static final int VERSION_3 = 0x0003_0000;

    /** Authentication…: eight, ten or twelve bytes, and one of the requests 0 to 6. */
    private static final String AUTHENTICATION = "^52000000(08|0A|0C)000000(00|02|03|04|05|06)";

    @Override
    public String name() {
        return "pgsql";
    }

    @Override
    public String description() {
        return "begins a session with a PostgreSQL server";
    }

    @Override
    public List<OptionSpec> options() {
        return ProtocolSteps.options(OptionSpec.text("user", "postgres", "the user that the session is for"));
    }

    @Override
    public HealthCheck create(Options options) {
        var user = options.text("user").getBytes(StandardCharsets.UTF_8);
        if (user.length == 0) {
            throw new IllegalArgumentException("user is not given; expected the name of a user of the database");
        }
        var noError = matches(
                "^E",
                false,
                true,
                5,
                CheckStatus.ANSWER_INVALID,
                answer -> 0,
                answer -> "",
                answer -> ProtocolSteps.text(answer, 6));
        var asksForPassword = matches(
                AUTHENTICATION,
                true,
                false,
                9,
                CheckStatus.ANSWER_REFUSED,
                answer -> 0,
                answer -> "PostgreSQL server is ok",
                answer -> "PostgreSQL unknown error");
        return new ProtocolSteps(options, true)
                .send(startup(user))
                .expect(noError)
                .expect(asksForPassword, Optional.empty(), CheckStatus.ANSWER_TIMEOUT, CheckStatus.ANSWER_REFUSED)
                .build();
    }

    private static byte[] startup(byte[] user) {
        var parameter = "user\0".getBytes(StandardCharsets.US_ASCII);
        int length = 4 + 4 + parameter.length + user.length + 2;
        return ByteBuffer.allocate(length)
                .putInt(length)
                .putInt(VERSION_3)
                .put(parameter)
                .put(user)
                .array();
    }
}
