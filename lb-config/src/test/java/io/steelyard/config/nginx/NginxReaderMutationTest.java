package io.steelyard.config.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Good files, changed at random: characters, pieces and lines added, removed, doubled and moved. */
class NginxReaderMutationTest {
    private static final int MUTANTS = 20_000;
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            ";",
            "\"",
            "'",
            "\\",
            "#",
            "\n",
            "\r",
            " ",
            "\t",
            "$",
            "${",
            "~",
            "*",
            "=",
            ":",
            "-",
            "/",
            "%",
            "\u0000",
            "\u00A0",
            "\uFEFF",
            "\uFF1B",
            "\uD83D",
            "99999999999999999999",
            "0",
            "-1",
            "server",
            "upstream",
            "include x;",
            "listen 70000;",
            "(?<",
            "[",
            "(",
            "default",
            "ranges;",
            "10.0.0.0/8",
            "::1",
            "zone=a:1m",
            "http {",
            "location / {",
            "proxy_pass http://a;",
            "proxy_pass http://$host/$1;",
            "proxy_set_header X-A $http_b;",
            "if ($host) {",
            "if (",
            "return 301 /;",
            "rewrite ^ / last;",
            "error_page 404 = @a;",
            "add_header X-A b;",
            "server_name ~(;",
            "limit_req zone=a burst=2;",
            "access_log off;",
            "^~",
            "=",
            "@a");

    @Test
    void mutantsAreReadOrRefusedButNeverBreakTheReader() throws IOException {
        var seeds = new ArrayList<String>();
        ReaderCases.all().forEach(one -> seeds.add(one.text()));
        try (var seed = NginxReaderMutationTest.class.getResourceAsStream("/seeds/0-stream.nginx.conf")) {
            seeds.add(new String(seed.readAllBytes(), StandardCharsets.UTF_8));
        }
        var random = new SplittableRandom(20_261_121);
        int[] accepted = {0};
        Assertions.assertTimeout(Duration.ofSeconds(120), () -> {
            for (int i = 0; i < MUTANTS; i++) {
                var text = seeds.get(random.nextInt(seeds.size()));
                for (int changes = random.nextInt(4); changes >= 0; changes--) {
                    text = mutate(text, random);
                }
                try {
                    accepted[0] +=
                            NginxReaderRobustness.check(text).configuration().isPresent() ? 1 : 0;
                } catch (RuntimeException | AssertionError broken) {
                    throw new AssertionError("broken by:\n" + text, broken);
                }
            }
        });
        assertThat(accepted[0]).isBetween(MUTANTS / 200, MUTANTS / 2);
    }

    private static String mutate(String text, SplittableRandom random) {
        int from = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + 1 + random.nextInt(1 + random.nextInt(40)));
        int at = random.nextInt(text.length() + 1);
        return switch (random.nextInt(5)) {
            case 0 -> text.substring(0, from) + text.substring(to);
            case 1 -> text.substring(0, at) + text.substring(from, to) + text.substring(at);
            case 2 -> text.substring(0, at) + (char) random.nextInt(0x3000) + text.substring(at);
            default -> text.substring(0, at) + PIECES.get(random.nextInt(PIECES.size())) + text.substring(at);
        };
    }
}
