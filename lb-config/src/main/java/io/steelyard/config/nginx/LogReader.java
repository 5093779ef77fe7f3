package io.steelyard.config.nginx;

import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.AccessLog.Destination;
import io.steelyard.api.proxy.AccessLog.Escape;
import io.steelyard.api.text.Template;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code log_format} and {@code access_log}. */
final class LogReader {
    private static final int DEFAULT_BUFFER_BYTES = 65_536;

    private record Format(Template line, Escape escape) {}

    private final Findings findings;
    private final VariableScope variables;
    private final SyslogReader syslogs;
    private final Map<String, Format> formats = new HashMap<>();

    private final Optional<String> defaultFormat;

    /** Reads logs that name their format each. */
    LogReader(Findings findings, VariableScope variables) {
        this.findings = findings;
        this.variables = variables;
        syslogs = new SyslogReader(findings);
        defaultFormat = Optional.empty();
    }

    private LogReader(Findings findings, VariableScope variables, String defaultFormat, String line) {
        this.findings = findings;
        this.variables = variables;
        syslogs = new SyslogReader(findings);
        this.defaultFormat = Optional.of(defaultFormat);
        formats.put(defaultFormat, new Format(Template.parse(line), Escape.DEFAULT));
    }

    /** Reads logs whose format is nginx's own {@code combined} where they name none. */
    static LogReader ofHttp(Findings findings, VariableScope variables) {
        return new LogReader(
                findings,
                variables,
                "combined",
                "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\""
                        + " \"$http_user_agent\"");
    }

    /** Takes in a format, for logs to name. */
    void readFormat(Directive directive) {
        var name = directive.argument(0);
        var words = directive.arguments().subList(1, directive.arguments().size());
        var escape = Escape.DEFAULT;
        var escapeName = BlockReader.parameter(words.getFirst(), "escape");
        if (escapeName.isPresent()) {
            switch (escapeName.get()) {
                case "default" -> escape = Escape.DEFAULT;
                case "json" -> escape = Escape.JSON;
                case "none" -> escape = Escape.NONE;
                default ->
                    findings.badArgument(directive, words.getFirst(), "escape=default, escape=json or escape=none");
            }
            words = words.subList(1, words.size());
        }
        var parts = new ArrayList<Template.Part>();
        for (var word : words) {
            variables.template(word).ifPresent(template -> parts.addAll(template.parts()));
        }
        if (formats.put(name.text(), new Format(joined(parts), escape)) != null) {
            findings.error(name.position(), "log_format '" + name + "' is duplicate", "", "remove one of them");
        }
    }

    private static Template joined(List<Template.Part> parts) {
        var joined = new ArrayList<Template.Part>();
        var literal = new StringBuilder();
        for (var part : parts) {
            if (part instanceof Template.Part.Literal text) {
                literal.append(text.text());
                continue;
            }
            if (!literal.isEmpty()) {
                joined.add(new Template.Part.Literal(literal.toString()));
                literal.setLength(0);
            }
            joined.add(part);
        }
        if (!literal.isEmpty()) {
            joined.add(new Template.Part.Literal(literal.toString()));
        }
        return new Template(joined);
    }

    /** The logs of a level; none where {@code off} is among them. */
    List<AccessLog> read(List<Directive> directives) {
        var logs = new ArrayList<AccessLog>();
        boolean isOff = false;
        for (var directive : directives) {
            if (directive.argument(0).text().equals("off")) {
                if (directive.arguments().size() > 1) {
                    findings.badArgument(directive, directive.argument(1), "nothing after off");
                }
                isOff = true;
            } else {
                readLog(directive).ifPresent(logs::add);
            }
        }
        return isOff ? List.of() : logs;
    }

    private Optional<AccessLog> readLog(Directive directive) {
        var file = directive.argument(0);
        boolean isSyslog = file.text().startsWith(SyslogReader.PREFIX);
        if (!isSyslog && file.text().indexOf('$') >= 0) {
            findings.error(file.position(), "a file name with variables cannot be honoured", "a plain file name", "");
            return Optional.empty();
        }
        if (directive.arguments().size() < 2 && defaultFormat.isEmpty()) {
            findings.error(
                    file.end(),
                    "'access_log' names no format",
                    "the name of a log_format after the file",
                    "a stream has no format of its own");
            return Optional.empty();
        }
        var format = directive.arguments().size() < 2 ? defaultFormat.map(formats::get) : format(directive.argument(1));
        var settings = new Settings();
        for (var word : directive
                .arguments()
                .subList(
                        Math.min(2, directive.arguments().size()),
                        directive.arguments().size())) {
            readParameter(directive, word, settings);
        }
        if (!settings.flush.isZero() && settings.bufferBytes == 0) {
            findings.error(directive.position(), "'access_log' has flush= but no buffer", "buffer= too", "");
        }
        var destination = isSyslog ? syslogs.read(file).map(Destination.class::cast) : file(directive, file);
        if (isSyslog && settings.bufferBytes > 0) {
            findings.error(directive.position(), "a syslog server has no buffer", "no buffer=, gzip or flush=", "");
            return Optional.empty();
        }
        return destination.flatMap(to -> format.map(known -> new AccessLog(
                to, known.line(), known.escape(), settings.condition, settings.bufferBytes, settings.flush)));
    }

    private Optional<Destination> file(Directive directive, Word file) {
        try {
            return Optional.of(new Destination.File(Path.of(file.text())));
        } catch (InvalidPathException wrong) {
            findings.badArgument(directive, file, "a file name");
            return Optional.empty();
        }
    }

    /** The parameters of one log. */
    private static final class Settings {
        private Optional<Template> condition = Optional.empty();
        private int bufferBytes;
        private Duration flush = Duration.ZERO;
    }

    private Optional<Format> format(Word name) {
        var format = Optional.ofNullable(formats.get(name.text()));
        if (format.isEmpty()) {
            findings.error(
                    name.position(),
                    "unknown log format '" + name + "'",
                    formats.isEmpty()
                            ? "a log_format"
                            : "one of "
                                    + String.join(
                                            ", ",
                                            formats.keySet().stream().sorted().toList()),
                    "");
        }
        return format;
    }

    private void readParameter(Directive directive, Word word, Settings settings) {
        int equals = word.text().indexOf('=');
        var name = equals < 0 ? word.text() : word.text().substring(0, equals + 1);
        var value = word.text().substring(equals + 1);
        try {
            switch (name) {
                case "buffer=" -> {
                    long size = Values.size(value);
                    if (size < 1 || size > 1 << 30) {
                        throw new IllegalArgumentException("buffer=1 to 1g");
                    }
                    settings.bufferBytes = (int) size;
                }
                case "flush=" -> settings.flush = Values.positiveTime(value);
                case "if=" -> settings.condition = variables.template(word, value);
                case "gzip", "gzip=" -> {
                    if (settings.bufferBytes == 0) {
                        settings.bufferBytes = DEFAULT_BUFFER_BYTES;
                    }
                    findings.warning(
                            word.position(), "'gzip' is not honoured: the log is written as it is", "remove it");
                }
                default -> throw new IllegalArgumentException("buffer=, flush= or if=");
            }
        } catch (IllegalArgumentException wrong) {
            findings.badArgument(directive, word, wrong);
        }
    }
}
