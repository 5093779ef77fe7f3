package io.steelyard.config.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.config.ReadResult;
import java.net.UnknownHostException;

/** What holds for every text whatsoever. */
final class NginxReaderRobustness {
    private NginxReaderRobustness() {}

    /** Reads the text: nothing is thrown, every position lies in it, and a refusal has a reason. */
    static ReadResult check(String text) {
        var source = ConfigurationSource.of("f", text);
        // Nobody is asked for the host names that chance makes.
        var reader = new NginxConfigurationReader(host -> {
            throw new UnknownHostException(host);
        });
        assertThat(reader.recognizes(source)).isBetween(0, 100);
        var result = reader.read(source);
        var lines = text.split("\n", -1);
        for (var problem : result.problems()) {
            problem.position().ifPresent(position -> {
                assertThat(position.file()).isEqualTo("f");
                assertThat(position.line()).isBetween(1, lines.length);
                assertThat(position.column()).isBetween(1, lines[position.line() - 1].length() + 1);
            });
            assertThat(problem.text()).isNotEmpty();
        }
        assertThat(result.configuration().isEmpty())
                .isEqualTo(result.problems().stream().anyMatch(problem -> problem.isError()));
        return result;
    }
}
