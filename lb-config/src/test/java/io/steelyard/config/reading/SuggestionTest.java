package io.steelyard.config.reading;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
    private static final List<String> KNOWN = List.of("weight", "maxConnections", "maxFails", "servers", "id");

    @ParameterizedTest
    @CsvSource({
        "wieght, weight",
        "wight, weight",
        "WEIGHT, weight",
        "max_connections, maxConnections",
        "max-fails, maxFails",
        "server, servers",
        "maxFail, maxFails"
    })
    void aNameThatIsNearIsSuggested(String written, String meant) {
        assertThat(Suggestion.of(written, KNOWN)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({"banana", "x", "colour"})
    void aNameThatIsFarIsNot(String written) {
        assertThat(Suggestion.of(written, KNOWN)).isEmpty();
    }
}
