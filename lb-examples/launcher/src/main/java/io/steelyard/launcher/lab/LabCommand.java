package io.steelyard.launcher.lab;

import picocli.CommandLine.Command;

/** Laboratories, one a subcommand. */
@Command(
        name = "lab",
        description =
                "Builds a network on this machine, in network namespaces, lets something fail in it, and tells what happened.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {VrrpLab.class})
public final class LabCommand {
    /** For picocli. */
    public LabCommand() {}
}
