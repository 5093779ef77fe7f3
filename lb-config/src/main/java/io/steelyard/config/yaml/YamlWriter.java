package io.steelyard.config.yaml;

import io.steelyard.api.Configuration;

/** Writes a configuration as YAML that {@link YamlReader} reads back as an equal one, leaving out what defaults say. Safe for all threads. */
public final class YamlWriter {
    private static final ConfigurationSection CONFIGURATION = new ConfigurationSection();

    private YamlWriter() {}

    /** The whole file. */
    public static String write(Configuration configuration) {
        return CONFIGURATION.write(configuration) instanceof Yaml.Mapping document ? YamlEmitter.emit(document) : "";
    }
}
