package io.steelyard.launcher;

import io.steelyard.api.plugin.Plugins;
import io.steelyard.config.yaml.YamlWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what was understood. */
@Command(
        name = "explain",
        description =
                "Prints what was understood as YAML, which `lb run` accepts with the same result. Problems go to standard error.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:printed",
            "2:the files have errors, or parts that YAML has no keys for",
            "64:wrong command line"
        },
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
    @Mixin
    private InputFiles input = new InputFiles();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec command;

    @Override
    public Integer call() {
        var read = input.readAlone(Plugins.installed());
        read.problems().forEach(command.commandLine().getErr()::println);
        if (read.configuration().isEmpty()) {
            return 2;
        }
        command.commandLine()
                .getOut()
                .print(YamlWriter.write(read.configuration().get()));
        command.commandLine().getOut().flush();
        return 0;
    }
}
