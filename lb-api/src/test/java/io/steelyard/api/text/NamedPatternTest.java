package io.steelyard.api.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NamedPatternTest {
    @Test
    void namesGroupsAsPcreDoes() {
        var pattern = NamedPattern.compile("(x)(?<a_b>\\d)(?P<_c>\\d)(?'D'\\d)", false);
        assertThat(pattern.names()).containsExactly("a_b", "_c", "d");
        assertThat(pattern.groups()).containsExactly(2, 3, 4);
        var matcher = pattern.pattern().matcher("x123");
        assertThat(matcher.matches()).isTrue();
        assertThat(matcher.group(pattern.groups().get(1))).isEqualTo("2");
    }

    @Test
    void leavesLookBehindEscapesAndClassesAlone() {
        for (var text : new String[] {"(?<=a)b", "(?<!a)b", "\\(?<a>", "[(?<a>]", "(?:a)", "(?i)a"}) {
            var pattern = NamedPattern.compile(text, false);
            assertThat(pattern.names()).isEmpty();
            assertThat(pattern.pattern().pattern()).isEqualTo(text);
        }
    }

    @Test
    void mayIgnoreCase() {
        assertThat(NamedPattern.compile("^a$", true).pattern().matcher("A").find())
                .isTrue();
        assertThat(NamedPattern.compile("^a$", false).pattern().matcher("A").find())
                .isFalse();
    }

    @Test
    void tellsWhatIsWrong() {
        assertThatThrownBy(() -> NamedPattern.compile("(", false)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NamedPattern.compile("(".repeat(100_000) + ")".repeat(100_000), false))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
