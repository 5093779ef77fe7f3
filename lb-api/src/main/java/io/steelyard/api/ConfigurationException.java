package io.steelyard.api;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration was refused, with every problem found in it. What ran before goes on running. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public ConfigurationException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining(System.lineSeparator())));
        this.problems = List.copyOf(problems);
    }

    /** All of them, errors and lesser ones, in the order found. */
    public List<Problem> problems() {
        return problems;
    }
}
