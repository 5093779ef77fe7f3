package io.steelyard.config.nginx;

import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The cases of {@code stream-cases.txt} and {@code http-cases.txt}. */
final class ReaderCases {
    private static final String WHOLE = "whole ";

    private ReaderCases() {}

    /**
     * One case.
     *
     * @param text the whole file
     * @param isAccepted whether we take it
     * @param expected what we say: severity, line:column, and a part of the text
     */
    record Case(String name, String text, boolean isAccepted, List<String> expected) {
        ConfigurationSource source() {
            return ConfigurationSource.of("case", text);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> all() {
        return Stream.of(stream(), http()).flatMap(List::stream).toList();
    }

    static List<Case> stream() {
        return read("stream-cases.txt", "stream");
    }

    static List<Case> http() {
        return read("http-cases.txt", "http");
    }

    private static List<Case> read(String file, String block) {
        try (var stream = ReaderCases.class.getResourceAsStream(file)) {
            var text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            var cases = new ArrayList<Case>();
            var parts = List.of(text.split("(?m)^=== "));
            for (var part : parts.subList(1, parts.size())) {
                int end = part.indexOf('\n');
                cases.add(read(part.substring(0, end).split(" *\\| *"), part.substring(end + 1), block));
            }
            return cases;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Case read(String[] head, String body, String block) {
        var expected = new ArrayList<String>();
        var text = new StringBuilder();
        for (var line : body.split("\n")) {
            if (line.startsWith("!! ")) {
                expected.add(line.substring(3));
            } else {
                text.append(line).append('\n');
            }
        }
        var whole = head[0].startsWith(WHOLE) ? text.toString() : "events {} " + block + " {\n" + text + "}\n";
        return new Case(head[0], whole, head[2].equals("accepts"), expected);
    }

    /** Such as {@code error 2:10 text}. */
    static String brief(Problem problem) {
        var position = problem.position().orElseThrow();
        return problem.severity().name().toLowerCase(java.util.Locale.ROOT) + " " + position.line() + ":"
                + position.column() + " " + problem.text();
    }
}
