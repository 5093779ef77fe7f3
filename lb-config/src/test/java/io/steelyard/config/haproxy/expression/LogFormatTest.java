package io.steelyard.config.haproxy.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.steelyard.api.pool.ServerAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogFormatTest {
    private static final Map<String, String> FIELDS =
            Map.of("ci", "10.0.0.1", "cp", "4711", "T", "time", "Tr", "12", "HU", "/a\"b]", "ST", "200");

    private static String written(String format) {
        SampleSource samples = fetch -> fetch.method().name().equals("src")
                ? List.of(new Sample.Addr(ServerAddress.numericAddress("10.0.0.1")))
                : List.of();
        return LogFormat.parse(format).writeLog(samples, name -> Optional.ofNullable(FIELDS.get(name)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "plain|plain",
                "100%%|100%",
                "%ci:%cp|10.0.0.1:4711",
                "%T %Tr|time 12",
                "%ft|-",
                "%{+Q}ft|\"\"",
                "%{+Q}ci|\"10.0.0.1\"",
                "%{+Q,+E}HU|\"/a\\\"b\\]\"",
                "%{+X}ST|C8",
                "%{+Q}o%ci %{-Q}cp|\"10.0.0.1\" 4711",
                "%[src]|10.0.0.1",
                "%[src,ipmask(8)]x|10.0.0.0x",
                "%[str(a]b)]|a]b",
                "%[req.hdr(x)]|-",
                "a%[str(%)]b|a%b",
            })
    void writes(String format, String expected) {
        assertThat(written(format)).isEqualTo(expected);
    }

    @Test
    void whatHasNoValueIsLeftOutOfAField() {
        assertThat(LogFormat.parse("a%[req.hdr(x)]b%{+Q}ft").write(fetch -> List.of(), name -> Optional.empty()))
                .isEqualTo("ab\"\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%zz", "%[src", "%[nosuch]", "%{+Q", "%{Q}ci", "%{+Z}ci", "50% off"})
    void refuses(String format) {
        assertThatIllegalArgumentException().isThrownBy(() -> LogFormat.parse(format));
    }
}
