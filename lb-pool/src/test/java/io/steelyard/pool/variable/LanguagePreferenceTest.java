package io.steelyard.pool.variable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguagePreferenceTest {
    private static final List<String> OFFERED = List.of("en", "de", "fr", "pt-BR");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                    | en",
                "de                                    | de",
                "DE                                    | de",
                "da, en-gb;q=0.8, en;q=0.7             | en",
                "de;q=0.5, fr;q=0.7                    | fr",
                "fr;q=0.7,de;q=0.701                   | de",
                "de, fr                                | de",
                "fr, de                                | de",
                "de-CH, fr;q=0.9                       | de",
                "de-CH;q=0.3, de;q=0.1, fr;q=0.2       | fr",
                "pt                                    | pt-BR",
                "pt-br;q=0.9, *;q=0.5                  | pt-BR",
                "*                                     | en",
                "*;q=0.5, en;q=0                       | de",
                "en;q=0, de;q=0, *;q=0                 | none",
                "ja, ko;q=0.5                          | none",
                "deu                                   | none",
                "de;q=2, fr                            | fr",
                "de;level=1, fr;q=0.1                  | fr",
                ",, ;q=1, fr                           | fr",
                "de ; q=0.2 , fr ; q=0.3               | fr",
                "fr;q=0.001, de;q=0.0001               | fr",
                "fr;q=1.000, de;q=0.999                | fr"
            })
    void weightsDecide(String field, String best) {
        int index = LanguagePreference.best(field, OFFERED);
        assertThat(index < 0 ? "none" : OFFERED.get(index)).isEqualTo(best);
    }
}
