package io.steelyard.bench;

import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the benchmarks: JMH's own command line, but every scheduler that is installed is measured unless {@code -p scheduler=…} is given. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws RunnerException, CommandLineOptionException {
        var given = new CommandLineOptions(arguments);
        var options = new OptionsBuilder().parent(given).addProfiler(CostProfiler.class);
        if (!given.getParameter("scheduler").hasValue()) {
            options.param("scheduler", PickCase.all().toArray(String[]::new));
        }
        new Runner(options.build()).run();
    }
}
