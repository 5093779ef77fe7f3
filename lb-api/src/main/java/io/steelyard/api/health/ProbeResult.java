package io.steelyard.api.health;

import java.util.Objects;

/**
 * What one probe found.
 *
 * @param isPassed whether the server can serve
 * @param reason one phrase for people, such as {@code connect timed out} or {@code status 503, expected 200-399}
 */
public record ProbeResult(boolean isPassed, String reason) {
    public ProbeResult {
        Objects.requireNonNull(reason, "reason");
    }

    public static ProbeResult passed(String reason) {
        return new ProbeResult(true, reason);
    }

    public static ProbeResult failed(String reason) {
        return new ProbeResult(false, reason);
    }
}
