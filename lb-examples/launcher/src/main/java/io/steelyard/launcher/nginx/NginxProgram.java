package io.steelyard.launcher.nginx;

import io.steelyard.api.Configuration;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.config.ConfigurationFiles;
import io.steelyard.config.ReadFiles;
import io.steelyard.config.nginx.ProcessDirectives;
import io.steelyard.core.Validation;
import io.steelyard.launcher.Supervisor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** {@code lb nginx}: answers what is asked on the command line, or runs the configuration until a signal ends it. */
public final class NginxProgram {
    /** The nginx whose behaviour this is; see docs/migrating.md. */
    static final String VERSION = "1.29.7";

    /** How long flows may take where nothing limits them. */
    private static final Duration UNLIMITED = Duration.ofDays(365);

    private static final String MODULES = "--with-stream --with-stream_ssl_preread_module --with-stream_realip_module"
            + " --with-http_ssl_module --with-http_v2_module --with-http_realip_module --with-threads --without-http_fastcgi_module"
            + " --without-http_uwsgi_module --without-http_scgi_module --without-http_memcached_module --without-http_grpc_module"
            + " --without-http_autoindex_module --without-http_ssi_module --without-http_auth_basic_module"
            + " --without-http_gzip_module --without-mail_pop3_module --without-mail_imap_module --without-mail_smtp_module";

    private final NginxArguments arguments;
    private final PrintStream out;
    private final PrintStream err;
    private final Path from;

    private NginxProgram(NginxArguments arguments, PrintStream out, PrintStream err) {
        this.arguments = arguments;
        this.out = out;
        this.err = err;
        from = Path.of(System.getProperty("lb.from", System.getProperty("user.dir")));
    }

    /** Carries out a command line; gives the exit code. */
    public static int run(String... words) throws InterruptedException {
        try {
            return new NginxProgram(NginxArguments.parse(words), System.out, System.err).run();
        } catch (NginxArguments.WrongArgumentException wrong) {
            System.err.println("nginx: " + wrong.getMessage());
            return 1;
        }
    }

    private int run() throws InterruptedException {
        if (arguments.help() || arguments.version() || arguments.versionAndOptions()) {
            tellVersion();
            return 0;
        }
        var reading = read(Plugins.installed());
        if (arguments.test()) {
            return test(reading);
        }
        if (arguments.signal().isPresent()) {
            return signal(reading);
        }
        return new NginxRun(this, arguments, Supervisor.found()).run(reading);
    }

    private void tellVersion() {
        err.println("nginx version: nginx/" + VERSION);
        if (arguments.help()) {
            err.print("""
                    Usage: nginx [-?hvVtTq] [-s signal] [-p prefix]
                                 [-e filename] [-c filename] [-g directives]

                    Options:
                      -?,-h         : this help
                      -v            : show version and exit
                      -V            : show version and configure options then exit
                      -t            : test configuration and exit
                      -T            : test configuration, dump it and exit
                      -q            : suppress non-error messages during configuration testing
                      -s signal     : send signal to a master process: stop, quit, reopen, reload
                      -p prefix     : set prefix path (default: %s)
                      -e filename   : set error log file (default: %s)
                      -c filename   : set configuration file (default: %s)
                      -g directives : set global directives out of configuration file

                    """.formatted(arguments.prefixText(), arguments.errorLogText(), arguments.fileText()));
        }
        if (arguments.versionAndOptions()) {
            err.println("built by Steelyard, which stands in for nginx");
            err.println("built with OpenSSL 3.0 (BoringSSL or the JDK's TLS)");
            err.println("TLS SNI support enabled");
            err.println(
                    "configure arguments: --prefix=" + arguments.prefixText() + " --conf-path=" + arguments.fileText()
                            + " --error-log-path=" + arguments.errorLogText() + " --pid-path="
                            + arguments.pidText(Optional.empty()) + " " + MODULES);
        }
    }

    // ---- reading

    /**
     * What the files and the command line say.
     *
     * @param problems everything found, with places
     */
    record Reading(
            List<ConfigurationSource> sources,
            ProcessDirectives process,
            ReadFiles files,
            List<Problem> problems,
            Optional<Configuration> configuration) {
        List<Problem> errors() {
            return problems.stream().filter(Problem::isError).toList();
        }

        List<Problem> warnings() {
            return problems.stream()
                    .filter(problem -> problem.severity() == Problem.Severity.WARNING)
                    .toList();
        }
    }

    Reading read(Plugins plugins) {
        var sources = new ArrayList<ConfigurationSource>();
        var problems = new LinkedHashSet<Problem>();
        arguments.directives().ifPresent(text -> sources.add(ConfigurationSource.of("command line", complete(text))));
        try {
            var source = ConfigurationSource.read(resolve(arguments.fileText()));
            sources.add(new ConfigurationSource(arguments.fileText(), source.text(), source.path()));
        } catch (IOException wrong) {
            var why = wrong instanceof NoSuchFileException ? "there is no such file" : wrong.getMessage();
            problems.add(Problem.error(arguments.fileText(), "cannot be read: " + why));
        }
        var process = ProcessDirectives.read(sources);
        problems.addAll(process.problems());
        var files = ConfigurationFiles.of(plugins).readSources(sources, Optional.of("nginx"));
        problems.addAll(files.problems());
        files.configuration()
                .ifPresent(configuration -> Validation.problems(configuration, plugins)
                        .forEach(problem -> problems.add(files.locate(problem))));
        files.configuration()
                .ifPresent(configuration ->
                        Validation.fileProblems(configuration).forEach(problem -> problems.add(files.locate(problem))));
        boolean isSound = problems.stream().noneMatch(Problem::isError);
        return new Reading(
                sources,
                process,
                files,
                List.copyOf(problems),
                isSound
                        ? files.configuration().map(configuration -> withoutLimit(configuration, process))
                        : Optional.empty());
    }

    /** The last directive of {@code -g} may do without its end, as nginx has it. */
    private static String complete(String directives) {
        var text = directives.strip();
        return text.isEmpty() || text.endsWith(";") || text.endsWith("}") ? text : text + ";";
    }

    private static Configuration withoutLimit(Configuration configuration, ProcessDirectives process) {
        var settings = configuration.settings();
        return process.hasShutdownTimeout()
                ? configuration
                : configuration.toBuilder()
                        .settings(settings.withDrainTimeout(UNLIMITED))
                        .build();
    }

    /** A path of a message as one of this process. */
    Path resolve(String text) {
        return from.resolve(text);
    }

    /** The main error log: what {@code -e} and the configuration say. */
    List<ErrorLog.Wanted> errorLogs(ProcessDirectives process) {
        var logs = new ArrayList<ErrorLog.Wanted>();
        for (var log : process.errorLogs()) {
            if (!log.target().startsWith("syslog:")) {
                logs.add(wanted(
                        arguments.below(log.target()),
                        ErrorLevel.of(log.level()).orElse(ErrorLevel.DEBUG)));
            }
        }
        return logs.isEmpty() ? List.of(wanted(arguments.errorLogText(), ErrorLevel.ERROR)) : logs;
    }

    private ErrorLog.Wanted wanted(String target, ErrorLevel level) {
        return new ErrorLog.Wanted(
                target.equals("stderr") ? target : resolve(target).toString(), level);
    }

    Path pidFile(ProcessDirectives process) {
        return resolve(arguments.pidText(process.pid()));
    }

    // ---- testing and signalling

    void tell(Reading reading) {
        for (var warning : reading.warnings()) {
            err.println("nginx: [warn] " + NginxMessages.text(warning));
        }
        for (var error : reading.errors()) {
            err.println("nginx: [emerg] " + NginxMessages.text(error));
            var reason = NginxMessages.reason(error);
            if (!reason.isEmpty()) {
                err.println("nginx: [notice] " + reason);
            }
        }
    }

    private int test(Reading reading) {
        tell(reading);
        if (reading.configuration().isEmpty()) {
            err.println("nginx: configuration file " + arguments.fileText() + " test failed");
            return 1;
        }
        if (!arguments.quiet()) {
            err.println("nginx: the configuration file " + arguments.fileText() + " syntax is ok");
            err.println("nginx: configuration file " + arguments.fileText() + " test is successful");
        }
        if (arguments.dump()) {
            for (var file : reading.process().files()) {
                dump(file, reading);
            }
        }
        return 0;
    }

    private void dump(String file, Reading reading) {
        if (file.equals("command line")) {
            return;
        }
        var source = reading.sources().stream()
                .filter(one -> one.name().equals(file))
                .findFirst()
                .map(ConfigurationSource::text);
        out.println("# configuration file " + file + ":");
        try {
            out.println(source.isPresent() ? source.get() : Files.readString(resolve(file)));
        } catch (IOException gone) {
            out.println("# it cannot be read any more: " + gone.getMessage());
        }
        out.flush();
    }

    private int signal(Reading reading) {
        var pidText = arguments.pidText(reading.process().pid());
        if (reading.configuration().isEmpty()) {
            tell(reading);
            return 1;
        }
        var failed = SignalCommand.send(arguments.signal().orElseThrow(), resolve(pidText), pidText);
        failed.ifPresent(message -> err.println("nginx: " + message));
        return failed.isPresent() ? 1 : 0;
    }
}
