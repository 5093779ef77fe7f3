package io.steelyard.config.keepalived.grammar;

import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A file and all it includes.
 *
 * @param entries of the top level; where the file has faults, what could be made of it
 * @param problems every fault of the syntax, in the order they were met
 */
public record Document(List<Entry> entries, List<Problem> problems) {
    public Document {
        entries = List.copyOf(entries);
        problems = List.copyOf(problems);
    }

    /**
     * Reads a file. Never throws for what is in it.
     *
     * @param machine whose lines are meant where some are for one machine alone: keepalived's config-id
     * @param random what {@code ${_RANDOM}} draws from unless the file has a {@code random_seed}
     */
    public static Document parse(ConfigurationSource source, String machine, RandomGenerator random) {
        var parser = new DocumentParser(source, machine, random);
        return new Document(parser.parse(), parser.problems());
    }
}
