package io.steelyard.api.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
    @Test
    void textAndVariablesAreToldApart() {
        var template = Template.parse("$remote_addr:${Server_Port}ms");
        assertThat(template.parts())
                .containsExactly(
                        new Template.Part.Variable("remote_addr"),
                        new Template.Part.Literal(":"),
                        new Template.Part.Variable("server_port"),
                        new Template.Part.Literal("ms"));
        assertThat(template.variables()).containsExactly("remote_addr", "server_port");
        assertThat(template.isLiteral()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"plain, plain", "'', ''", "$a$b, ${a}${b}", "x$1y, x${1y}", "${a}b, ${a}b", "a-$b-c, a-${b}-c", "}{, }{"
    })
    void writtenFormIsReadBackTheSame(String text, String written) {
        var template = Template.parse(text);
        assertThat(template).hasToString(written);
        assertThat(Template.parse(written)).isEqualTo(template);
    }

    @ParameterizedTest
    @CsvSource({
        "'a$', at character 2",
        "$$a, at character 1",
        "$-, at character 1",
        "${}, at character 1",
        "${a, no closing",
        "${a b}, no closing"
    })
    void dollarWithoutANameIsRefusedWithItsPlace(String text, String reason) {
        assertThatThrownBy(() -> Template.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void literalIsNeverRead() {
        assertThat(Template.literal("$not_a_variable").isLiteral()).isTrue();
        assertThat(Template.literal("").parts()).isEmpty();
        assertThat(Template.parse("").isLiteral()).isTrue();
    }
}
