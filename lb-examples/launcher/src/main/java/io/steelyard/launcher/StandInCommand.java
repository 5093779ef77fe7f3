package io.steelyard.launcher;

import picocli.CommandLine.Command;

/** The commands that stand in for other programs, as {@code lb help} lists them; {@link Lb} hands their words on as they are. */
final class StandInCommand {
    private StandInCommand() {}

    @Command(
            name = "nginx",
            description =
                    "Stands in for nginx: takes its command line, signals and files; 'lb nginx -h' lists the options.")
    static final class Nginx {}

    @Command(
            name = "haproxy",
            description =
                    "Stands in for HAProxy: takes its command line, signals and files; 'lb haproxy' lists the options.")
    static final class Haproxy {}
}
