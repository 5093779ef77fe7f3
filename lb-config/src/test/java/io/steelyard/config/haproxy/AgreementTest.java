package io.steelyard.config.haproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What HAProxy refuses we refuse, and what it accepts we accept, but for rows that give a reason. */
class AgreementTest {
    private static final Path HAPROXY = Path.of("/usr/sbin/haproxy");
    private static final String FRONTEND =
            "frontend f\n bind 127.0.0.1:9999\n mode tcp\n timeout client 1s\n default_backend b\n";
    private static final String BACKEND =
            "backend b\n mode tcp\n timeout connect 1s\n timeout server 1s\n server s 127.0.0.1:1\n";

    /** Why we differ; the page about haproxy.cfg tells of each. */
    private static final Set<String> REASONS =
            Set.of("unsupported", "unused", "old", "numbers", "files", "names", "other");

    private record Row(String place, String line, String haproxys, String ours, String reason) {
        String text() {
            return switch (place) {
                case "frontend" -> FRONTEND + " " + line + "\n" + BACKEND;
                case "backend" -> FRONTEND + BACKEND + " " + line + "\n";
                case "defaults", "global" -> place + "\n " + line + "\n" + FRONTEND + BACKEND;
                default -> line.replace("\\n", "\n");
            };
        }
    }

    private static List<Row> rows() throws IOException {
        try (var stream = AgreementTest.class.getResourceAsStream("agreement.tsv")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .map(cells -> new Row(cells[0], cells[1], cells[2], cells[3], cells.length > 4 ? cells[4] : ""))
                    .toList();
        }
    }

    @Test
    void verdictsAreTheRecordedOnes() throws IOException {
        assertThat(rows()).hasSizeGreaterThan(1_500).allSatisfy(row -> {
            var result = new HaproxyConfigurationReader().read(ConfigurationSource.of("f", row.text()), Map.of());
            var told = result.problems().stream().filter(Problem::isError).toList();
            assertThat(told.isEmpty() ? "accepts" : "refuses")
                    .as("%s: %s", row, told)
                    .isEqualTo(row.ours());
        });
    }

    @Test
    void everyDifferenceHasAReason() throws IOException {
        assertThat(rows()).allSatisfy(row -> {
            if (row.haproxys().equals(row.ours())) {
                assertThat(row.reason()).isEmpty();
            } else {
                assertThat(row.reason()).isIn(REASONS);
            }
        });
        assertThat(rows().stream().filter(row -> row.reason().isEmpty()).count())
                .isGreaterThan(1_300);
    }

    /** A few of the rows, put to the program again. */
    @Test
    void theRecordedVerdictsAreHaproxys(@TempDir Path folder) throws Exception {
        assumeTrue(Files.isExecutable(HAPROXY), "HAProxy is not installed");
        var rows = rows();
        for (int i = 0; i < rows.size(); i += 60) {
            var file = Files.writeString(folder.resolve("f.cfg"), rows.get(i).text());
            var process = new ProcessBuilder(HAPROXY.toString(), "-c", "-f", file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("out").toFile())
                    .start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            // 2 is a file without a listener, which is no fault.
            assertThat(process.exitValue() == 1 ? "refuses" : "accepts")
                    .as(rows.get(i).toString())
                    .isEqualTo(rows.get(i).haproxys());
        }
    }
}
