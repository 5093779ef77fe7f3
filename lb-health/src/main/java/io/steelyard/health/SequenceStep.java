package io.steelyard.health;

import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.CheckStep;
import io.steelyard.api.health.ProbeTarget;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A step of a {@link Sequence}, ready to be done. Immutable. */
sealed interface SequenceStep {
    /** What messages call it; 0 for a connection that nobody wrote down. */
    int number();

    /** What messages say of it besides; empty for nothing. */
    String comment();

    /** A connection, in place of the one before. */
    record Connect(CheckStep.Connect how, ProbeTls tls, int number) implements SequenceStep {
        @Override
        public String comment() {
            return how.comment();
        }
    }

    /** Bytes to send, which may tell the server how it stands. */
    record Send(Function<ProbeTarget, byte[]> bytes, int number, String comment) implements SequenceStep {}

    /**
     * An answer to wait for.
     *
     * @param shown what is waited for, where messages tell it
     * @param okStatus where the sequence ends here
     * @param timeoutStatus where nothing came in time
     * @param emptyStatus where the connection ended without a byte
     * @param isNegated whether it is what must not be
     */
    record Expect(
            Judge judge,
            String shown,
            Optional<CheckStatus> okStatus,
            CheckStatus timeoutStatus,
            CheckStatus emptyStatus,
            boolean isNegated,
            int number,
            String comment)
            implements SequenceStep {}

    /** Says whether an answer is as expected. */
    @FunctionalInterface
    interface Judge {
        /**
         * Looks at what has come so far.
         *
         * @param isOver whether no more will come
         * @throws InterruptedException where the thread is interrupted during a long search
         */
        Judgement judge(Answer answer, boolean isOver) throws InterruptedException;
    }

    /**
     * What a judge says.
     *
     * @param status null while more is needed; a failure's; else {@link CheckStatus#ANSWERED}, in whose place a step's own may stand
     * @param code what the status comes with
     * @param info more for people
     */
    record Judgement(@Nullable CheckStatus status, int code, String info) {
        static final Judgement WAIT = new Judgement(null, 0, "");

        static Judgement passed(int code, String info) {
            return new Judgement(CheckStatus.ANSWERED, code, info);
        }
    }
}
