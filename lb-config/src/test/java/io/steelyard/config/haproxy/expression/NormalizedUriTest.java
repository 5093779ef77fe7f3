package io.steelyard.config.haproxy.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalizedUriTest {
    @ParameterizedTest
    @CsvSource({
        "fragment-encode, false, /a#b#c, /a%23b%23c",
        "fragment-strip, false, /a?x#b#c, /a?x",
        "path-merge-slashes, false, /a//b#//c, /a/b#//c",
        "path-strip-dot, false, /./a?./b, /a?./b",
        "path-strip-dotdot, false, /../../a/../b, /../../b",
        "path-strip-dotdot, true, /../../a/../b, /b",
        "percent-decode-unreserved, false, /%41%2f%, /A%2f%",
        "percent-to-uppercase, false, /%c3%zz, /%C3%zz",
        "query-sort-by-name, false, /?b=1&a#z&y, /?a&b=1#z&y"
    })
    void targetsHaveAnotherForm(String normalizer, boolean hasOption, String target, String expected) {
        assertThat(NormalizedUri.of(target, normalizer, hasOption)).contains(expected);
    }

    @Test
    void aPercentSignWithoutTwoDigitsHasNoStrictForm() {
        assertThat(NormalizedUri.of("/%4", "percent-to-uppercase", true)).isEmpty();
        assertThat(NormalizedUri.of("/?%g0", "percent-decode-unreserved", true)).isEmpty();
        assertThat(NormalizedUri.of("/%4f", "percent-to-uppercase", true)).contains("/%4F");
    }

    @Test
    void unknownNormalizersAreTold() {
        assertThatThrownBy(() -> NormalizedUri.of("/", "path-reverse", false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("path-strip-dot");
    }
}
