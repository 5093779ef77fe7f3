package io.steelyard.launcher;

import io.steelyard.api.Problem;
import io.steelyard.api.plugin.Plugins;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Reports every problem of the files. */
@Command(
        name = "check",
        description = "Reports every problem of the files, as FILE:LINE:COLUMN: SEVERITY: what was wrong, what to do.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:no problem, or notices only", "1:warnings", "2:errors", "64:wrong command line"},
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private InputFiles input = new InputFiles();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec command;

    @Override
    public Integer call() {
        var read = input.read(Plugins.installed());
        var out = command.commandLine().getOut();
        read.problems().forEach(out::println);
        out.flush();
        if (read.has(Problem.Severity.ERROR)) {
            return 2;
        }
        return read.has(Problem.Severity.WARNING) ? 1 : 0;
    }
}
