package io.steelyard.health;

import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.CheckStep;
import io.steelyard.api.health.CheckStep.Subject;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Makes the sequences that configurations write down. One use, one thread. */
final class SequenceCompiler {
    private final Options options;
    private final boolean isOfHttp;
    private final String node;
    private final List<SequenceStep> steps = new ArrayList<>();
    private boolean isBodiless;

    /**
     * @param isOfHttp whether requests are sent, and not bytes
     * @param node what a server is told of us, where it is told how it stands; empty where it is not
     */
    SequenceCompiler(Options options, boolean isOfHttp, String node) {
        this.options = options;
        this.isOfHttp = isOfHttp;
        this.node = node;
    }

    /** The option of how long connections may take. */
    static OptionSpec connectLimit() {
        return OptionSpec.duration(
                "connect-timeout",
                "0s",
                "how long a connection may take, where there are steps; 0s for as long as the probe");
    }

    /**
     * The sequence.
     *
     * @param drainStatus as {@link Sequence#drainStatus}
     * @throws IllegalArgumentException where a step is wrong, with its place
     */
    Sequence compile(List<CheckStep> written, int drainStatus) {
        if (written.isEmpty() || !(written.getFirst() instanceof CheckStep.Connect)) {
            steps.add(new SequenceStep.Connect(CheckStep.Connect.ORDINARY, ProbeTls.of(options), 0));
        }
        for (int i = 0; i < written.size(); i++) {
            try {
                add(written.get(i), number(written, i));
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException("step " + (i + 1) + ": " + wrong.getMessage(), wrong);
            }
        }
        return new Sequence(steps, !isOfHttp && !written.isEmpty(), connectTimeout(), drainStatus);
    }

    /** What messages call a step; a first one that only connects is what comes before the first, as where nobody wrote it. */
    private static int number(List<CheckStep> written, int index) {
        var step = written.get(index);
        boolean isInitial = index == 0 && step.equals(CheckStep.Connect.ORDINARY);
        return isInitial ? 0 : step.number() == 0 ? index + 1 : step.number();
    }

    private Duration connectTimeout() {
        return options.duration("connect-timeout");
    }

    private void add(CheckStep step, int number) {
        switch (step) {
            case CheckStep.Connect connect ->
                steps.add(new SequenceStep.Connect(connect, ProbeTls.of(options, connect), number));
            case CheckStep.Send send -> {
                require(!isOfHttp, "a check of type http sends requests", "use request, or type tcp");
                var bytes = Escapes.decode(send.bytes());
                steps.add(new SequenceStep.Send(target -> bytes, number, send.comment()));
            }
            case CheckStep.Request request -> {
                require(isOfHttp, "a check of type tcp sends bytes", "use send, or type http");
                isBodiless = request.method().equals("HEAD");
                var bytes = new RequestBytes(request, node);
                steps.add(new SequenceStep.Send(bytes::of, number, request.comment()));
            }
            case CheckStep.Expect expect -> {
                require(
                        expect.isOfHttp() == isOfHttp,
                        "'" + expect.subject() + "' cannot be expected of a check of type "
                                + (isOfHttp ? "http" : "tcp"),
                        "use another subject, or type " + (isOfHttp ? "tcp" : "http"));
                steps.add(new SequenceStep.Expect(
                        isOfHttp ? httpJudge(expect) : byteJudge(expect, number),
                        shown(expect),
                        expect.okStatus(),
                        expect.timeoutStatus().orElse(CheckStatus.ANSWER_TIMEOUT),
                        expect.errorStatus().orElse(CheckStatus.ANSWER_INVALID),
                        expect.isNegated(),
                        number,
                        expect.comment()));
            }
        }
    }

    private static void require(boolean isSo, String otherwise, String remedy) {
        if (!isSo) {
            throw new IllegalArgumentException(otherwise + "; " + remedy);
        }
    }

    // ---- what is expected

    private SequenceStep.Judge byteJudge(CheckStep.Expect step, int number) {
        var ok = step.okText().isEmpty() ? "(tcp-check)" : step.okText();
        var error = (step.errorText().isEmpty() ? mismatch(step, number) : step.errorText())
                + (step.comment().isEmpty() ? "" : " comment: " + step.comment());
        return new ByteJudge(
                expectation(step),
                step.subject() == Subject.HEX_MATCH,
                step.isNegated(),
                step.leastBytes(),
                step.errorStatus().orElse(CheckStatus.ANSWER_INVALID),
                answer -> 0,
                answer -> ok,
                answer -> error);
    }

    private SequenceStep.Judge httpJudge(CheckStep.Expect step) {
        return new HttpJudge(
                switch (step.subject()) {
                    case STATUS -> new HttpJudge.Test.Status(StatusSet.parse(step.pattern()));
                    case STATUS_MATCH -> new HttpJudge.Test.StatusMatch(expectation(step));
                    case FIELD ->
                        new HttpJudge.Test.Field(new FieldMatch(step.field().orElseThrow()));
                    default -> new HttpJudge.Test.Body(expectation(step), step.leastBytes());
                },
                step.isNegated(),
                step.errorStatus(),
                step.okText(),
                step.errorText(),
                step.comment(),
                isBodiless);
    }

    private static Expectation expectation(CheckStep.Expect step) {
        if (step.pattern().isEmpty()) {
            throw new IllegalArgumentException("nothing is expected: the pattern is empty");
        }
        boolean isLiteral = step.subject() == Subject.BYTES || step.subject() == Subject.BODY;
        Optional<Expectation> made = isLiteral
                ? Expectation.of("pattern", step.pattern(), "")
                : Expectation.of("pattern", "", step.pattern());
        return made.orElseThrow();
    }

    // ---- HAProxy's words

    private static String mismatch(CheckStep.Expect step, int number) {
        return (step.isNegated() ? "TCPCHK matched unwanted content" : "TCPCHK did not match content")
                + switch (step.subject()) {
                    case BYTES -> isText(step) ? " '" + text(step) + "'" : " (binary)";
                    case BYTES_MATCH -> " (regex)";
                    default -> " (binary regex)";
                }
                + " at step " + number;
    }

    private static String shown(CheckStep.Expect step) {
        return switch (step.subject()) {
            case BYTES ->
                isText(step)
                        ? " (expect string '" + text(step) + "')"
                        : " (expect binary '"
                                + HexFormat.of().withUpperCase().formatHex(Escapes.decode(step.pattern()))
                                + "')";
            case BYTES_MATCH -> " (expect regex)";
            case HEX_MATCH -> " (expect binary regex)";
            default -> "";
        };
    }

    /** Whether bytes are told as text: those that were written without their numbers. */
    private static boolean isText(CheckStep.Expect step) {
        return !step.pattern().contains("\\x");
    }

    private static String text(CheckStep.Expect step) {
        return new String(Escapes.decode(step.pattern()), StandardCharsets.ISO_8859_1);
    }
}
