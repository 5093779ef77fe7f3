package io.steelyard.config.keepalived;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.config.ConfigurationSource;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Files with random damage: nothing is thrown, and what is refused says why and where. */
class KeepalivedReaderMutationTest {
    private static final int MUTANTS = 5_000;
    private static final String[] PIECES = {
        "{",
        "}",
        "\"",
        "'",
        "!",
        "#",
        "\n",
        " ",
        "-1",
        "99999999999",
        "$X=1",
        "${X}",
        "\u00A0",
        "0.0.0.0/0",
        "fe80::1",
        "weight",
        "priority",
        "virtual_ipaddress",
        "\\",
        "@a",
        "include x",
        "\0"
    };

    @Test
    void damagedFilesAreReadOrRefusedWithAPlace() throws IOException {
        var random = new SplittableRandom(20_261_121);
        String[] seeds = {
            Read.seed("0-dual-vip-lb1.keepalived.conf").text(),
            Read.seed("3-tracked-nginx-master.keepalived.conf").text(),
            Read.seed("1-lvs-dr-master.keepalived.conf").text(),
            Read.instance(
                    "virtual_routes {",
                    "default via 10.1.1.1 dev eth1",
                    "}",
                    "virtual_rules {",
                    "from 10.0.0.0/8 table 5",
                    "}",
                    "auth_hmac {",
                    "key 1 0123456789abcdef0123456789abcdef",
                    "}",
                    "unicast_peer {",
                    "10.0.0.2 min_ttl 3",
                    "}")
        };
        int accepted = 0;
        for (int i = 0; i < MUTANTS; i++) {
            var text = new StringBuilder(seeds[random.nextInt(seeds.length)]);
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
                    default ->
                        text.replace(
                                at,
                                Math.min(text.length(), at + random.nextInt(20)),
                                PIECES[random.nextInt(PIECES.length)]);
                }
            }
            var result = new KeepalivedConfigurationReader().read(ConfigurationSource.of("k", text.toString()));
            accepted += result.configuration().isPresent() ? 1 : 0;
            if (result.configuration().isEmpty()) {
                assertThat(result.problems())
                        .as("mutant %d:%n%s", i, text)
                        .anyMatch(problem ->
                                problem.isError() && problem.position().isPresent());
            }
        }
        assertThat(accepted).isBetween(MUTANTS / 20, MUTANTS * 19 / 20);
    }
}
