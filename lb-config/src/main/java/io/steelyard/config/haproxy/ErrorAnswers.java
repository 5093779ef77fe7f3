package io.steelyard.config.haproxy;

import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.OwnAnswer;
import io.steelyard.api.text.Template;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads {@code errorfile}, {@code errorloc}, {@code http-error} and {@code errorfiles}. */
final class ErrorAnswers {
    private static final Set<String> FRAMING =
            Set.of("content-length", "connection", "transfer-encoding", "keep-alive");
    private static final Set<Integer> STATUSES =
            Set.of(200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 421, 422, 425, 429, 500, 501, 502, 503, 504);

    private final Findings findings;
    private final Texts texts;

    /** The statements of each section {@code http-errors}. */
    private final Map<String, List<Statement>> sections;

    ErrorAnswers(Findings findings, Texts texts, Map<String, List<Statement>> sections) {
        this.texts = texts;
        this.findings = findings;
        this.sections = sections;
    }

    /** What a proxy answers with, the last one of each status. */
    Map<Integer, OwnAnswer> read(Proxy proxy) {
        var answers = new LinkedHashMap<Integer, OwnAnswer>();
        proxy.statements().forEach(statement -> read(proxy, statement, answers));
        return answers;
    }

    private void read(Proxy proxy, Statement statement, Map<Integer, OwnAnswer> answers) {
        var words = statement.texts();
        try {
            switch (statement.keyword().name()) {
                case "errorfile" -> put(answers, file(status(words.getFirst()), words.get(1)));
                case "errorloc", "errorloc302" -> put(answers, place(status(words.getFirst()), 302, words.get(1)));
                case "errorloc303" -> put(answers, place(status(words.getFirst()), 303, words.get(1)));
                case "errorfiles" -> section(proxy, words, answers);
                case "http-error" -> put(answers, text(proxy, words));
                default -> {}
            }
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    statement.argument(0).position(), "'" + statement.keyword().name() + "': " + wrong.getMessage());
        }
    }

    private void section(Proxy proxy, List<String> words, Map<Integer, OwnAnswer> answers) {
        var section = sections.get(words.getFirst());
        if (section == null) {
            throw new IllegalArgumentException("unknown section http-errors '" + words.getFirst() + "'");
        }
        Collection<String> wanted = words.subList(1, words.size());
        for (var statement : section) {
            if (wanted.isEmpty() || wanted.contains(statement.texts().getFirst())) {
                read(proxy, statement, answers);
            }
        }
    }

    private static void put(Map<Integer, OwnAnswer> answers, OwnAnswer answer) {
        answers.put(answer.status(), answer);
    }

    private static int status(String text) {
        int status = Values.number(text, 200, 599);
        if (!STATUSES.contains(status)) {
            throw new IllegalArgumentException(
                    "status " + status + " is none of those that have an error of their own");
        }
        return status;
    }

    private static OwnAnswer place(int status, int shown, String place) {
        return new OwnAnswer(
                status,
                shown,
                "",
                List.of(set("cache-control", "no-cache"), set("location", place)),
                Template.literal(""));
    }

    private static FieldChange set(String name, String value) {
        return new FieldChange(FieldChange.Kind.SET, name, Template.literal(value), true);
    }

    private static FieldChange add(String name, String value) {
        return new FieldChange(FieldChange.Kind.ADD, name, Template.literal(value), true);
    }

    /** {@code http-error status 503 content-type text/html string "…"}. */
    private OwnAnswer text(Proxy proxy, List<String> words) {
        int status = 0;
        var fields = new ArrayList<FieldChange>();
        var body = Template.literal("");
        for (int i = 0; i + 1 < words.size(); i += 2) {
            var value = words.get(i + 1);
            switch (words.get(i)) {
                case "status" -> status = status(value);
                case "content-type" -> fields.add(set("content-type", value));
                case "string" -> body = Template.literal(value);
                case "file" -> body = Template.literal(content(value));
                case "lf-string" -> body = texts.format(proxy, value);
                case "lf-file" -> body = texts.format(proxy, content(value));
                case "hdr" -> {
                    if (i + 2 == words.size()) {
                        throw new IllegalArgumentException("'hdr' has a name and a value");
                    }
                    fields.add(
                            new FieldChange(FieldChange.Kind.ADD, value, texts.format(proxy, words.get(i + 2)), true));
                    i++;
                }
                default -> throw new IllegalArgumentException("'" + words.get(i) + "' is not supported");
            }
        }
        return new OwnAnswer(status(Integer.toString(status)), status, "", fields, body);
    }

    /** A file that holds a whole answer: status line, fields, an empty line, the body. */
    static OwnAnswer file(int status, String path) {
        var content = content(path);
        if (content.isEmpty()) {
            // An empty file has HAProxy close the connection.
            return new OwnAnswer(status, status, "", List.of(), Template.literal(""));
        }
        int at = content.indexOf('\n');
        var line = content.substring(0, Math.max(at, 0)).strip().split(" ", 3);
        if (line.length < 2 || !line[0].startsWith("HTTP/")) {
            throw new IllegalArgumentException("file '" + path + "' does not begin with a status line");
        }
        var fields = new ArrayList<FieldChange>();
        int from = at + 1;
        while (true) {
            int end = content.indexOf('\n', from);
            if (end < 0) {
                throw new IllegalArgumentException("file '" + path + "' has no empty line behind its header fields");
            }
            var field = content.substring(from, end).strip();
            from = end + 1;
            if (field.isEmpty()) {
                break;
            }
            int colon = field.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("file '" + path + "' has a header field without a name");
            }
            var name = field.substring(0, colon).strip();
            if (!FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
                fields.add(add(name, field.substring(colon + 1).strip()));
            }
        }
        return new OwnAnswer(
                status,
                Values.number(line[1], 200, 599),
                line.length > 2 ? line[2].strip() : "",
                fields,
                Template.literal(content.substring(from)));
    }

    private static String content(String path) {
        try {
            return Files.readString(Path.of(path), StandardCharsets.UTF_8);
        } catch (IOException | InvalidPathException unreadable) {
            throw new IllegalArgumentException("file '" + path + "' cannot be read as text", unreadable);
        }
    }
}
