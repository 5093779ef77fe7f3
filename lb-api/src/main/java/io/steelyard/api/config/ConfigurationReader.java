package io.steelyard.api.config;

import io.steelyard.api.plugin.Plugin;

/**
 * Reads one file format into the model.
 *
 * @implSpec Stateless and safe for all threads. Never throws for bad input: problems are values.
 */
public interface ConfigurationReader extends Plugin {
    /** How sure it is, from its content, that {@code source} is of its format: 0 for no, 100 for certain. Never throws. */
    int recognizes(ConfigurationSource source);

    /** Reads the whole of {@code source}, finding every problem in one go. */
    ReadResult read(ConfigurationSource source);

    /**
     * Reads one of several files that make a configuration together: as {@link #read}, but what another file may define, such as a pool, is
     * not missed. The whole is checked when the files have been put together.
     */
    default ReadResult readPart(ConfigurationSource source) {
        return read(source);
    }
}
