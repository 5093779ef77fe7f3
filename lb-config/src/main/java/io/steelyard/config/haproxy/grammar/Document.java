package io.steelyard.config.haproxy.grammar;

import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file as sections of lines of words, after its conditional blocks were decided.
 *
 * @param sections in file order; where the file has faults, what could be made of it
 * @param problems every fault of the syntax, and every message the file wants told, in file order
 */
public record Document(List<Section> sections, List<Problem> problems) {
    public Document {
        sections = List.copyOf(sections);
        problems = List.copyOf(problems);
    }

    /** The version whose files these are. */
    public static String version() {
        return Condition.VERSION;
    }

    /** What {@code feature()} finds, by HAProxy's names. */
    public static Set<String> features() {
        return Condition.FEATURES;
    }

    /**
     * Whether a condition of {@code .if} holds.
     *
     * @throws IllegalArgumentException with what is wrong with it
     */
    public static boolean holds(String condition, Map<String, String> environment) {
        return Condition.holds(condition, new Environment(environment));
    }

    /**
     * Reads a file. Never throws for what is in it.
     *
     * @param environment the variables it sees
     */
    public static Document parse(ConfigurationSource source, Map<String, String> environment) {
        return new DocumentParser(source, environment).parse();
    }
}
