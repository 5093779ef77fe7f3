package io.steelyard.launcher;

import io.steelyard.launcher.haproxy.HaproxyProgram;
import io.steelyard.launcher.lab.LabCommand;
import io.steelyard.launcher.nginx.NginxProgram;
import io.steelyard.launcher.vrrp.VrrpCommand;
import io.steelyard.launcher.vrrp.WitnessCommand;
import java.io.IOException;
import java.security.Security;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/**
 * The program: hands over to one command. Exit codes are each command's; 64 for a command line that is wrong, 70 for a fault of the program
 * or too little memory, 74 for input or output that failed.
 */
@Command(
        name = "lb",
        description =
                "Balances TCP, UDP and HTTP as configuration files say: nginx.conf, haproxy.cfg, or our own YAML.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            CheckCommand.class,
            ExplainCommand.class,
            PluginsCommand.class,
            PickCommand.class,
            DemoCommand.class,
            LabCommand.class,
            VrrpCommand.class,
            WitnessCommand.class,
            StandInCommand.Nginx.class,
            StandInCommand.Haproxy.class,
            HelpCommand.class
        })
public final class Lb {
    /** The command line is wrong (EX_USAGE of sysexits.h). */
    static final int USAGE = 64;

    /** Something that should not have happened (EX_SOFTWARE). */
    static final int SOFTWARE = 70;

    /** Reading or writing failed (EX_IOERR). */
    static final int IO_ERROR = 74;

    private Lb() {}

    /** Runs the command that {@code arguments} name, and ends the process. */
    public static void main(String[] arguments) {
        // Names are looked up again every ten seconds: what the platform remembers of them must not be older.
        Security.setProperty("networkaddress.cache.ttl", "5");
        Security.setProperty("networkaddress.cache.negative.ttl", "5");
        int code;
        try {
            code = run(arguments);
        } catch (InterruptedException nobodyDoes) {
            code = SOFTWARE;
        } catch (OutOfMemoryError tooLarge) {
            System.err.println("lb: the memory is not enough (" + tooLarge.getMessage()
                    + "); give it more with LB_JAVA_OPTIONS=-Xmx4g, or less to do");
            code = SOFTWARE;
        }
        System.exit(code);
    }

    /** The command lines of nginx and haproxy are theirs, not ours; they are read where they are carried out. */
    private static int run(String... arguments) throws InterruptedException {
        var first = arguments.length == 0 ? "" : arguments[0];
        var rest = Arrays.copyOfRange(arguments, Math.min(1, arguments.length), arguments.length);
        return switch (first) {
            case "nginx" -> NginxProgram.run(rest);
            case "haproxy" -> HaproxyProgram.run(rest);
            default -> commandLine().execute(arguments);
        };
    }

    static CommandLine commandLine() {
        return new CommandLine(new Lb())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failed, command, given) -> {
                    if (failed instanceof IOException) {
                        command.getErr().println("lb: " + failed.getMessage());
                        return IO_ERROR;
                    }
                    command.getErr().println("lb: this should not have happened; please report it with what follows");
                    failed.printStackTrace(command.getErr());
                    return SOFTWARE;
                })
                .setParameterExceptionHandler((wrong, given) -> {
                    wrong.getCommandLine().getErr().println("lb: " + wrong.getMessage());
                    wrong.getCommandLine()
                            .getErr()
                            .println("see: "
                                    + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help");
                    return USAGE;
                });
    }
}
