package io.steelyard.core.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExchangeRulesTest {
    @ParameterizedTest(name = "requests {0} responses {1}, after {2} sent and {3} answered")
    @CsvSource({
        // requests, responses, sent, answered, takesMore, isFinished, isAnswered
        "0, -1, 1, 0,     true,  false, true",
        "0, -1, 9, 900,   true,  false, true",
        "0,  0, 1, 0,     false, true,  true",
        "0,  1, 1, 0,     true,  false, false",
        "0,  1, 1, 1,     false, true,  true",
        "0,  1, 2, 1,     true,  false, false",
        "0,  1, 2, 3,     false, true,  true",
        "0,  2, 2, 3,     true,  false, false",
        "0,  2, 2, 4,     false, true,  true",
        "2,  1, 1, 1,     true,  false, true",
        "2,  1, 2, 1,     false, false, false",
        "2,  1, 2, 2,     false, true,  true",
        "2,  0, 1, 0,     true,  false, true",
        "2,  0, 2, 0,     false, true,  true",
        "1,  1, 1, 0,     false, false, false",
        "2, -1, 1, 5,     true,  false, true",
        "2, -1, 2, 0,     false, false, true",
        "0, 2000000000, 3, 5999999999, true, false, false",
        "0, 2000000000, 3, 6000000000, false, true, true",
    })
    void endsAsNginxDoes(
            int requests,
            int responses,
            long sent,
            long answered,
            boolean takesMore,
            boolean isFinished,
            boolean isAnswered) {
        var rules = new ExchangeRules(requests, responses);
        assertThat(rules.takesMore(sent, answered)).as("takesMore").isEqualTo(takesMore);
        assertThat(rules.isFinished(sent, answered)).as("isFinished").isEqualTo(isFinished);
        assertThat(rules.isAnswered(sent, answered)).as("isAnswered").isEqualTo(isAnswered);
    }
}
