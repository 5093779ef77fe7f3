package io.steelyard.config.nginx;

import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationReader;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.config.ReadResult;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.SyntaxTree;
import io.steelyard.config.nginx.grammar.Word;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/**
 * Reads nginx.conf: the whole syntax, and the blocks {@code stream} and {@code http} into the model. Every directive is honoured, accepted
 * with a notice that names it, or refused. A source that is the inside of one of these blocks is read so.
 */
public final class NginxConfigurationReader implements ConfigurationReader {
    private static final List<String> BLOCKS = List.of("http", "stream");

    private final HostAddresses hosts;

    /** The reader; it keeps no state. */
    public NginxConfigurationReader() {
        this(HostAddresses.system());
    }

    NginxConfigurationReader(HostAddresses hosts) {
        this.hosts = hosts;
    }

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public String description() {
        return "nginx.conf: its stream and http blocks";
    }

    @Override
    public int recognizes(ConfigurationSource source) {
        // Without its path, so that no included file is read.
        var directives = SyntaxTree.parse(ConfigurationSource.of(source.name(), source.text()))
                .directives();
        int sureness = 0;
        for (var directive : directives) {
            boolean isBlock = directive.block().isPresent();
            sureness = Math.max(
                    sureness,
                    switch (directive.keyword()) {
                        case "stream", "events", "http" ->
                            isBlock && directive.arguments().isEmpty() ? 95 : 0;
                        case "upstream", "server" -> isBlock ? 60 : 0;
                        case "worker_processes", "load_module", "error_log", "pid", "user" ->
                            !isBlock && directive.arguments().size() <= 2 ? 50 : 0;
                        default -> 0;
                    });
        }
        return sureness;
    }

    @Override
    public ReadResult read(ConfigurationSource source) {
        return read(source, true);
    }

    @Override
    public ReadResult readPart(ConfigurationSource source) {
        return read(source, false);
    }

    private ReadResult read(ConfigurationSource source, boolean isWhole) {
        var tree = SyntaxTree.parse(source);
        var findings = new Findings(source.isLenient());
        tree.problems().forEach(findings::add);
        var configuration = new StreamTranslator(findings, hosts, isWhole)
                .translate(unwrapped(source, tree.directives(), findings));
        if (isWhole && isSound(findings)) {
            var result = new ReadResult(Optional.empty(), List.of(), findings.positions());
            configuration.problems().forEach(problem -> findings.add(result.locate(problem)));
        }
        return new ReadResult(
                isSound(findings) ? Optional.of(configuration) : Optional.empty(),
                inFileOrder(source.name(), findings.problems()),
                findings.positions());
    }

    /** The directives of a whole file: those of a part of one stand in its block. */
    private static List<Directive> unwrapped(
            ConfigurationSource source, List<Directive> directives, Findings findings) {
        if (source.block().isEmpty()
                || directives.stream()
                        .anyMatch(directive -> BLOCKS.contains(directive.keyword())
                                && directive.block().isPresent())) {
            return directives;
        }
        var name = source.block().get();
        var start = new Position(source.name(), 1, 1);
        if (!BLOCKS.contains(name)) {
            findings.add(Problem.error("", "a file cannot be read as '" + name + "'")
                    .expected(String.join(" or ", BLOCKS))
                    .at(start));
            return List.of();
        }
        return List.of(new Directive(new Word(name, false, start, start), List.of(), Optional.of(directives)));
    }

    private static boolean isSound(Findings findings) {
        return findings.problems().stream().noneMatch(Problem::isError);
    }

    /** The main file's problems first, then those of the others in the order the files were met. */
    private static List<Problem> inFileOrder(String mainFile, List<Problem> problems) {
        var files = new HashMap<String, Integer>();
        files.put(mainFile, 0);
        problems.forEach(
                problem -> problem.position().ifPresent(position -> files.putIfAbsent(position.file(), files.size())));
        var sorted = new ArrayList<>(problems);
        sorted.sort(Comparator.comparingLong(problem -> problem.position()
                .map(position -> ((long) files.getOrDefault(position.file(), 0) << 54)
                        + ((long) position.line() << 27)
                        + position.column())
                .orElse(Long.MAX_VALUE)));
        return sorted;
    }
}
