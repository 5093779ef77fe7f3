package io.steelyard.api.health;

import java.util.Objects;

/**
 * What one probe found.
 *
 * @param verdict whether the server can serve
 * @param reason one phrase for people, such as {@code connect timed out} or {@code status 503, expected 200-399}
 * @param advice what the server asked for
 */
public record ProbeResult(Verdict verdict, String reason, ServerAdvice advice) {
    /** Whether a server can serve. */
    public enum Verdict {
        PASSED,
        FAILED,
        /** The probe says nothing of it: what was known still holds. */
        UNDECIDED
    }

    public ProbeResult {
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(advice, "advice");
    }

    /** A result without advice. */
    public ProbeResult(boolean isPassed, String reason) {
        this(isPassed ? Verdict.PASSED : Verdict.FAILED, reason, ServerAdvice.NONE);
    }

    public static ProbeResult passed(String reason) {
        return new ProbeResult(true, reason);
    }

    public static ProbeResult failed(String reason) {
        return new ProbeResult(false, reason);
    }

    public static ProbeResult undecided(String reason) {
        return new ProbeResult(Verdict.UNDECIDED, reason, ServerAdvice.NONE);
    }

    public boolean isPassed() {
        return verdict == Verdict.PASSED;
    }
}
