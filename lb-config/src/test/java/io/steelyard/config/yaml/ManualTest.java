package io.steelyard.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.config.ConfigurationSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Holds the JSON schema and the manual to the reader's table of keys. After a change of the table, {@code -Dsteelyard.update=true} writes
 * the schema and the manual's tables anew.
 */
class ManualTest {
    private static final Path ROOT = root();
    private static final Path SCHEMA = ROOT.resolve("docs/schema/steelyard.schema.json");
    static final Path MANUAL = ROOT.resolve("docs/configuration.md");
    private static final boolean IS_UPDATE = Boolean.getBoolean("steelyard.update");

    private static Path root() {
        var here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("docs")) ? here : here.getParent();
    }

    @Test
    void schemaHasTheReadersKeys() throws IOException {
        var generated = SchemaText.generate();
        if (IS_UPDATE) {
            Files.writeString(SCHEMA, generated);
        }
        assertThat(Files.readString(SCHEMA))
                .as("the schema is out of date: run this test with -Dsteelyard.update=true")
                .isEqualTo(generated);
    }

    @Test
    void manualHasATableOfEverySection() throws IOException {
        var manual = Files.readString(MANUAL);
        var expected = manual;
        for (var section : Sections.all().values()) {
            var marks = Pattern.compile("(?s)(<!-- keys of " + section.title() + " -->\n).*?(<!-- end -->)");
            assertThat(marks.matcher(manual).results().count())
                    .as("tables of " + section.title() + " in the manual")
                    .isEqualTo(1);
            assertThat(manual).contains("\n#### " + section.title() + "\n");
            expected = marks.matcher(expected)
                    .replaceAll(mark ->
                            java.util.regex.Matcher.quoteReplacement(mark.group(1) + table(section) + mark.group(2)));
        }
        if (IS_UPDATE) {
            Files.writeString(MANUAL, expected);
        }
        assertThat(Files.readString(MANUAL))
                .as("the manual's tables are out of date: run this test with -Dsteelyard.update=true")
                .isEqualTo(expected);
    }

    @Test
    void everyExampleOfTheManualIsReadWithoutAProblem() throws IOException {
        var manual = Files.readString(MANUAL);
        var examples = Pattern.compile("(?s)```yaml\n(.*?)```")
                .matcher(manual)
                .results()
                .toList();
        assertThat(examples).hasSizeGreaterThan(5);
        for (var example : examples) {
            var source = ConfigurationSource.of("example.yaml", example.group(1));
            assertThat(new YamlReader().read(source).problems())
                    .as(example.group(1))
                    .isEmpty();
            assertThat(new SchemaCheck(parse(Files.readString(SCHEMA))).faults(parse(example.group(1))))
                    .as(example.group(1))
                    .isEmpty();
        }
    }

    @Test
    void everyKeyIsInAnExampleOfTheManual() throws IOException {
        var manual = Files.readString(MANUAL);
        var examples = new StringBuilder();
        Pattern.compile("(?s)```yaml\n(.*?)```")
                .matcher(manual)
                .results()
                .forEach(example -> examples.append(example.group(1)));
        for (var section : Sections.all().values()) {
            for (var key : section.keys()) {
                assertThat(examples.toString()).as(section.title()).containsPattern("\\b" + key.name() + ":");
            }
        }
    }

    @Test
    void schemaTakesWhatTheWriterWrites() throws IOException {
        var check = new SchemaCheck(parse(Files.readString(SCHEMA)));
        for (long seed = 0; seed < 200; seed++) {
            var text = YamlWriter.write(RandomConfiguration.make(new Random(seed)));
            assertThat(check.faults(parse(text))).as(text).isEmpty();
        }
    }

    @Test
    void schemaRefusesAnUnknownKeyWhereverTheReaderDoes() throws IOException {
        var check = new SchemaCheck(parse(Files.readString(SCHEMA)));
        var text = YamlWriter.write(RandomConfiguration.make(new Random(7)));
        var lines = text.lines().toList();
        int refused = 0;
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            if (!line.matches(" +[a-zA-Z0-9]+: .*")) {
                continue;
            }
            var changed = new ArrayList<>(lines);
            changed.set(i, line.replaceFirst("([a-zA-Z0-9]+):", "$1Xyz:"));
            var wrong = String.join("\n", changed);
            boolean isRefusedByReader = new YamlReader()
                    .read(ConfigurationSource.of("f", wrong)).problems().stream()
                            .anyMatch(problem -> problem.what().startsWith("unknown key"));
            assertThat(!check.faults(parse(wrong)).isEmpty()).as(wrong).isEqualTo(isRefusedByReader);
            refused += isRefusedByReader ? 1 : 0;
        }
        assertThat(refused).isGreaterThan(10);
    }

    private static Yaml parse(String text) {
        return YamlParser.parse(ConfigurationSource.of("f", text), problem -> {
                    throw new AssertionError(problem);
                })
                .orElseThrow();
    }

    private static String table(Section<?> section) {
        var table = new StringBuilder("| key | value | default | meaning |\n|---|---|---|---|\n");
        for (var key : section.keys()) {
            table.append("| `%s` | %s | %s | %s |%n"
                    .formatted(
                            key.name(),
                            key.form().shape().name(),
                            key.isRequired()
                                    ? "**required**"
                                    : key.defaultText().isEmpty() ? "–" : key.defaultText(),
                            key.description()));
        }
        return table.toString();
    }
}
