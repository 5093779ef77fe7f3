package io.steelyard.config.haproxy;

import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationReader;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.config.ReadResult;
import io.steelyard.api.text.PatternFile;
import io.steelyard.config.haproxy.grammar.Document;
import io.steelyard.config.haproxy.grammar.Line;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads haproxy.cfg: the whole syntax, and proxies in {@code mode tcp} into the model. Every keyword is honoured, accepted with a notice that
 * names it, or refused; forms of old versions are taken with a warning that names today's.
 */
public final class HaproxyConfigurationReader implements ConfigurationReader {
    private static final int MOST_DETECTED_CHARACTERS = 1 << 18;

    /** The reader; it keeps no state. */
    public HaproxyConfigurationReader() {}

    @Override
    public String name() {
        return "haproxy";
    }

    @Override
    public String description() {
        return "haproxy.cfg: proxies in mode tcp and mode http";
    }

    @Override
    public int recognizes(ConfigurationSource source) {
        var text = source.text();
        var beginning = text.substring(0, Math.min(text.length(), MOST_DETECTED_CHARACTERS));
        int sureness = 0;
        for (var section : Document.parse(ConfigurationSource.of(source.name(), beginning), Map.of())
                .sections()) {
            sureness = Math.max(sureness, sureness(section.head()));
        }
        return sureness;
    }

    /** A line of another format may begin with the same word, but goes on with braces, colons or semicolons. */
    private static int sureness(Line head) {
        boolean isOther = head.words().stream()
                .anyMatch(word -> word.text().endsWith("{")
                        || word.text().endsWith(";")
                        || word.text().endsWith("}"));
        if (isOther || head.position().column() > 1 && head.words().size() > 6) {
            return 0;
        }
        return switch (head.keyword()) {
            case "frontend", "backend", "listen" -> head.arguments().isEmpty() ? 40 : 90;
            case "global" -> head.arguments().isEmpty() ? 70 : 0;
            case "defaults" -> 70;
            default -> head.arguments().size() == 1 ? 30 : 0;
        };
    }

    @Override
    public ReadResult read(ConfigurationSource source) {
        PatternFile.rereadAll();
        return read(source, System.getenv());
    }

    /** Reads a file that sees these environment variables. */
    ReadResult read(ConfigurationSource source, Map<String, String> environment) {
        var document = Document.parse(source, environment);
        var findings = new Findings();
        document.problems().forEach(findings::add);
        var configuration = new HaproxyTranslator(findings).translate(document);
        if (isSound(findings)) {
            var result = new ReadResult(Optional.empty(), List.of(), findings.positions());
            configuration.problems().forEach(problem -> findings.add(result.locate(problem)));
        }
        return new ReadResult(
                isSound(findings) ? Optional.of(configuration) : Optional.empty(),
                inFileOrder(findings.problems()),
                findings.positions());
    }

    private static boolean isSound(Findings findings) {
        return findings.problems().stream().noneMatch(Problem::isError);
    }

    private static List<Problem> inFileOrder(List<Problem> problems) {
        var sorted = new ArrayList<>(problems);
        sorted.sort(Comparator.comparingLong(problem -> problem.position()
                .map(position -> ((long) position.line() << 27) + position.column())
                .orElse(Long.MAX_VALUE)));
        return sorted;
    }
}
