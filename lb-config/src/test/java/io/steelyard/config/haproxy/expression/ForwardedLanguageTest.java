package io.steelyard.config.haproxy.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.pool.ServerAddress;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedLanguageTest {
    private static final SampleSource REQUEST = fetch -> switch (fetch.method().name()) {
        case "src" -> List.of(new Sample.Addr(ServerAddress.numericAddress("192.0.2.1")));
        case "src_port" -> List.of(new Sample.Sint(4711));
        case "dst" -> List.of(new Sample.Addr(ServerAddress.numericAddress("2001:db8::1")));
        case "dst_port" -> List.of(new Sample.Sint(443));
        case "ssl_fc" -> List.of(new Sample.Bool(true));
        case "req.hdr" -> List.of(new Sample.Str("a.example"));
        case "path" -> List.of(new Sample.Str("/x"));
        case "str" -> List.of(new Sample.Str(fetch.argument(0)));
        default -> List.of();
    };

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|proto=https;for=192.0.2.1",
                "proto|proto=https",
                "for|for=192.0.2.1",
                "for for_port|for=\"192.0.2.1:4711\"",
                "by|by=\"[2001:db8::1]\"",
                "by by_port host proto|proto=https;host=\"a.example\";by=\"[2001:db8::1]:443\"",
                "host-expr str(b.example) for-expr str(_hidden)|host=\"b.example\";for=_hidden",
                "for for_port-expr path|for=\"192.0.2.1\"",
                "for-expr path|for=unknown"
            })
    void elementsSayWhatIsAskedFor(String words, String element) {
        assertThat(ForwardedLanguage.read(words).apply(REQUEST)).isEqualTo(element);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "by_port|'by_port' needs 'by'",
                "host-expr|'host-expr' has no expression",
                "colour|there is no parameter 'colour'",
                "for-expr nothing_known|nothing_known"
            })
    void wrongOnesAreTold(String words, String told) {
        assertThatThrownBy(() -> ForwardedLanguage.read(words))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(told);
    }
}
