package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code lb pick} decides as the real nginx and HAProxy did. The recordings are those of lb-schedulers, whose README says how they were
 * made; a case is asked here where a command line can say it: servers that do not change, and one kind of question.
 */
class PickRecordingsTest {
    private static final Set<String> KINDS = Set.of("key", "client", "sequence");

    @TempDir
    private Path directory;

    /** One pool, and what was asked of it: the kind, the text, the answer. */
    private record Case(String scheduler, String options, String servers, List<String[]> lines) {
        boolean isForACommandLine() {
            return !servers.contains("dead")
                    && KINDS.contains(lines.getFirst()[0])
                    && lines.stream().allMatch(line -> line[0].equals(lines.getFirst()[0]))
                    && (!isSequence() || lines.size() == 1);
        }

        boolean isSequence() {
            return lines.getFirst()[0].equals("sequence");
        }

        @Override
        public String toString() {
            return (scheduler + " " + options).strip() + " " + servers + " " + lines.getFirst()[0];
        }
    }

    @TestFactory
    Stream<DynamicNode> decidesAsRecorded() throws IOException {
        var tests = new ArrayList<DynamicNode>();
        for (var file : List.of("first.txt", "nginx-1.22.1.txt", "haproxy-2.6.12.txt")) {
            var cases = read(file).stream().filter(Case::isForACommandLine).toList();
            assertThat(cases).as(file).hasSizeGreaterThan(8);
            cases.forEach(one -> tests.add(test(one)));
        }
        return tests.stream();
    }

    private DynamicTest test(Case one) {
        return dynamicTest(one.toString(), () -> {
            var arguments = new ArrayList<>(List.of("pick", "--scheduler", one.scheduler));
            for (var option : one.options.split(" ")) {
                if (!option.isEmpty()) {
                    arguments.addAll(List.of("--option", option));
                }
            }
            for (var server : one.servers.split(" ")) {
                arguments.addAll(
                        List.of("--server", server.replace("*", ",weight=").replace("max_conns=", "max=")));
            }
            if (one.isSequence()) {
                var expected = one.lines.getFirst()[1];
                arguments.addAll(List.of("--count", String.valueOf(expected.length())));
                assertThat(pick(arguments).stream().map(server -> letter(server, one)))
                        .isEqualTo(
                                expected.chars().mapToObj(Character::toString).toList());
                return;
            }
            ask(one, arguments);
            assertThat(pick(arguments).stream()
                            .map(line -> line.substring(0, line.lastIndexOf('\t') + 1)
                                    + letter(line.substring(line.lastIndexOf('\t') + 1), one)))
                    .isEqualTo(one.lines.stream()
                            .map(line -> line[1] + "\t" + line[2])
                            .toList());
        });
    }

    private void ask(Case one, List<String> arguments) throws IOException {
        var questions = one.lines.stream().map(line -> line[1]).toList();
        if (one.lines.getFirst()[0].equals("client")) {
            questions.forEach(client -> arguments.addAll(List.of("--client", client)));
        } else {
            var keys = Files.createTempFile(directory, "keys", "");
            Files.writeString(keys, questions.stream().collect(Collectors.joining("\n", "", "\n")));
            arguments.addAll(List.of("--keys-from", keys.toString()));
        }
    }

    /** The lines it prints. */
    private static List<String> pick(List<String> arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Lb.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        return out.toString().lines().toList();
    }

    private static String letter(String server, Case one) {
        var addresses = new ArrayList<String>();
        for (var text : one.servers.split(" ")) {
            addresses.add(text.substring(0, text.indexOf('*')));
        }
        assertThat(new LinkedHashSet<>(addresses)).hasSameSizeAs(addresses);
        return server.equals("-") ? server : String.valueOf((char) ('a' + addresses.indexOf(server)));
    }

    private static List<Case> read(String file) throws IOException {
        var cases = new ArrayList<Case>();
        var resource = Objects.requireNonNull(PickRecordingsTest.class.getResourceAsStream("/recorded/" + file), file);
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
