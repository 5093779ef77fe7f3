package io.steelyard.launcher.haproxy;

import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Several files as HAProxy reads them: one after the other, so that {@code defaults} of one hold in the next. Places in the whole are turned
 * back into places of the files.
 *
 * @param source the whole
 * @param parts in order
 */
record JoinedFiles(ConfigurationSource source, List<Part> parts) {
    /**
     * A file.
     *
     * @param firstLine its first line's number in the whole
     */
    record Part(String name, int firstLine) {}

    JoinedFiles {
        parts = List.copyOf(parts);
    }

    /**
     * Reads files, and of folders those that end with {@code .cfg}, by name.
     *
     * @throws IOException where one cannot be read; the message is HAProxy's
     */
    static JoinedFiles read(List<String> names) throws IOException {
        var parts = new ArrayList<Part>();
        var whole = new StringBuilder();
        int line = 1;
        Optional<Path> path = Optional.empty();
        for (var name : expanded(names)) {
            String text;
            try {
                var read = ConfigurationSource.read(Path.of(name));
                text = read.text();
                path = path.isPresent() ? path : read.path();
            } catch (IOException wrong) {
                throw new IOException(
                        "Cannot open configuration file/directory " + name + " : "
                                + (Files.exists(Path.of(name)) ? wrong.getMessage() : "No such file or directory"),
                        wrong);
            }
            parts.add(new Part(name, line));
            whole.append(text);
            line += (int) text.chars().filter(c -> c == '\n').count();
            if (!text.isEmpty() && !text.endsWith("\n")) {
                whole.append('\n');
                line++;
            }
        }
        var first = parts.isEmpty() ? "" : parts.getFirst().name();
        return new JoinedFiles(new ConfigurationSource(first, whole.toString(), path), parts);
    }

    private static List<String> expanded(List<String> names) throws IOException {
        var all = new ArrayList<String>();
        for (var name : names) {
            var path = Path.of(name);
            if (!Files.isDirectory(path)) {
                all.add(name);
                continue;
            }
            try (var inside = Files.list(path)) {
                inside.filter(file -> file.toString().endsWith(".cfg") && Files.isRegularFile(file))
                        .map(file -> name + (name.endsWith("/") ? "" : "/") + file.getFileName())
                        .sorted()
                        .forEach(all::add);
            }
        }
        return all;
    }

    /** The problem with its place in its own file. */
    Problem locate(Problem problem) {
        return problem.position().map(this::place).map(problem::at).orElse(problem);
    }

    private Position place(Position position) {
        if (!position.file().equals(source.name())) {
            return position;
        }
        var part = parts.getFirst();
        for (var one : parts) {
            if (one.firstLine() <= position.line()) {
                part = one;
            }
        }
        return new Position(part.name(), position.line() - part.firstLine() + 1, position.column());
    }
}
