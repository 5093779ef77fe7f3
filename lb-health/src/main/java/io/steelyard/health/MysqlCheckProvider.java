package io.steelyard.health;

import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.health.SequenceStep.Judgement;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * {@code mysql}: takes a MySQL server's greeting and, where there is a user, begins a session as that one and quits it (HAProxy {@code option
 * mysql-check}). Without a user, the server counts each check as a host's failed attempt, and blocks us after {@code max_connect_errors} of them.
 */
public final class MysqlCheckProvider implements HealthCheckProvider {
    private static final byte[] QUIT = {1, 0, 0, 0, 1};
    private static final int HEADER_BYTES = 4;
    private static final int ERROR = 0xFF;

    @Override
    public String name() {
        return "mysql";
    }

    @Override
    public String description() {
        return "takes a MySQL server's greeting, and begins a session";
    }

    @Override
    public List<OptionSpec> options() {
        return ProtocolSteps.options(
                OptionSpec.text("user", "", "the user that a session is begun for; none by default"),
                OptionSpec.flag("before-41", "whether the session is begun as clients older than MySQL 4.1 do"));
    }

    @Override
    public HealthCheck create(Options options) {
        var user = options.text("user").getBytes(StandardCharsets.UTF_8);
        var steps = new ProtocolSteps(options, true);
        if (user.length == 0) {
            return steps.expect((answer, isOver) -> packet(answer, 0, isOver)).build();
        }
        return steps.send(login(user, options.flag("before-41")))
                .expect((answer, isOver) -> packet(answer, 0, isOver))
                .expect((answer, isOver) -> packet(answer, end(answer, 0), isOver))
                .build();
    }

    private static byte[] login(byte[] user, boolean isOld) {
        var head = HexFormat.of().parseHex(isOld ? "0080000001" : "008200000080000121" + "00".repeat(23));
        var packet = new ByteArrayOutputStream();
        int length = head.length + user.length + 2;
        packet.write(length);
        packet.write(length >> 8);
        packet.write(length >> 16);
        packet.write(1);
        packet.writeBytes(head);
        packet.writeBytes(user);
        packet.write(0);
        packet.write(0);
        packet.writeBytes(QUIT);
        return packet.toByteArray();
    }

    /** Where the packet ends that begins at {@code from}, whose header has come. */
    private static int end(Answer answer, int from) {
        return from + HEADER_BYTES + at(answer, from) + (at(answer, from + 1) << 8) + (at(answer, from + 2) << 16);
    }

    private static int at(Answer answer, int index) {
        return index < answer.length() ? answer.bytes()[index] & 0xFF : 0;
    }

    /** A whole packet that is no error. */
    private static Judgement packet(Answer answer, int from, boolean isOver) {
        boolean isWhole = answer.length() >= from + HEADER_BYTES && answer.length() >= end(answer, from);
        if (!isWhole) {
            return isOver ? new Judgement(CheckStatus.ANSWER_INVALID, 0, "") : Judgement.WAIT;
        }
        int kind = from + HEADER_BYTES;
        if (at(answer, kind) == ERROR) {
            return new Judgement(
                    CheckStatus.ANSWER_REFUSED,
                    at(answer, kind + 1) + (at(answer, kind + 2) << 8),
                    ProtocolSteps.text(answer, kind + 3));
        }
        return Judgement.passed(0, ProtocolSteps.text(answer, HEADER_BYTES + 1));
    }
}
