package io.steelyard.api.proxy;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.text.Template;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a line goes when a connection or UDP session has ended.
 *
 * @param destination one that several virtual servers name gets the lines of all of them
 * @param format the line, without its end
 * @param escape how values are written
 * @param condition the line is left out where this text is then empty or {@code 0}
 * @param bufferBytes how much may be held back before it is written to a file; 0 for none
 * @param flush how long it may be held back; zero for as long as the buffer has room
 */
public record AccessLog(
        Destination destination,
        Template format,
        Escape escape,
        Optional<Template> condition,
        int bufferBytes,
        Duration flush) {
    /** What takes the lines. */
    public sealed interface Destination {
        /** A file; relative to the working directory unless absolute. */
        record File(Path path) implements Destination {
            public File {
                Objects.requireNonNull(path, "path");
            }
        }

        /**
         * A server of the syslog protocol (RFC 3164), which gets each line as a datagram.
         *
         * @param server an address and port, a host name and port, or a UNIX datagram socket
         * @param facility 0 to 23, RFC 3164 section 4.1.1; 23 is {@code local7}
         * @param severity 0 (emergency) to 7 (debug); 6 is informational
         * @param tag what names the program, 1 to 32 letters, digits and underscores
         * @param hasHostName whether the host's name stands before the tag
         * @param hasProcessId whether the number of the process stands behind the tag, in brackets, as HAProxy has it
         */
        record Syslog(
                ServerAddress server, int facility, int severity, String tag, boolean hasHostName, boolean hasProcessId)
                implements Destination {
            /** Without the number of the process. */
            public Syslog(ServerAddress server, int facility, int severity, String tag, boolean hasHostName) {
                this(server, facility, severity, tag, hasHostName, false);
            }

            public Syslog {
                Objects.requireNonNull(server, "server");
                if (facility < 0 || facility > 23 || severity < 0 || severity > 7) {
                    throw new IllegalArgumentException("facility " + facility + " or severity " + severity
                            + " is out of range; expected 0 to 23 and 0 to 7");
                }
                if (!tag.matches("[A-Za-z0-9_]{1,32}")) {
                    throw new IllegalArgumentException(
                            "tag '" + tag + "' is not 1 to 32 letters, digits and underscores");
                }
            }
        }
    }

    /** A log in a file. */
    public AccessLog(
            Path file, Template format, Escape escape, Optional<Template> condition, int bufferBytes, Duration flush) {
        this(new Destination.File(file), format, escape, condition, bufferBytes, flush);
    }

    /** How the values of variables are written; the text around them is written as it is. */
    public enum Escape {
        /** {@code "}, {@code \}, control and non-ASCII bytes as {@code \xHH}; a variable without a value as {@code -}. */
        DEFAULT,
        /** As within a JSON string; a variable without a value as nothing. */
        JSON,
        /** As they are; a variable without a value as nothing. */
        NONE
    }

    public AccessLog {
        Objects.requireNonNull(destination, "destination");
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(escape, "escape");
        Objects.requireNonNull(condition, "condition");
        if (destination instanceof Destination.Syslog && bufferBytes > 0) {
            throw new IllegalArgumentException("a syslog server gets each line at once; it has no buffer");
        }
        if (bufferBytes < 0 || flush.isNegative()) {
            throw new IllegalArgumentException("bufferBytes or flush is negative");
        }
    }
}
