package io.steelyard.launcher;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The program: hands over to one command. Exit codes are each command's; 64 for a command line that is wrong. */
@Command(
        name = "lb",
        description = "Balances TCP and UDP as configuration files say: nginx.conf, or our own YAML.",
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
            HelpCommand.class
        })
public final class Lb {
    /** The command line is wrong (EX_USAGE of sysexits.h). */
    static final int USAGE = 64;

    private Lb() {}

    /** Runs the command that {@code arguments} name, and ends the process. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Lb())
                .setCaseInsensitiveEnumValuesAllowed(true)
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
