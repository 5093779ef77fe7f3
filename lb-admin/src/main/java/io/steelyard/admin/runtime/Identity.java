package io.steelyard.admin.runtime;

import java.util.Objects;

/**
 * Who answers {@code show version} and {@code show info}.
 *
 * @param name the line {@code Name}
 * @param version the line {@code Version}
 * @param node the line {@code node}: the machine's name
 * @param pid the process that is to be signalled
 */
public record Identity(String name, String version, String node, long pid) {
    public Identity {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(node, "node");
    }
}
