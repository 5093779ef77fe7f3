package io.steelyard.config.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.config.yaml.YamlReader;
import io.steelyard.config.yaml.YamlWriter;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was understood of an nginx file, written as YAML, means the same. */
class NginxToYamlTest {
    static List<ReaderCases.Case> cases() {
        return ReaderCases.all().stream().filter(ReaderCases.Case::isAccepted).toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void yamlMeansTheSame(ReaderCases.Case one) {
        var configuration = new NginxConfigurationReader()
                .read(one.source())
                .configuration()
                .orElseThrow();
        var yaml = YamlWriter.write(configuration);
        var again = new YamlReader().read(ConfigurationSource.of("y", yaml));
        assertThat(again.problems()).as(yaml).noneMatch(Problem::isError);
        assertThat(again.configuration()).as(yaml).contains(configuration);
    }
}
