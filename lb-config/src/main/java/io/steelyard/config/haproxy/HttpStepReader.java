package io.steelyard.config.haproxy;

import io.steelyard.api.health.CheckStep;
import io.steelyard.api.health.CheckStep.Expect;
import io.steelyard.api.health.CheckStep.Request;
import io.steelyard.api.health.CheckStep.Subject;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the steps of {@code option httpchk}: the request of that line, which the first {@code http-check send} goes on with, and at the end
 * the status 200 to 399 where nothing else is expected (HAProxy 2.6 {@code tcpcheck_add_http_rule}). One thread.
 */
final class HttpStepReader {
    private static final Set<String> VERSIONS = Set.of("HTTP/1.0", "HTTP/1.1");
    private static final String IMPLIED_STATUS = "200-399";

    private final Findings findings;
    private final StepReader steps;
    private final ExpectReader expects;

    HttpStepReader(Findings findings, StepReader steps) {
        this.findings = findings;
        this.steps = steps;
        expects = new ExpectReader(findings);
    }

    /** A request as far as it was read. */
    private static final class Draft {
        @Nullable
        String method;

        @Nullable
        String path;

        @Nullable
        String version;

        List<String> fields = new ArrayList<>();

        @Nullable
        String body;

        String comment = "";

        Request request(int number, String said) {
            return new Request(
                    method == null ? "OPTIONS" : method,
                    path == null ? "/" : path,
                    version == null ? "1.0" : version,
                    fields,
                    body == null ? "" : StepReader.escaped(body),
                    number,
                    said);
        }
    }

    /** The steps. */
    List<CheckStep> steps(Statement option, Proxy backend) {
        var ofOption = option(option);
        boolean isTaken = false;
        var all = new ArrayList<CheckStep>();
        var comments = new StepComments();
        int number = 0;
        for (var rule : StepReader.rules(backend, "http-check ")) {
            switch (rule.keyword().name()) {
                case "http-check comment" -> {
                    comments.note(rule.argument(0).text());
                    number++;
                }
                case "http-check connect" -> {
                    number++;
                    require(rule, all, Expect.class, isTaken || !all.isEmpty(), "expect");
                    steps.connect(rule, number, all, comments).ifPresent(all::add);
                }
                case "http-check send" -> {
                    require(rule, all, CheckStep.Connect.class, isTaken || !all.isEmpty(), "connect");
                    boolean isFirst = !isTaken && all.stream().noneMatch(Request.class::isInstance);
                    var draft = isFirst ? ofOption : new Draft();
                    readSend(rule, draft);
                    isTaken = true;
                    number = isFirst ? 1 : number + 1;
                    all.add(draft.request(number, comments.of(StepComments.Kind.SEND, draft.comment)));
                }
                case "http-check expect" -> {
                    number++;
                    if (!all.isEmpty() && all.getLast() instanceof CheckStep.Connect) {
                        missing(rule, "send");
                    }
                    expects.read(rule, true, number, comments).ifPresent(all::add);
                }
                default -> {}
            }
        }
        if (!isTaken) {
            boolean connects = !all.isEmpty() && all.getFirst() instanceof CheckStep.Connect;
            all.add(connects ? 1 : 0, ofOption.request(1, ""));
        }
        if (!(all.getLast() instanceof Expect)) {
            var implied = Expect.of(Subject.STATUS, IMPLIED_STATUS);
            all.add(new Expect(
                    implied.subject(),
                    implied.pattern(),
                    implied.field(),
                    false,
                    -1,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    "",
                    "",
                    Math.max(1, all.getLast().number()),
                    ""));
        }
        return all;
    }

    /** Whether what must be before a step is there, where anything is. */
    private void require(
            Statement rule, List<CheckStep> before, Class<? extends CheckStep> wanted, boolean isAny, String name) {
        if (isAny && !before.isEmpty() && !wanted.isInstance(before.getLast())) {
            missing(rule, name);
        }
    }

    private void missing(Statement rule, String name) {
        findings.error(
                rule.position(),
                "'" + rule.keyword().name() + "' has no 'http-check " + name + "' before it",
                "connect, send and expect in this order, over and over",
                "");
    }

    // ---- option httpchk

    private Draft option(Statement option) {
        var draft = new Draft();
        var words = option.texts();
        if (words.size() == 1) {
            draft.path = words.getFirst();
        } else if (words.size() > 1) {
            draft.method = words.getFirst();
            draft.path = words.get(1);
        }
        if (words.size() > 2) {
            readVersion(option, words.get(2), draft);
        }
        return draft;
    }

    /** The version, behind which old files have header lines and a body. */
    private void readVersion(Statement option, String text, Draft draft) {
        var parts = text.split("\r?\n\r?\n", 2);
        var lines = List.of(parts[0].split("\r?\n"));
        version(option.argument(2), lines.getFirst(), draft);
        for (var line : lines.subList(1, lines.size())) {
            if (!line.isBlank()) {
                draft.fields.add(line.strip());
            }
        }
        if (parts.length > 1 && !parts[1].isEmpty()) {
            draft.body = parts[1];
        }
    }

    private void version(Word at, String text, Draft draft) {
        if (VERSIONS.contains(text)) {
            draft.version = text.substring("HTTP/".length());
        } else {
            findings.error(at.position(), "a check's version of HTTP is '" + text + "'", "HTTP/1.0 or HTTP/1.1", "");
        }
    }

    // ---- http-check send

    private void readSend(Statement rule, Draft draft) {
        draft.fields = new ArrayList<>();
        var words = rule.arguments();
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            int values = word.text().equals("hdr") ? 2 : 1;
            if (i + values >= words.size()) {
                findings.error(word.position(), "'" + word + "' of 'http-check send' has no value");
                return;
            }
            var value = words.get(i + 1).text();
            switch (word.text()) {
                case "meth" -> draft.method = value;
                case "uri" -> draft.path = value;
                case "ver" -> version(words.get(i + 1), value, draft);
                case "body" -> draft.body = value;
                case "comment" -> draft.comment = value;
                case "hdr" -> field(words.get(i + 1), words.get(i + 2), draft);
                default ->
                    findings.error(
                            word.position(),
                            "'http-check send' cannot honour '" + word + "'",
                            "meth, uri, ver, hdr, body or comment",
                            word.text().endsWith("-lf") ? "checks have no variables: write the text itself" : "");
            }
            i += values;
        }
    }

    private void field(Word name, Word value, Draft draft) {
        var lower = name.text().toLowerCase(Locale.ROOT);
        if (lower.equals("content-length") || lower.equals("transfer-encoding")) {
            findings.accepted(name.position(), name + "' of 'http-check send", "the length is that of the body");
            return;
        }
        boolean isSecondHost = lower.equals("host")
                && draft.fields.stream()
                        .anyMatch(line -> line.toLowerCase(Locale.ROOT).startsWith("host:"));
        if (isSecondHost) {
            findings.error(name.position(), "'http-check send' has two Host headers", "one", "");
        } else if (value.text().replace("%%", "").indexOf('%') >= 0) {
            findings.error(
                    value.position(),
                    "the header '" + name + "' of a check is '" + value + "', whose variables cannot be honoured",
                    "a text without %",
                    "write %% for a percent sign");
        } else {
            draft.fields.add(name + ": " + value.text().replace("%%", "%"));
        }
    }
}
