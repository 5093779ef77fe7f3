package io.steelyard.launcher.haproxy;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Problem;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.config.ConfigurationFiles;
import io.steelyard.config.haproxy.ProcessStatements;
import io.steelyard.core.Validation;
import io.steelyard.launcher.Supervisor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code lb haproxy}: answers what is asked on the command line, or runs the files until a signal ends it. */
public final class HaproxyProgram {
    /** What {@code -v} says: the HAProxy whose behaviour this is, and whose it is. */
    static final String VERSION = ProcessStatements.version() + "-steelyard";

    private final HaproxyArguments arguments;
    private final long pid = ProcessHandle.current().pid();

    private HaproxyProgram(HaproxyArguments arguments) {
        this.arguments = arguments;
    }

    /** Carries out a command line; gives the exit code. */
    public static int run(String... words) throws InterruptedException {
        var arguments = HaproxyArguments.parse(words);
        var program = new HaproxyProgram(arguments);
        return switch (arguments.question()) {
            case VERSION -> program.version(false);
            case VERSION_AND_FEATURES -> program.version(true);
            case CONDITION -> program.condition();
            case CHECK -> program.check();
            case USAGE -> program.usage();
            case NONE -> new HaproxyRun(program, arguments, Supervisor.found()).run();
        };
    }

    private static void tellVersion() {
        System.out.println("HAProxy version " + VERSION + " - stood in for by Steelyard");
        System.out.println("Status: not HAProxy; see docs/migrating.md for what differs.");
        System.out.println("Running on: " + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch"));
    }

    private int version(boolean withFeatures) {
        tellVersion();
        if (withFeatures) {
            var features = ProcessStatements.features().stream()
                    .sorted()
                    .map(feature -> "+" + feature)
                    .collect(Collectors.joining(" "));
            System.out.println("""
                    Build options :
                      TARGET  = linux-glibc
                      CPU     = generic

                    Feature list : %s

                    Default settings :
                      bufsize = 16384, maxrewrite = 1024, maxpollevents = 200

                    Available polling systems :
                          epoll : pref=300,  test result OK
                    Total: 1 (1 usable), will use epoll.

                    Available multiplexer protocols :
                             h2 : mode=HTTP  side=FE     mux=H2    flags=HTX
                             h1 : mode=HTTP  side=FE|BE  mux=H1    flags=HTX
                           none : mode=TCP   side=FE|BE  mux=PASS

                    Available services : none
                    Available filters :
                    """.formatted(features));
        }
        System.out.flush();
        return 0;
    }

    private int condition() {
        try {
            return ProcessStatements.holds(arguments.condition().orElse(""), System.getenv()) ? 0 : 1;
        } catch (IllegalArgumentException wrong) {
            var condition = arguments.condition().orElse("");
            System.err.println(HaproxyMessages.line(
                    "ALERT",
                    pid,
                    "config : Failed to evaluate condition: unparsable conditional expression '" + condition + "'"));
            System.err.println(HaproxyMessages.line("NOTICE", pid, "config : " + wrong.getMessage()));
            return 2;
        }
    }

    private int usage() {
        tellVersion();
        System.err.println("""
                Usage : haproxy [-f <cfgfile|cfgdir>]* [ -vdVD ] [ -n <maxconn> ] [ -N <maxpconn> ]
                        [ -p <pidfile> ] [ -m <max megs> ] [ -C <dir> ] [-- <cfgfile>*]
                        -v displays version ; -vv shows known build options.
                        -d enters debug mode ; -db only disables background mode.
                        -V, -N, -m, -L, -x, -d* are taken and change nothing
                        -D goes daemon ; -C changes to <dir> before loading files.
                        -W master-worker mode.
                        -Ws master-worker mode with systemd notify support.
                        -S <address> master socket.
                        -q quiet mode : don't display messages
                        -c check mode : only check config files and exit
                        -cc check condition : evaluate a condition and exit
                        -n sets the maximum total # of connections
                        -p writes pids of all children to this file
                        -sf/-st [pid ]* finishes/terminates old pids.
                """);
        return 1;
    }

    // ---- reading

    /**
     * What the files say.
     *
     * @param files with which places are found; absent where a file could not be read
     * @param failure why a file could not be read; empty where all could
     */
    record Reading(
            Optional<JoinedFiles> files,
            Optional<ProcessStatements> process,
            List<Problem> problems,
            Optional<Configuration> configuration,
            String failure) {
        List<Problem> located(ConfigurationException refused) {
            return refused.problems().stream()
                    .map(problem -> files.map(joined -> joined.locate(problem)).orElse(problem))
                    .toList();
        }
    }

    Reading read(Plugins plugins) {
        JoinedFiles files;
        try {
            files = JoinedFiles.read(
                    arguments.files().stream().map(this::resolve).toList());
        } catch (IOException unreadable) {
            return new Reading(
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    String.valueOf(unreadable.getMessage()));
        }
        var read = ConfigurationFiles.of(plugins).readSources(List.of(files.source()), Optional.of("haproxy"));
        var problems = new LinkedHashSet<Problem>();
        read.problems().forEach(problem -> problems.add(files.locate(problem)));
        read.configuration()
                .ifPresent(configuration -> Validation.problems(configuration, plugins)
                        .forEach(problem -> problems.add(files.locate(read.locate(problem)))));
        read.configuration()
                .ifPresent(configuration -> Validation.fileProblems(configuration)
                        .forEach(problem -> problems.add(files.locate(read.locate(problem)))));
        boolean isSound = problems.stream().noneMatch(Problem::isError);
        return new Reading(
                Optional.of(files),
                Optional.of(ProcessStatements.read(files.source(), System.getenv())),
                List.copyOf(problems),
                isSound ? read.configuration().map(this::limited) : Optional.empty(),
                "");
    }

    /** Relative names are below {@code -C}. */
    private String resolve(String name) {
        return arguments
                .directory()
                .map(directory -> Path.of(directory).resolve(name).toString())
                .orElse(name);
    }

    private Configuration limited(Configuration configuration) {
        var settings = configuration.settings();
        return arguments.maxConnections() == 0
                ? configuration
                : configuration.toBuilder()
                        .settings(settings.withMaxConnections(arguments.maxConnections()))
                        .build();
    }

    /** Says what was found, as HAProxy does: errors and warnings with their places, and what follows from them. */
    void tell(Reading reading) {
        if (!reading.failure().isEmpty()) {
            System.err.println(HaproxyMessages.line("ALERT", pid, "config : " + reading.failure()));
            return;
        }
        if (!arguments.isQuiet()) {
            System.err.println(HaproxyMessages.line("NOTICE", pid, "haproxy version is " + VERSION));
        }
        for (var problem : reading.problems()) {
            boolean isTold =
                    problem.isError() || problem.severity() == Problem.Severity.WARNING && !arguments.isQuiet();
            if (isTold) {
                System.err.println(HaproxyMessages.line(problem, pid));
            }
        }
        if (reading.configuration().isEmpty()) {
            reading.problems().stream()
                    .filter(Problem::isError)
                    .flatMap(problem -> problem.position().stream())
                    .map(position -> position.file())
                    .distinct()
                    .forEach(file -> System.err.println(HaproxyMessages.line(
                            "ALERT", pid, "config : Error(s) found in configuration file : " + file)));
            System.err.println(HaproxyMessages.line("ALERT", pid, "config : Fatal errors found in configuration."));
        }
    }

    private int check() {
        var reading = read(Plugins.installed());
        tell(reading);
        if (reading.configuration().isEmpty()) {
            return 1;
        }
        if (!arguments.isQuiet()) {
            boolean hasWarnings =
                    reading.problems().stream().anyMatch(problem -> problem.severity() == Problem.Severity.WARNING);
            if (hasWarnings) {
                System.out.println("Warnings were found.");
            }
            System.out.println("Configuration file is valid");
            System.out.flush();
        }
        return 0;
    }
}
