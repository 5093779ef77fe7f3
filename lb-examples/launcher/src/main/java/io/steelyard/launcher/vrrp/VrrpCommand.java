package io.steelyard.launcher.vrrp;

import io.steelyard.launcher.ControlSocket;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What an operator asks of the virtual routers of a program that runs. */
@Command(
        name = "vrrp",
        description = "Asks a running 'lb run' about its virtual routers.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {VrrpCommand.StatusCommand.class, VrrpCommand.DrillCommand.class})
public final class VrrpCommand {
    private static final BigDecimal MOST_SECONDS = BigDecimal.valueOf(3_600);

    /** For picocli. */
    public VrrpCommand() {}

    /** What both need: where the program takes commands. */
    private abstract static class Asking implements Callable<Integer> {
        @Option(
                names = "--control",
                paramLabel = "PATH",
                description = "The control socket of the program; ${DEFAULT-VALUE} by default.",
                defaultValue = ControlSocket.DEFAULT)
        @SuppressWarnings("NullAway.Init") // set by picocli
        private Path control;

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        CommandSpec command;

        final int ask(String line) throws IOException {
            var answer = ControlSocket.ask(control, line);
            int end = answer.indexOf('\n');
            boolean isWell = answer.startsWith("ok\n");
            var text = answer.substring(end + 1);
            var commandLine = command.commandLine();
            if (isWell) {
                commandLine.getOut().print(text);
                commandLine.getOut().flush();
            } else {
                commandLine.getErr().print(text.isEmpty() ? "lb: no answer\n" : text);
                commandLine.getErr().flush();
            }
            return isWell ? 0 : 1;
        }
    }

    /** {@code lb vrrp status}. */
    @Command(
            name = "status",
            description = {
                "What each virtual router is, and why: its state and since when, how its priority adds up, whose adverts were heard last and when,",
                "which addresses are here, who hears whom, what the defences decided, and what was counted."
            },
            exitCodeListHeading = "Exit codes:%n",
            exitCodeList = {"0:told", "1:there is no such router", "74:the program does not answer"},
            mixinStandardHelpOptions = true)
    static final class StatusCommand extends Asking {
        @Parameters(
                paramLabel = "NAME",
                arity = "0..1",
                description = "One of them; all without it.",
                defaultValue = "")
        @SuppressWarnings("NullAway.Init") // set by picocli
        private String name;

        @Override
        public Integer call() throws IOException {
            return ask(("vrrp status " + name).strip());
        }
    }

    /** {@code lb vrrp drill}. */
    @Command(
            name = "drill",
            description = {
                "Withholds the adverts of an active router for a while, as if the network lost them, and reports what happened:",
                "another machine should take over, and give the addresses back when the adverts return."
            },
            exitCodeListHeading = "Exit codes:%n",
            exitCodeList = {
                "0:another machine took over",
                "1:nobody did, or the router is not active",
                "74:the program does not answer"
            },
            mixinStandardHelpOptions = true)
    static final class DrillCommand extends Asking {
        @Parameters(paramLabel = "NAME", description = "The virtual router; it must be active on the machine asked.")
        @SuppressWarnings("NullAway.Init") // set by picocli
        private String name;

        @Option(
                names = "--for",
                paramLabel = "SECONDS",
                defaultValue = "5",
                description =
                        "For how long at most; ${DEFAULT-VALUE} by default. Four advert intervals are enough for any backup.")
        @SuppressWarnings("NullAway.Init") // set by picocli
        private BigDecimal seconds;

        @Override
        public Integer call() throws IOException {
            if (seconds.signum() <= 0 || seconds.compareTo(MOST_SECONDS) > 0) {
                throw new ParameterException(
                        command.commandLine(),
                        "--for is " + seconds + "; expected more than 0, at most " + MOST_SECONDS);
            }
            return ask("vrrp drill " + name + " "
                    + seconds.movePointRight(3).toBigInteger().max(java.math.BigInteger.ONE));
        }
    }
}
