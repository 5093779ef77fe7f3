package io.steelyard.config.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.Protocol;
import io.steelyard.api.text.Template;
import io.steelyard.pool.variable.ConnectionFacts;
import io.steelyard.pool.variable.LogLine;
import io.steelyard.pool.variable.VariableTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the real nginx logged for many inputs is what our reader and evaluation together log. */
class VariablesGoldenTest {
    @Test
    void everyVariableIsWhatNginxMadeOfIt() throws IOException {
        var text = "stream {" + resource("variables.nginx.conf")
                + "access_log x golden; server { listen 1; set $input x; return x; } }";
        var result = new NginxConfigurationReader().read(ConfigurationSource.of("f", text));
        assertThat(result.problems()).allMatch(problem -> !problem.isError());
        var configuration = result.configuration().orElseThrow();
        var table = VariableTable.of(configuration.variables());
        var log = LogLine.compile(
                table, configuration.virtualServers().getFirst().accessLogs().getFirst());
        var host = new ConnectionFacts.Host("h", 1, "1.22.1", ZoneOffset.UTC);
        var expected = resource("variables-golden.txt").lines().toList();
        var actual = new ArrayList<String>();
        for (var line : expected) {
            var facts = new ConnectionFacts(host, Protocol.TCP, 1)
                    .client(ServerAddress.numericAddress("127.0.0.1"), 1)
                    .bytes(0, 1)
                    .status(200);
            var evaluation = table.open(facts);
            evaluation.assign("input", table.compile(Template.literal(input(line))));
            actual.add(new String(log.bytes(evaluation), StandardCharsets.ISO_8859_1).strip());
        }
        assertThat(expected).hasSizeGreaterThan(150);
        assertThat(actual).isEqualTo(expected);
    }

    /** The first column, its escapes undone. */
    private static String input(String line) {
        var escaped = line.substring(0, line.indexOf('|'));
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < escaped.length(); i++) {
            if (escaped.startsWith("\\x", i)) {
                bytes.write(Integer.parseInt(escaped.substring(i + 2, i + 4), 16));
                i += 3;
            } else {
                bytes.write(escaped.charAt(i));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String resource(String name) throws IOException {
        try (var stream = VariablesGoldenTest.class.getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Keeps the list of what is compared in one place: the format names every kind of variable. */
    @Test
    void theFormatNamesEveryVariableOfTheFile() throws IOException {
        var text = resource("variables.nginx.conf");
        var format = text.substring(text.indexOf("log_format"));
        assertThat(List.of("exact", "host", "chained", "volatile_one", "net", "range", "loopback", "half", "fine"))
                .allMatch(name -> format.contains("$" + name));
    }
}
