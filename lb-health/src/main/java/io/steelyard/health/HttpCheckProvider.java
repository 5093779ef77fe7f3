package io.steelyard.health;

import io.steelyard.api.health.CheckStep;
import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code http}: sends one HTTP/1 request and looks at the status and, where something is expected of it, at the first 256 KiB of the body
 * (RFC 9112), the body as it is on the wire, chunk sizes and all; or does several such steps.
 */
public final class HttpCheckProvider implements HealthCheckProvider {
    private static final Set<String> OF_ONE_REQUEST = Set.of(
            "method",
            "path",
            "host",
            "version",
            "status",
            "header",
            "answer-header",
            "body",
            "body-regex",
            "body-not-regex");
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern TARGET = Pattern.compile("[\\x21-\\x7e]+");
    private static final Pattern FIELD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \\t]*[\\x20-\\x7e\\t]*");

    @Override
    public String name() {
        return "http";
    }

    @Override
    public String description() {
        return "sends an HTTP request; expects a status and perhaps a body, or does several such steps";
    }

    @Override
    public List<OptionSpec> options() {
        return ProbeTls.with(
                OptionSpec.text("method", "GET", "the request method"),
                OptionSpec.text("path", "/", "the request target"),
                OptionSpec.text("host", "", "the Host header; the server's address by default"),
                OptionSpec.choice("version", List.of("1.1", "1.0"), "the version of HTTP"),
                OptionSpec.text("status", "200-399", "codes that pass, such as 200,204,300-399; !500 for all others"),
                OptionSpec.text("header", "", "more header lines, parted by \\n"),
                OptionSpec.text(
                        "answer-header",
                        "",
                        "what fields of the answer must be, one a line: NAME, ! NAME, NAME = TEXT, NAME != TEXT, NAME ~ REGEX, NAME !~ REGEX"),
                OptionSpec.text("body", "", "what the body must contain, with \\r \\n \\t \\0 \\\\ \\xNN"),
                OptionSpec.text("body-regex", "", "regular expression the body must match somewhere"),
                OptionSpec.text("body-not-regex", "", "regular expression the body must not match anywhere"),
                SequenceCompiler.connectLimit(),
                OptionSpec.flag(
                        "drain-on-404",
                        "whether a server that is up gets no new clients after the status 404, where there are steps"),
                OptionSpec.flag("send-state", "whether requests tell the server how it stands, where there are steps"),
                OptionSpec.text("node", "", "who we are, in what send-state tells; the machine's name by default"));
    }

    /** The sequence, where there are steps; else what the options say. */
    @Override
    public HealthCheck create(Options options, List<CheckStep> steps) {
        if (steps.isEmpty()) {
            return create(options);
        }
        var alone = options().stream()
                .map(OptionSpec::name)
                .filter(OF_ONE_REQUEST::contains)
                .filter(name -> !options.text(name).equals(defaultOf(name)))
                .toList();
        if (!alone.isEmpty()) {
            throw new IllegalArgumentException(
                    "both steps and " + String.join(", ", alone) + " are given; write them as steps");
        }
        var node = !options.flag("send-state") ? "" : options.has("node") ? options.text("node") : hostName();
        return new SequenceCompiler(options, true, node).compile(steps, options.flag("drain-on-404") ? 404 : 0);
    }

    private String defaultOf(String name) {
        return options().stream()
                .filter(option -> option.name().equals(name))
                .findFirst()
                .map(OptionSpec::defaultText)
                .orElse("");
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException unknown) {
            return "localhost";
        }
    }

    @Override
    public HealthCheck create(Options options) {
        var method = matching(TOKEN, options.text("method"), "method", "one such as GET");
        var path = matching(TARGET, options.text("path"), "path", "one without spaces, such as /health");
        var host = options.text("host");
        if (!host.isEmpty()) {
            matching(TARGET, host, "host", "a host name");
        }
        var body = Expectation.of("body", options.text("body"), options.text("body-regex"));
        var bodyWithout = Expectation.of("body-not", "", options.text("body-not-regex"));
        if (method.equals("HEAD") && (body.isPresent() || bodyWithout.isPresent())) {
            throw new IllegalArgumentException("method HEAD gives no body, but one is expected; use GET");
        }
        var lines = new StringBuilder();
        for (var line : options.text("header").split("\\R|\\\\r\\\\n|\\\\n", -1)) {
            if (!line.isBlank()) {
                lines.append(matching(FIELD, line.strip(), "header", "lines such as X-Name: value"))
                        .append("\r\n");
            }
        }
        return new HttpCheck(
                method + " " + path + " HTTP/" + options.text("version") + "\r\n",
                host,
                lines.toString(),
                StatusSet.parse(options.text("status")),
                HeaderExpectation.parse(options.text("answer-header")),
                body,
                bodyWithout,
                ProbeTls.of(options),
                method.equals("HEAD"));
    }

    private static String matching(Pattern pattern, String text, String option, String expected) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException(option + " is '" + text + "', expected " + expected);
        }
        return text;
    }
}
