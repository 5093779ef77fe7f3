package io.steelyard.launcher;

import java.lang.System.Logger;
import java.lang.System.LoggerFinder;
import java.text.MessageFormat;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Hands what libraries log through {@link System.Logger} to the same log as everything else. Safe for all threads. */
public final class PlatformLoggers extends LoggerFinder {
    /** For ServiceLoader. */
    public PlatformLoggers() {}

    @Override
    public Logger getLogger(String name, Module module) {
        return new Forwarding(name, LoggerFactory.getLogger(name));
    }

    private record Forwarding(String name, org.slf4j.Logger target) implements Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level != Level.OFF && target.isEnabledForLevel(slf4j(level));
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
            if (isLoggable(level)) {
                target.atLevel(slf4j(level)).setCause(thrown).log(String.valueOf(message));
            }
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... values) {
            if (isLoggable(level)) {
                var text = String.valueOf(format);
                target.atLevel(slf4j(level))
                        .log(values == null || values.length == 0 ? text : MessageFormat.format(text, values));
            }
        }

        private static org.slf4j.event.Level slf4j(Level level) {
            return switch (level) {
                case ERROR -> org.slf4j.event.Level.ERROR;
                case WARNING -> org.slf4j.event.Level.WARN;
                case INFO -> org.slf4j.event.Level.INFO;
                case DEBUG -> org.slf4j.event.Level.DEBUG;
                default -> org.slf4j.event.Level.TRACE;
            };
        }
    }
}
