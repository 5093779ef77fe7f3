package io.steelyard.config.yaml;

import io.steelyard.api.Configuration;
import io.steelyard.api.vrrp.VrrpSettings;

/** Writes a configuration as YAML that {@link YamlReader} reads back as an equal one, leaving out what defaults say. Safe for all threads. */
public final class YamlWriter {
    private static final ConfigurationSection CONFIGURATION = new ConfigurationSection();

    private YamlWriter() {}

    /**
     * The whole file.
     *
     * @throws IllegalArgumentException where the configuration has anything of VRRP: YAML has no keys for it
     */
    public static String write(Configuration configuration) {
        if (!configuration.virtualRouters().isEmpty()
                || !configuration.syncGroups().isEmpty()
                || !configuration.trackers().isEmpty()
                || !configuration.vrrp().equals(VrrpSettings.DEFAULT)) {
            throw new IllegalArgumentException(
                    "virtual routers, sync groups and trackers cannot be written as YAML; they are configured in code");
        }
        return CONFIGURATION.write(configuration) instanceof Yaml.Mapping document ? YamlEmitter.emit(document) : "";
    }
}
