package io.steelyard.config.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReaderCasesTest {
    static List<ReaderCases.Case> cases() {
        return ReaderCases.all();
    }

    @Test
    void thereAreMany() {
        assertThat(ReaderCases.stream()).hasSizeGreaterThan(100);
        assertThat(ReaderCases.http()).hasSizeGreaterThan(200);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void readsAsTheTableSays(ReaderCases.Case one) {
        var result = new NginxConfigurationReader().read(one.source());
        var told = result.problems().stream().map(ReaderCases::brief).toList();
        assertThat(result.configuration().isPresent()).as("accepted, %s", told).isEqualTo(one.isAccepted());
        for (var expected : one.expected()) {
            var place = expected.substring(0, expected.indexOf(' ', expected.indexOf(' ') + 1) + 1);
            var text = expected.substring(place.length());
            assertThat(told)
                    .anySatisfy(problem -> assertThat(problem).startsWith(place).contains(text));
        }
        long loud = result.problems().stream()
                .filter(problem -> problem.severity() != Problem.Severity.NOTICE)
                .count();
        long loudExpected = one.expected().stream()
                .filter(expected -> !expected.startsWith("notice"))
                .count();
        assertThat(loud).as("errors and warnings of %s", told).isEqualTo(loudExpected);
        assertThat(new NginxConfigurationReader().recognizes(one.source())).isGreaterThan(50);
    }
}
