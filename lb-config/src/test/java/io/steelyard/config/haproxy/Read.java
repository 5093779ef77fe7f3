package io.steelyard.config.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.config.ReadResult;
import io.steelyard.config.yaml.YamlReader;
import io.steelyard.config.yaml.YamlWriter;
import java.util.Map;

/** What the reader makes of texts. */
final class Read {
    private Read() {}

    static ReadResult result(String text) {
        return new HaproxyConfigurationReader().read(ConfigurationSource.of("f", text), Map.of());
    }

    /** Without an error, and the same when it is written as YAML and read again. */
    static Configuration configuration(String text) {
        var result = result(text);
        assertThat(result.problems()).noneMatch(Problem::isError);
        var configuration = result.configuration().orElseThrow();
        assertThat(new YamlReader()
                        .read(ConfigurationSource.of("y", YamlWriter.write(configuration)))
                        .configuration())
                .as("the same, written as YAML")
                .contains(configuration);
        return configuration;
    }
}
