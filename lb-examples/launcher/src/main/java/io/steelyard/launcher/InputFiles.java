package io.steelyard.launcher;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Problem;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.config.ConfigurationFiles;
import io.steelyard.config.ReadFiles;
import io.steelyard.core.Validation;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The files a command works on, joined into one configuration. */
final class InputFiles {
    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Configuration files, of one format or several; together they are one configuration.")
    private List<Path> files = List.of();

    @Option(
            names = "--format",
            paramLabel = "NAME",
            description = "The format of the files (haproxy, nginx, yaml); by default it is told from their content.")
    private @Nullable String format;

    @Option(
            names = "--as",
            paramLabel = "BLOCK",
            description = "Read files that stand in no block of nginx.conf as the inside of this one: http or stream.")
    private @Nullable String block;

    @Option(
            names = "--lenient",
            description =
                    "Leave out directives of nginx.conf that are not known or not supported, each with a warning that says "
                            + "what was ignored; but none that keeps clients out.")
    private boolean isLenient;

    /**
     * What the files say now.
     *
     * @param files what was read
     * @param problems everything found, with places, the plug-ins' part included
     * @param configuration the model; absent where there is an error
     */
    record Reading(ReadFiles files, List<Problem> problems, Optional<Configuration> configuration) {
        boolean has(Problem.Severity severity) {
            return problems.stream().anyMatch(problem -> problem.severity() == severity);
        }

        /** The places of what a balancer refused when it was given the configuration. */
        List<Problem> located(ConfigurationException refused) {
            return refused.problems().stream().map(files::locate).toList();
        }
    }

    /** Reads them, and the certificates and keys that they name. */
    Reading read(Plugins plugins) {
        return read(plugins, true);
    }

    /** Reads them alone: what they name may be on another machine. */
    Reading readAlone(Plugins plugins) {
        return read(plugins, false);
    }

    private Reading read(Plugins plugins, boolean readsNamed) {
        var configurationFiles = ConfigurationFiles.of(plugins);
        var placed = block == null ? configurationFiles : configurationFiles.inside(block);
        var read = (isLenient ? placed.lenient() : placed).read(files, Optional.ofNullable(format));
        var problems = new LinkedHashSet<>(read.problems());
        read.configuration()
                .ifPresent(configuration -> Validation.problems(configuration, plugins)
                        .forEach(problem -> problems.add(read.locate(problem))));
        if (readsNamed) {
            read.configuration()
                    .ifPresent(configuration -> Validation.fileProblems(configuration)
                            .forEach(problem -> problems.add(read.locate(problem))));
        }
        boolean isSound = problems.stream().noneMatch(Problem::isError);
        return new Reading(read, List.copyOf(problems), isSound ? read.configuration() : Optional.empty());
    }
}
