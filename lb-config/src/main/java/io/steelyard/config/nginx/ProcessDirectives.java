package io.steelyard.config.nginx;

import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.SyntaxTree;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * What an nginx.conf says about the process that runs it and not about traffic; for a program that stands in for nginx. Directives on a
 * command line ({@code nginx -g}) come first, as nginx reads them first.
 *
 * @param daemon whether it goes into the background; absent where nothing is said, which means yes
 * @param pid the pid file, as it is written there
 * @param errorLogs the error logs of the main level, in order
 * @param user whom the processes are to run as
 * @param hasShutdownTimeout whether {@code worker_shutdown_timeout} is there
 * @param files every file that was read, in order
 * @param problems directives that stand twice
 */
public record ProcessDirectives(
        Optional<Boolean> daemon,
        Optional<String> pid,
        List<ErrorLog> errorLogs,
        Optional<String> user,
        boolean hasShutdownTimeout,
        List<String> files,
        List<Problem> problems) {
    private static final List<String> SINGLE =
            List.of("daemon", "master_process", "pid", "user", "worker_processes", "worker_shutdown_timeout");

    /**
     * An {@code error_log}.
     *
     * @param target a file, {@code stderr}, or {@code syslog:…}
     * @param level the least grave that is written, such as {@code error}
     */
    public record ErrorLog(String target, String level) {}

    public ProcessDirectives {
        errorLogs = List.copyOf(errorLogs);
        files = List.copyOf(files);
        problems = List.copyOf(problems);
    }

    /** Reads the sources; what cannot be read in them, {@link NginxConfigurationReader} tells. */
    public static ProcessDirectives read(List<ConfigurationSource> sources) {
        var directives = new ArrayList<Directive>();
        var files = new LinkedHashSet<String>();
        for (var source : sources) {
            files.add(source.name());
            var tree = SyntaxTree.parse(source);
            directives.addAll(tree.directives());
            tree.directives().forEach(directive -> addFiles(directive, files));
        }
        var errorLogs = directives.stream()
                .filter(directive -> directive.keyword().equals("error_log")
                        && !directive.arguments().isEmpty())
                .map(directive -> new ErrorLog(
                        directive.argument(0).text(),
                        directive.arguments().size() > 1 ? directive.argument(1).text() : "error"))
                .toList();
        return new ProcessDirectives(
                value(directives, "daemon").map(flag -> !flag.equals("off")),
                value(directives, "pid"),
                errorLogs,
                value(directives, "user"),
                value(directives, "worker_shutdown_timeout").isPresent(),
                List.copyOf(files),
                duplicates(directives));
    }

    private static void addFiles(Directive directive, SequencedSet<String> files) {
        files.add(directive.position().file());
        directive.children().forEach(child -> addFiles(child, files));
    }

    private static Optional<String> value(List<Directive> directives, String name) {
        return directives.stream()
                .filter(directive -> directive.keyword().equals(name)
                        && !directive.arguments().isEmpty())
                .map(directive -> directive.argument(0).text())
                .findFirst();
    }

    /** Those that stand in two sources; twice in one, the reader of configurations tells. */
    private static List<Problem> duplicates(List<Directive> directives) {
        var problems = new ArrayList<Problem>();
        for (var name : SINGLE) {
            Position first = null;
            for (var directive : directives) {
                if (!directive.keyword().equals(name)) {
                    continue;
                }
                if (first == null) {
                    first = directive.position();
                } else if (!first.file().equals(directive.position().file())) {
                    problems.add(Problem.error("", "'" + name + "' is duplicate: it stands at " + first + " too")
                            .at(directive.position()));
                }
            }
        }
        return problems;
    }
}
