package io.steelyard.schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugins;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Our schedulers decide as the real nginx and HAProxy did; resources/recorded/README.md says how that was recorded. */
class RecordedDecisionsTest {
    /** One pool, and what was asked of it. */
    private record Case(String scheduler, String options, String servers, List<String[]> lines) {}

    @TestFactory
    Stream<DynamicNode> firstRecordings() throws IOException {
        return decides("first.txt");
    }

    @TestFactory
    Stream<DynamicNode> likeNginx() throws IOException {
        return decides("nginx-1.22.1.txt");
    }

    @TestFactory
    Stream<DynamicNode> likeHaproxy() throws IOException {
        return decides("haproxy-2.6.12.txt");
    }

    private static Stream<DynamicNode> decides(String file) throws IOException {
        var cases = read(file);
        assertThat(cases).hasSizeGreaterThan(20);
        return cases.stream().map(RecordedDecisionsTest::test);
    }

    private static DynamicTest test(Case one) {
        var name = (one.scheduler + " " + one.options).strip() + " " + one.servers;
        return dynamicTest(name, () -> {
            var provider = Plugins.installed().scheduler(one.scheduler).orElseThrow();
            var options = Arrays.stream(one.options.split(" "))
                    .filter(option -> !option.isEmpty())
                    .map(option -> option.split("=", 2))
                    .collect(Collectors.toMap(option -> option[0], option -> option[1]));
            var scheduler = provider.create(Options.of(provider.options(), options));
            var replay = new ReplayedPool(scheduler, one.servers);
            Map<String, String> expected = new LinkedHashMap<>();
            Map<String, String> actual = new LinkedHashMap<>();
            for (int line = 0; line < one.lines.size(); line++) {
                var fields = one.lines.get(line);
                var answer = replay.answer(fields);
                if (answer != null) {
                    var what = line + " " + String.join(" ", Arrays.copyOf(fields, fields.length - 1));
                    expected.put(what, fields[fields.length - 1]);
                    actual.put(what, answer);
                }
            }
            assertThat(actual).isNotEmpty().isEqualTo(expected);
        });
    }

    private static List<Case> read(String file) throws IOException {
        var cases = new ArrayList<Case>();
        var resource =
                Objects.requireNonNull(RecordedDecisionsTest.class.getResourceAsStream("/recorded/" + file), file);
        try (var reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                var fields = line.split("\t", -1);
                if (fields[0].equals("case")) {
                    cases.add(new Case(fields[1], fields[2], fields[3], new ArrayList<>()));
                } else {
                    cases.getLast().lines.add(fields);
                }
            }
        }
        return cases;
    }
}
