package io.steelyard.api.health;

import java.util.Objects;
import java.util.Optional;

/**
 * What one probe found.
 *
 * @param verdict whether the server can serve
 * @param reason one phrase for people, such as {@code connect timed out} or {@code status 503, expected 200-399}
 * @param advice what the server asked for
 * @param finding the same in the words of {@link CheckStatus}, where the check tells it
 */
public record ProbeResult(Verdict verdict, String reason, ServerAdvice advice, Optional<CheckFinding> finding) {
    /** Whether a server can serve. */
    public enum Verdict {
        PASSED,
        /** It can, and wants no new clients. */
        CONDITIONAL,
        FAILED,
        /** The probe says nothing of it: what was known still holds. */
        UNDECIDED
    }

    public ProbeResult {
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(advice, "advice");
        Objects.requireNonNull(finding, "finding");
    }

    public ProbeResult(Verdict verdict, String reason, ServerAdvice advice) {
        this(verdict, reason, advice, Optional.empty());
    }

    /** A result without advice. */
    public ProbeResult(boolean isPassed, String reason) {
        this(isPassed ? Verdict.PASSED : Verdict.FAILED, reason, ServerAdvice.NONE);
    }

    /**
     * What a finding says of the server.
     *
     * @param reason the same in one phrase
     */
    public static ProbeResult of(CheckFinding finding, String reason) {
        return new ProbeResult(finding.status().verdict(), reason, ServerAdvice.NONE, Optional.of(finding));
    }

    /** What a finding says of the server, in its own words. */
    public static ProbeResult of(CheckFinding finding) {
        return of(finding, finding.text());
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
        return verdict == Verdict.PASSED || verdict == Verdict.CONDITIONAL;
    }
}
