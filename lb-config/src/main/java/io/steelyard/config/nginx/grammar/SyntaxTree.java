package io.steelyard.config.nginx.grammar;

import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import java.util.List;

/**
 * A file and all it includes, as directives.
 *
 * @param directives of the top level; where the file has faults, what could be made of it
 * @param problems every fault of the syntax, in the order they were met
 */
public record SyntaxTree(List<Directive> directives, List<Problem> problems) {
    public SyntaxTree {
        directives = List.copyOf(directives);
        problems = List.copyOf(problems);
    }

    /** Reads a file. Never throws for what is in it. */
    public static SyntaxTree parse(ConfigurationSource source) {
        var parser = new SyntaxParser(source);
        return new SyntaxTree(parser.parse(), parser.problems());
    }
}
