package io.steelyard.health;

import io.steelyard.api.health.CheckStatus;
import io.steelyard.health.SequenceStep.Judge;
import io.steelyard.health.SequenceStep.Judgement;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Judges an answer by its bytes (HAProxy 2.6 {@code tcpcheck_eval_expect}): what is wanted may still come, unless it was said how many bytes
 * are enough to tell.
 *
 * @param wanted what is looked for
 * @param isHex whether it is looked for in the answer as hexadecimal digits
 * @param isNegated whether it must not be there
 * @param leastBytes how many bytes must have come, but for -1
 * @param errorStatus what a failure comes to
 * @param code what comes with the status
 * @param okInfo more for people where all is well
 * @param errorInfo the same where it is not
 */
record ByteJudge(
        Expectation wanted,
        boolean isHex,
        boolean isNegated,
        int leastBytes,
        CheckStatus errorStatus,
        ToIntFunction<Answer> code,
        Function<Answer, String> okInfo,
        Function<Answer, String> errorInfo)
        implements Judge {
    @Override
    public Judgement judge(Answer answer, boolean isOver) throws InterruptedException {
        int least = wanted instanceof Expectation.Literal literal
                ? Math.max(leastBytes, literal.bytes().length)
                : leastBytes;
        if (!isOver && answer.length() < least) {
            return Judgement.WAIT;
        }
        boolean isThere = isThere(answer);
        if (!isThere && !isOver && leastBytes == -1) {
            return Judgement.WAIT;
        }
        return isThere == isNegated
                ? new Judgement(errorStatus, code.applyAsInt(answer), errorInfo.apply(answer))
                : Judgement.passed(code.applyAsInt(answer), okInfo.apply(answer));
    }

    private boolean isThere(Answer answer) throws InterruptedException {
        if (!isHex) {
            return wanted.isIn(answer.bytes(), answer.length());
        }
        var digits = HexFormat.of()
                .withUpperCase()
                .formatHex(answer.bytes(), 0, answer.length())
                .getBytes(StandardCharsets.US_ASCII);
        return wanted.isIn(digits, digits.length);
    }
}
