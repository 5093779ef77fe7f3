package io.steelyard.api.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
    private static final List<OptionSpec> SPECS = List.of(
            OptionSpec.flag("fallback", "a flag"),
            OptionSpec.integer("size", 251, "an integer"),
            OptionSpec.decimal("factor", 1.25, "a number"),
            OptionSpec.duration("tau", "10s", "a time"),
            OptionSpec.choice("hash", List.of("new", "old"), "a choice"),
            OptionSpec.text("zone", "", "any text"));

    @Test
    void defaultsHoldWhereNothingIsGiven() {
        var options = Options.defaults(SPECS);
        assertThat(options.flag("fallback")).isFalse();
        assertThat(options.integer("size")).isEqualTo(251);
        assertThat(options.decimal("factor")).isEqualTo(1.25);
        assertThat(options.duration("tau")).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.text("hash")).isEqualTo("new");
        assertThat(options.has("zone")).isFalse();
        assertThat(options.has("hash")).isTrue();
    }

    @Test
    void givenValuesHold() {
        var options = Options.of(
                SPECS,
                Map.of("fallback", "on", "size", "-7", "factor", "2", "tau", "1m", "hash", "old", "zone", "north"));
        assertThat(options.flag("fallback")).isTrue();
        assertThat(options.integer("size")).isEqualTo(-7);
        assertThat(options.decimal("factor")).isEqualTo(2);
        assertThat(options.duration("tau")).isEqualTo(Duration.ofMinutes(1));
        assertThat(options.text("hash")).isEqualTo("old");
        assertThat(options.text("zone")).isEqualTo("north");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "fallback; yes;                  true or false",
                "size;     1.5;                  an integer",
                "size;     99999999999999999999; an integer",
                "factor;   NaN;                  a number",
                "factor;   many;                 a number",
                "tau;      5;                    a time such as 500ms, 2s or 1m30s",
                "tau;      999999999999d;        a time such as 500ms, 2s or 1m30s",
                "hash;     md5;                  one of new, old",
            })
    void wrongFormIsAProblemThatSaysWhatWasExpected(String name, String text, String expected) {
        var problems = Options.check("pools.web.scheduler.options", SPECS, Map.of(name, text));
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.path()).isEqualTo("pools.web.scheduler.options." + name);
            assertThat(problem.what()).contains(text);
            assertThat(problem.expectation()).isEqualTo(expected);
            assertThat(problem.isError()).isTrue();
        });
        assertThatThrownBy(() -> Options.of(SPECS, Map.of(name, text))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void allProblemsAreFoundInOneGo() {
        var problems = Options.check("options", SPECS, Map.of("size", "big", "hash", "md5", "colour", "red"));
        assertThat(problems).hasSize(3).allMatch(Problem::isError);
        assertThat(problems)
                .filteredOn(problem -> problem.path().equals("options.colour"))
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.expectation()).isEqualTo("one of factor, fallback, hash, size, tau, zone"));
    }

    @Test
    void pluginWithoutOptionsTakesNone() {
        assertThat(Options.check("options", List.of(), Map.of("size", "1")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.expectation()).isEqualTo("no option"));
    }

    @Test
    void undeclaredOptionIsABugOfThePlugin() {
        assertThatThrownBy(() -> Options.defaults(SPECS).text("colour"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("colour");
    }
}
