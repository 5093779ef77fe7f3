package io.steelyard.health;

import io.steelyard.api.health.CheckStatus;
import io.steelyard.health.SequenceStep.Judge;
import io.steelyard.health.SequenceStep.Judgement;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Judges an answer of HTTP/1 (HAProxy 2.6 {@code tcpcheck_eval_expect_http}). What a failure tells is what the server said, unless the step
 * says something itself.
 *
 * @param test what is asked of it
 * @param isNegated whether it must not be so
 * @param errorStatus what a failure comes to; absent for {@link CheckStatus#ANSWER_INVALID} of a body and else
 *     {@link CheckStatus#ANSWER_REFUSED}
 * @param okText more for people where all is well
 * @param errorText the same where it is not; empty for what was found
 * @param comment what messages say besides
 * @param isBodiless whether answers have no body whatever their header says (HEAD)
 */
record HttpJudge(
        Test test,
        boolean isNegated,
        Optional<CheckStatus> errorStatus,
        String okText,
        String errorText,
        String comment,
        boolean isBodiless)
        implements Judge {
    /** What is asked of an answer. */
    sealed interface Test {
        /** Its status. */
        record Status(StatusSet wanted) implements Test {}

        /** Its status, as text. */
        record StatusMatch(Expectation wanted) implements Test {}

        /** A field of its header. */
        record Field(FieldMatch wanted) implements Test {}

        /**
         * Its body.
         *
         * @param leastBytes how many must have come, but for -1
         */
        record Body(Expectation wanted, int leastBytes) implements Test {}
    }

    @Override
    public Judgement judge(Answer answer, boolean isOver) throws InterruptedException {
        HttpHead head;
        try {
            head = head(answer);
        } catch (HttpHead.Malformed wrong) {
            return failed(CheckStatus.ANSWER_INVALID, 0, "");
        }
        if (head == null) {
            return isOver ? failed(CheckStatus.ANSWER_INVALID, 0, "") : Judgement.WAIT;
        }
        return switch (test) {
            case Test.Status status -> told(answer, head, status.wanted().contains(head.status()));
            case Test.StatusMatch match -> {
                var code = Integer.toString(head.status()).getBytes(StandardCharsets.US_ASCII);
                yield told(answer, head, match.wanted().isIn(code, code.length));
            }
            case Test.Field field -> told(answer, head, field.wanted().isIn(head));
            case Test.Body body -> body(answer, isOver, head, body);
        };
    }

    /** The head of the answer proper, behind interim ones (RFC 9110 section 15.2); null while it is not whole. */
    private static @Nullable HttpHead head(Answer answer) throws HttpHead.Malformed {
        for (int start = 0; ; ) {
            var head = HttpHead.read(answer, start);
            if (head.isEmpty()) {
                return null;
            }
            int status = head.get().status();
            if (status >= 200 || status == 101) {
                return head.get();
            }
            start = head.get().bodyStart();
        }
    }

    private Judgement told(Answer answer, HttpHead head, boolean isSo) {
        return isSo != isNegated
                ? Judgement.passed(head.status(), okText)
                : failed(
                        errorStatus.orElse(CheckStatus.ANSWER_REFUSED),
                        head.status(),
                        HttpHead.phrase(answer, head.start()).strip());
    }

    private Judgement body(Answer answer, boolean isOver, HttpHead head, Test.Body wanted) throws InterruptedException {
        var status = errorStatus.orElse(CheckStatus.ANSWER_INVALID);
        var body = HttpBody.read(answer, head, isBodiless);
        if (body.isBroken()) {
            return failed(CheckStatus.ANSWER_INVALID, head.status(), "");
        }
        boolean isLast = isOver || body.isWhole();
        int length = body.bytes().length;
        if (length == 0) {
            return isLast
                    ? failed(status, head.status(), "HTTP content check could not find a response body")
                    : Judgement.WAIT;
        }
        int least = wanted.wanted() instanceof Expectation.Literal literal
                ? Math.max(wanted.leastBytes(), literal.bytes().length)
                : wanted.leastBytes();
        if (!isLast && length < least) {
            return Judgement.WAIT;
        }
        boolean isThere = wanted.wanted().isIn(body.bytes(), length);
        if (!isThere && !isLast && wanted.leastBytes() == -1) {
            return Judgement.WAIT;
        }
        if (isThere != isNegated) {
            return Judgement.passed(head.status(), okText);
        }
        return failed(
                status,
                head.status(),
                isNegated ? "HTTP check matched unwanted content" : "HTTP content check did not match");
    }

    private Judgement failed(CheckStatus status, int code, String found) {
        return new Judgement(
                status,
                code,
                (errorText.isEmpty() ? found : errorText) + (comment.isEmpty() ? "" : " comment: " + comment));
    }
}
