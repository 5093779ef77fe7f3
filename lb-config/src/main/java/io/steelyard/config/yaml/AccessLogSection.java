package io.steelyard.config.yaml;

import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.AccessLog.Destination;
import io.steelyard.api.text.Template;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** {@link AccessLog}. */
final class AccessLogSection extends Section<AccessLog> {
    private final Key<AccessLog, Path> file = absent(
            "file",
            Forms.parsed("file name", Path::of, Path::toString),
            log -> log.destination() instanceof Destination.File to ? Optional.of(to.path()) : Optional.empty(),
            "",
            "Relative to the working directory unless absolute; several virtual servers may name one.");
    private final Key<AccessLog, Destination.Syslog> syslog = absent(
            "syslog",
            Forms.shortened(new SyslogSection(), "server"),
            log -> log.destination() instanceof Destination.Syslog to ? Optional.of(to) : Optional.empty(),
            "",
            "Instead of `file`: a server that gets each line in a datagram (RFC 3164).");
    private final Key<AccessLog, Template> format = required(
            "format",
            TemplateForm.template(),
            AccessLog::format,
            "The line, without its end, such as `$remote_addr $status $session_time`.");
    private final Key<AccessLog, AccessLog.Escape> escape = optional(
            "escape",
            Forms.word(AccessLog.Escape.class),
            AccessLog::escape,
            AccessLog.Escape.DEFAULT,
            "How values are written: control and non-ASCII bytes as `\\xHH`, as in a JSON string, or as they are.");
    private final Key<AccessLog, Template> condition = absent(
            "condition",
            TemplateForm.template(),
            AccessLog::condition,
            "always",
            "The line is left out where this text is then empty or `0`.");
    private final Key<AccessLog, Integer> bufferBytes = optional(
            "bufferBytes",
            Forms.whole(0, Integer.MAX_VALUE),
            AccessLog::bufferBytes,
            0,
            "How much may be held back before it is written, in bytes; 0 for none.");
    private final Key<AccessLog, Duration> flush = optional(
            "flush",
            Forms.time(),
            AccessLog::flush,
            Duration.ZERO,
            "How long it may be held back; `0s` for as long as the buffer has room.");

    AccessLogSection() {
        super("access log");
    }

    @Override
    AccessLog make(Values values) {
        if (values.find(file).isPresent() == values.find(syslog).isPresent()) {
            throw new IllegalArgumentException("an access log goes to one of file and syslog");
        }
        return new AccessLog(
                values.find(syslog)
                        .map(Destination.class::cast)
                        .orElseGet(() -> new Destination.File(values.get(file))),
                values.get(format),
                values.or(escape, AccessLog.Escape.DEFAULT),
                values.find(condition),
                values.or(bufferBytes, 0),
                values.or(flush, Duration.ZERO));
    }
}
