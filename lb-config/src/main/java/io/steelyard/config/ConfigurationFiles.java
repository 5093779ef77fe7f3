package io.steelyard.config;

import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationReader;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.config.ReadResult;
import io.steelyard.api.plugin.Plugins;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reads configuration files, each in its own format, and joins them into one configuration. Safe for all threads.
 */
public final class ConfigurationFiles {
    private final List<ConfigurationReader> readers;
    private final Optional<String> block;
    private final boolean isLenient;

    private ConfigurationFiles(List<ConfigurationReader> readers, Optional<String> block, boolean isLenient) {
        this.isLenient = isLenient;
        this.readers = List.copyOf(readers);
        this.block = block;
    }

    /** Reads every format these plug-ins know. */
    public static ConfigurationFiles of(Plugins plugins) {
        return new ConfigurationFiles(plugins.readers(), Optional.empty(), false);
    }

    /** Takes each file for the inside of a block, as {@link ConfigurationSource#block} tells. */
    public ConfigurationFiles inside(String blockName) {
        return new ConfigurationFiles(readers, Optional.of(blockName), isLenient);
    }

    /** Leaves out what a reader does not know, as {@link ConfigurationSource#isLenient} tells. */
    public ConfigurationFiles lenient() {
        return new ConfigurationFiles(readers, block, true);
    }

    /**
     * Reads files; each one's format follows from its content.
     *
     * @param files at least one
     */
    public ReadFiles read(List<Path> files) {
        return read(files, Optional.empty());
    }

    /**
     * Reads files.
     *
     * @param files at least one
     * @param format the name of the reader of all of them; where it is absent each one's follows from its content
     */
    public ReadFiles read(List<Path> files, Optional<String> format) {
        var problems = new ArrayList<Problem>();
        var sources = new ArrayList<ConfigurationSource>();
        for (var file : files) {
            try {
                var source = ConfigurationSource.read(file);
                var placed = block.map(source::inside).orElse(source);
                sources.add(isLenient ? placed.lenient() : placed);
            } catch (IOException wrong) {
                problems.add(Problem.error(file.toString(), "cannot be read: " + reason(wrong)));
            }
        }
        return read(sources, format, problems);
    }

    /** Reads texts, as {@link #read(List, Optional)} does files. */
    public ReadFiles readSources(List<ConfigurationSource> sources, Optional<String> format) {
        return read(sources, format, new ArrayList<>());
    }

    private ReadFiles read(List<ConfigurationSource> sources, Optional<String> format, List<Problem> problems) {
        var parts = new ArrayList<ReadResult>();
        for (var source : sources) {
            var reader = reader(source, format, problems);
            if (reader.isPresent()) {
                var part = sources.size() == 1
                        ? reader.get().read(source)
                        : reader.get().readPart(source);
                problems.addAll(part.problems());
                parts.add(part);
            }
        }
        if (problems.stream().anyMatch(Problem::isError)) {
            return new ReadFiles(Optional.empty(), problems, parts);
        }
        var joined = new Junction(parts);
        var read = new ReadFiles(Optional.of(joined.configuration()), problems, parts);
        problems.addAll(joined.problems());
        joined.configuration().problems().forEach(problem -> problems.add(read.locate(problem)));
        boolean isSound = problems.stream().noneMatch(Problem::isError);
        return new ReadFiles(isSound ? read.configuration() : Optional.empty(), problems, parts);
    }

    private Optional<ConfigurationReader> reader(
            ConfigurationSource source, Optional<String> format, List<Problem> problems) {
        var names = readers.stream().map(ConfigurationReader::name).sorted().collect(Collectors.joining(", "));
        if (format.isPresent()) {
            var named = readers.stream()
                    .filter(reader -> reader.name().equals(format.get()))
                    .findFirst();
            if (named.isEmpty()) {
                problems.add(Problem.error(source.name(), "unknown format '" + format.get() + "'")
                        .expected("one of " + names));
            }
            return named;
        }
        var best = readers.stream()
                .filter(reader -> reader.recognizes(source) > 0)
                .max(Comparator.comparingInt(reader -> reader.recognizes(source)));
        if (best.isEmpty()) {
            problems.add(Problem.error(source.name(), "the format cannot be told from the content")
                    .expected("one of " + names)
                    .remedy("name it with --format"));
        }
        return best;
    }

    private static String reason(IOException wrong) {
        return switch (wrong) {
            case NoSuchFileException none -> "there is no such file";
            case FileNotFoundException none -> "there is no such file";
            case AccessDeniedException denied -> "permission denied";
            default -> String.valueOf(wrong.getMessage());
        };
    }
}
