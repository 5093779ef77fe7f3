package io.steelyard.api.vrrp;

import java.time.Duration;

/**
 * Whether a backup takes over from an active router of lower priority (RFC 9568 section 6.1, Preempt_Mode). An owner of the address, priority
 * 255, always does.
 *
 * @param isAllowed whether it does
 * @param delay how long the lower priority must have been heard before, 0 to 1000 s (keepalived {@code preempt_delay}); zero unless allowed
 */
public record Preemption(boolean isAllowed, Duration delay) {
    /** At once, which is the protocol's default. */
    public static final Preemption YES = new Preemption(true, Duration.ZERO);

    /** Never (keepalived {@code nopreempt}). */
    public static final Preemption NO = new Preemption(false, Duration.ZERO);

    public Preemption {
        if (delay.isNegative() || delay.compareTo(Duration.ofSeconds(1_000)) > 0) {
            throw new IllegalArgumentException("preempt delay is " + delay + ", expected 0 to 1000 s");
        }
        if (!isAllowed && !delay.isZero()) {
            throw new IllegalArgumentException("a preempt delay needs preemption");
        }
    }

    /** After the lower priority was heard for a while. */
    public static Preemption after(Duration delay) {
        return new Preemption(true, delay);
    }
}
