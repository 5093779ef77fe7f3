package io.steelyard.vrrp.witness;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Looks at options. */
final class WitnessOptions {
    /** Tells apart routers of one number that use one witness and are not one virtual router. */
    static final String CLUSTER = "cluster";

    private WitnessOptions() {}

    /** @throws IllegalArgumentException with what is missing or unknown */
    static void check(String provider, Map<String, String> options, Set<String> known, String... required) {
        for (var name : required) {
            if (options.getOrDefault(name, "").isEmpty()) {
                throw new IllegalArgumentException("witness '" + provider + "' needs the option '" + name + "'");
            }
        }
        var unknown = new TreeSet<>(options.keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("witness '" + provider + "' has no option " + unknown
                    + ", expected some of " + new TreeSet<>(known));
        }
    }
}
