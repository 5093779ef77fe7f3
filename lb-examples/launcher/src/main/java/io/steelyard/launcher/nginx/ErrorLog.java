package io.steelyard.launcher.nginx;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/**
 * The error log in nginx's form: {@code 2026/11/21 14:55:04 [notice] PID#PID: message}, to one file or several, each with its level. What
 * other parts of the program log goes there too. Safe for all threads.
 */
final class ErrorLog implements AutoCloseable {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss", Locale.ROOT);

    private final long pid;

    /** Guarded by this. */
    private final List<Target> targets = new ArrayList<>();

    /** @param pid the process that lines name */
    ErrorLog(long pid) {
        this.pid = pid;
    }

    private static final class Target {
        final String name;
        final ErrorLevel level;
        OutputStream stream;

        Target(String name, ErrorLevel level) throws IOException {
            this.name = name;
            this.level = level;
            stream = open(name);
        }

        private static OutputStream open(String name) throws IOException {
            return name.equals("stderr")
                    ? System.err
                    : Files.newOutputStream(Path.of(name), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }

        void reopen() throws IOException {
            close();
            stream = open(name);
        }

        void close() throws IOException {
            if (!name.equals("stderr")) {
                stream.close();
            }
        }
    }

    /**
     * A file and its level.
     *
     * @param name a path, or {@code stderr}
     */
    record Wanted(String name, ErrorLevel level) {}

    /**
     * Writes to these from now on, and creates files that are not there.
     *
     * @throws IOException where one cannot be opened; those before stay
     */
    synchronized void use(List<Wanted> wanted) throws IOException {
        var opened = new ArrayList<Target>();
        for (var one : wanted) {
            opened.add(new Target(one.name(), one.level()));
        }
        close();
        targets.addAll(opened);
    }

    /** Opens the files again by name. */
    synchronized void reopen() {
        for (var target : targets) {
            try {
                target.reopen();
            } catch (IOException failed) {
                System.err.println("nginx: [emerg] open() \"" + target.name + "\" failed: " + failed.getMessage());
            }
        }
    }

    synchronized void log(ErrorLevel level, String message) {
        byte[] line = (TIME.format(LocalDateTime.now()) + " [" + level.text() + "] " + pid + "#" + pid + ": " + message
                        + "\n")
                .getBytes(StandardCharsets.UTF_8);
        for (var target : targets) {
            if (level.compareTo(target.level) <= 0) {
                try {
                    target.stream.write(line);
                    target.stream.flush();
                } catch (IOException full) {
                    // A log that cannot be written must not stop traffic; nginx goes on too.
                    continue;
                }
            }
        }
    }

    @Override
    public synchronized void close() {
        for (var target : targets) {
            try {
                target.close();
            } catch (IOException failed) {
                System.err.println("nginx: closing \"" + target.name + "\" failed: " + failed.getMessage());
            }
        }
        targets.clear();
    }

    /** Lets everything the program logs go here and nowhere else. */
    void takeOver() {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return;
        }
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        var bridge = new Bridge();
        bridge.setContext(context);
        bridge.start();
        root.addAppender(bridge);
    }

    private final class Bridge extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            log(levelOf(event.getLevel()), event.getFormattedMessage());
        }

        private static ErrorLevel levelOf(Level level) {
            return switch (level.toInt()) {
                case Level.ERROR_INT -> ErrorLevel.ERROR;
                case Level.WARN_INT -> ErrorLevel.WARN;
                case Level.INFO_INT -> ErrorLevel.INFO;
                default -> ErrorLevel.DEBUG;
            };
        }
    }
}
