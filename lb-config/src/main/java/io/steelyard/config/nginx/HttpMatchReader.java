package io.steelyard.config.nginx;

import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads {@code match} of http: what the answer to a check must be, as options of the check {@code http}. */
final class HttpMatchReader {
    private static final String FIELD = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final String OF_ANSWER = "upstream_http_";

    private final Findings findings;

    HttpMatchReader(Findings findings) {
        this.findings = findings;
    }

    /** The options; what is wrong with a line is told. */
    Map<String, String> read(Level level) {
        var options = new HashMap<String, String>();
        level.first("status").ifPresent(status -> status(status, options));
        level.first("body").ifPresent(body -> body(body, options));
        var lines = new ArrayList<String>();
        for (var header : level.all("header")) {
            header(header).ifPresent(lines::add);
        }
        for (var required : level.all("require")) {
            required.arguments().forEach(word -> required(required, word).ifPresent(lines::add));
        }
        if (!lines.isEmpty()) {
            options.put("answer-header", String.join("\n", lines));
        }
        return options;
    }

    private void status(Directive status, Map<String, String> options) {
        var words = status.arguments().stream().map(Word::text).toList();
        boolean isNegated = words.getFirst().equals("!");
        var codes = isNegated ? words.subList(1, words.size()) : words;
        if (codes.isEmpty() || !codes.stream().allMatch(code -> code.matches("[1-5]\\d\\d(-[1-5]\\d\\d)?"))) {
            findings.badArgument(status, status.lastWord(), "statuses such as 200, or 200-399, or ! before them");
        }
        options.put("status", (isNegated ? "!" : "") + String.join(",", codes));
    }

    private void body(Directive body, Map<String, String> options) {
        var sign = body.argument(0).text();
        switch (sign) {
            case "~", "~*", "!~", "!~*" ->
                expression(body.argument(1), sign)
                        .ifPresent(regex -> options.put(sign.startsWith("!") ? "body-not-regex" : "body-regex", regex));
            default -> findings.badArgument(body, body.argument(0), "~, ~*, !~ or !~* before a regular expression");
        }
    }

    private Optional<String> expression(Word word, String sign) {
        return Patterns.check(findings, word, word.text())
                .map(regex ->
                        (sign.endsWith("*") ? "(?i)" : "") + regex.pattern().pattern());
    }

    /** A line such as {@code Content-Type = text/html}; empty, and told, where it cannot be read. */
    private Optional<String> header(Directive header) {
        var words = header.arguments();
        boolean isAbsence = words.size() == 2 && words.getFirst().text().equals("!");
        var name = words.get(isAbsence ? 1 : 0);
        if (!name.text().matches(FIELD) || (words.size() == 2 && !isAbsence)) {
            findings.badArgument(header, words.getFirst(), "NAME, ! NAME, or NAME and =, !=, ~ or !~ and a value");
            return Optional.empty();
        }
        if (words.size() < 3) {
            return Optional.of(isAbsence ? "! " + name : name.text());
        }
        var sign = words.get(1).text();
        return switch (sign) {
            case "=", "!=" -> {
                if (words.get(2).text().isBlank()) {
                    findings.badArgument(header, words.get(2), "a value");
                    yield Optional.empty();
                }
                yield Optional.of(name + " " + sign + " " + words.get(2));
            }
            case "~", "~*", "!~", "!~*" ->
                expression(words.get(2), sign).map(regex -> name + " " + sign.replace("*", "") + " " + regex);
            default -> {
                findings.badArgument(header, words.get(1), "=, !=, ~, ~*, !~ or !~*");
                yield Optional.empty();
            }
        };
    }

    /** A variable that must have a value other than 0: a field of the answer. */
    private Optional<String> required(Directive required, Word word) {
        var name = word.text().startsWith("$")
                ? word.text().substring(1).replaceAll("[{}]", "").toLowerCase(Locale.ROOT)
                : "";
        if (name.startsWith(OF_ANSWER) && name.length() > OF_ANSWER.length()) {
            return Optional.of(name.substring(OF_ANSWER.length()).replace('_', '-') + " ~ ^(?!0$).");
        }
        findings.error(
                word.position(),
                "'require " + word + "' cannot be honoured: a check knows the fields of its answer only",
                "variables $" + OF_ANSWER + "NAME",
                "write what it tests with 'status', 'header' and 'body'");
        return Optional.empty();
    }
}
