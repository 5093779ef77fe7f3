package io.steelyard.launcher.nginx;

import java.util.Locale;
import java.util.Optional;

/** nginx's levels, the gravest first. */
enum ErrorLevel {
    EMERG,
    ALERT,
    CRIT,
    ERROR,
    WARN,
    NOTICE,
    INFO,
    DEBUG;

    /** As it stands in configurations and logs. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The level of a word such as {@code error}; empty for another word, such as {@code debug_http}. */
    static Optional<ErrorLevel> of(String word) {
        for (var level : values()) {
            if (level.text().equals(word)) {
                return Optional.of(level);
            }
        }
        return Optional.empty();
    }
}
