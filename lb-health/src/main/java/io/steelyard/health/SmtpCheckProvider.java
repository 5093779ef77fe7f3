package io.steelyard.health;

import static io.steelyard.health.ProtocolSteps.matches;

import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** {@code smtp}: takes a mail server's greeting, greets, and quits, and wants each to be well: codes 200 to 299 (HAProxy {@code option smtpchk}; RFC 5321). */
public final class SmtpCheckProvider implements HealthCheckProvider {
    private static final int LEAST_BYTES = 4;

    @Override
    public String name() {
        return "smtp";
    }

    @Override
    public String description() {
        return "greets a mail server";
    }

    @Override
    public List<OptionSpec> options() {
        return ProtocolSteps.options(
                OptionSpec.text("greeting", "HELO localhost", "what is said, such as EHLO mail.example.org"));
    }

    @Override
    public HealthCheck create(Options options) {
        var greeting = options.text("greeting");
        if (greeting.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new IllegalArgumentException(
                    "greeting is '" + greeting + "', expected a command such as HELO localhost");
        }
        var isCode = matches(
                "^[0-9]{3}[ \r]",
                false,
                false,
                LEAST_BYTES,
                CheckStatus.ANSWER_INVALID,
                answer -> 0,
                answer -> "",
                answer -> ProtocolSteps.line(answer, 0));
        return new ProtocolSteps(options, true)
                .expect(isCode)
                .expect(
                        welcome("^2[0-9]{2}[ \r]"),
                        Optional.empty(),
                        CheckStatus.ANSWER_TIMEOUT,
                        CheckStatus.ANSWER_REFUSED)
                .send((greeting + "\r\n").getBytes(StandardCharsets.US_ASCII))
                .expect(
                        welcome("^2[0-9]{2}[- \r]"),
                        Optional.empty(),
                        CheckStatus.ANSWER_TIMEOUT,
                        CheckStatus.ANSWER_REFUSED)
                .send("QUIT\r\n".getBytes(StandardCharsets.US_ASCII))
                .expect(
                        welcome("^2[0-9]{2}[- \r]"),
                        Optional.empty(),
                        CheckStatus.ANSWER_TIMEOUT,
                        CheckStatus.ANSWER_REFUSED)
                .build();
    }

    private static ByteJudge welcome(String regex) {
        return matches(
                regex,
                false,
                false,
                LEAST_BYTES,
                CheckStatus.ANSWER_REFUSED,
                SmtpCheckProvider::code,
                SmtpCheckProvider::said,
                SmtpCheckProvider::said);
    }

    /** The first three digits; 0 where they are none. */
    private static int code(Answer answer) {
        int code = 0;
        for (int i = 0; i < Math.min(3, answer.length()); i++) {
            int digit = answer.bytes()[i] - '0';
            if (digit < 0 || digit > 9) {
                return 0;
            }
            code = code * 10 + digit;
        }
        return code;
    }

    private static String said(Answer answer) {
        return ProtocolSteps.line(answer, 4).replaceFirst("^ +", "");
    }
}
