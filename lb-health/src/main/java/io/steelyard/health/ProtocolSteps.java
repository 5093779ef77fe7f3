package io.steelyard.health;

import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.CheckStep;
import io.steelyard.api.health.ProbeTarget;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.health.SequenceStep.Judge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** The sequence of a check that speaks a protocol of its own. One use, one thread. */
final class ProtocolSteps {
    private final Options options;
    private final List<SequenceStep> steps = new ArrayList<>();
    /** The number of the next step; the connection has one where {@link #ProtocolSteps(Options, boolean)} says so. */
    private int number = 1;

    /** @param countsConnection whether messages count the connection as the first step */
    ProtocolSteps(Options options, boolean countsConnection) {
        this.options = options;
        steps.add(new SequenceStep.Connect(
                CheckStep.Connect.ORDINARY, ProbeTls.of(options), countsConnection ? number++ : 0));
    }

    /** The options of every such check, and those of its own. */
    static List<OptionSpec> options(OptionSpec... own) {
        var all = new ArrayList<>(ProbeTls.with(own));
        all.add(SequenceCompiler.connectLimit());
        return List.copyOf(all);
    }

    ProtocolSteps send(byte[] bytes) {
        return send(target -> bytes);
    }

    ProtocolSteps send(Function<ProbeTarget, byte[]> bytes) {
        steps.add(new SequenceStep.Send(bytes, number++, ""));
        return this;
    }

    /** Waits for what a judge accepts. */
    ProtocolSteps expect(Judge judge) {
        return expect(judge, Optional.empty(), CheckStatus.ANSWER_TIMEOUT, CheckStatus.ANSWER_INVALID);
    }

    /**
     * Waits for what a judge accepts.
     *
     * @param okStatus as {@link SequenceStep.Expect#okStatus}
     * @param timeoutStatus as {@link SequenceStep.Expect#timeoutStatus}
     * @param emptyStatus as {@link SequenceStep.Expect#emptyStatus}
     */
    ProtocolSteps expect(
            Judge judge, Optional<CheckStatus> okStatus, CheckStatus timeoutStatus, CheckStatus emptyStatus) {
        boolean isNegated = judge instanceof ByteJudge bytes && bytes.isNegated();
        steps.add(new SequenceStep.Expect(judge, "", okStatus, timeoutStatus, emptyStatus, isNegated, number++, ""));
        return this;
    }

    /** Waits for a regular expression's match, with codes and texts of the answer. */
    static ByteJudge matches(
            String regex,
            boolean isHex,
            boolean isNegated,
            int leastBytes,
            CheckStatus errorStatus,
            ToIntFunction<Answer> code,
            Function<Answer, String> okInfo,
            Function<Answer, String> errorInfo) {
        return new ByteJudge(
                Expectation.of("pattern", "", regex).orElseThrow(),
                isHex,
                isNegated,
                leastBytes,
                errorStatus,
                code,
                okInfo,
                errorInfo);
    }

    Sequence build() {
        return new Sequence(steps, false, options.duration("connect-timeout"), 0);
    }

    /** What an answer says from a byte on; empty where it has no such byte. */
    static String text(Answer answer, int from) {
        int length = Math.max(0, answer.length() - from);
        return new String(answer.bytes(), Math.min(from, answer.length()), length, StandardCharsets.ISO_8859_1);
    }

    /** The same up to the end of the line. */
    static String line(Answer answer, int from) {
        var text = text(answer, from);
        int end = 0;
        while (end < text.length() && text.charAt(end) != '\r' && text.charAt(end) != '\n') {
            end++;
        }
        return text.substring(0, end);
    }
}
