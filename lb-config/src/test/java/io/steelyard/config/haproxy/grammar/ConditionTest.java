package io.steelyard.config.haproxy.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row was put to {@code haproxy -c} 2.6.12. */
class ConditionTest {
    private static final Environment ENVIRONMENT = new Environment(Map.of("HOME", "/root"));

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'';false",
                "0;false",
                "00;false",
                "1;true",
                "-1;true",
                "' 1 ';true",
                "!1;false",
                "!!1;true",
                "! 1;false",
                "(1);true",
                "0||1&&0;false",
                "1||0&&0;true",
                "(1||1)&&0;false",
                "defined(HOME);true",
                "! defined(HOME);false",
                "!defined(HOME) || 1;true",
                "!defined(HOME)&&1;false",
                "defined;false",
                "defined();false",
                "defined( HOME );false",
                "streq(a,a);true",
                "streq(a, a);false",
                "streq(,);true",
                "strneq(a,b);true",
                "feature(EPOLL);true",
                "feature(NO_SUCH);false",
                "version_atleast(2.4-dev19);true",
                "version_atleast(2.6.12);true",
                "version_atleast(2.6.13);false",
                "version_atleast(2.7-dev1);false",
                "version_atleast(x);true",
                "version_before(9);true",
                "version_before(2.6-dev5);false",
            })
    void holdsAsInHaproxy(String condition, boolean holds) {
        assertThat(Condition.holds(condition, ENVIRONMENT)).isEqualTo(holds);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo",
                "12x",
                "1 2",
                "true",
                " ",
                "(1",
                "1)",
                "streq(a)",
                "streq(a,b,c)",
                "defined(HOME",
                "1||zz",
                "1&&",
                "enabled(SPLICE)"
            })
    void refusesWhatHaproxyRefuses(String condition) {
        assertThatIllegalArgumentException().isThrownBy(() -> Condition.holds(condition, ENVIRONMENT));
    }

    @Test
    void deepNestingIsRefusedBeforeTheStackEnds() {
        assertThatIllegalArgumentException().isThrownBy(() -> Condition.holds("(".repeat(100_000), ENVIRONMENT));
    }
}
