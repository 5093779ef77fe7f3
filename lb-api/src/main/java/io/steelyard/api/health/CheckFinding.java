package io.steelyard.api.health;

import java.util.Objects;

/**
 * What a check found, in the words of {@link CheckStatus}.
 *
 * @param code what the status came with, where it {@linkplain CheckStatus#hasCode() has} one; else 0
 * @param info more for people, perhaps what the server said; empty for nothing
 */
public record CheckFinding(CheckStatus status, int code, String info) {
    public CheckFinding {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(info, "info");
    }

    /** In one phrase: {@code Layer7 wrong status, code 404: Not Found}. */
    public String text() {
        return status.phrase()
                + (status.hasCode() && code != 0 ? ", code " + code : "")
                + (info.isBlank() ? "" : ": " + info.strip());
    }
}
