package io.steelyard.api.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A configuration text and where it came from.
 *
 * @param name the file name as the user gave it; it begins every message
 * @param text the whole content
 * @param path the file, to find others it includes beside it; absent for text that came from elsewhere
 * @param block the block that the text is the inside of, such as {@code http} for a part of an nginx.conf; absent for a whole file
 * @param isLenient whether statements that the reader does not know are left out with a warning that says what was ignored, where the reader
 *     can tell them from the rest (nginx.conf); otherwise they are errors
 */
public record ConfigurationSource(
        String name, String text, Optional<Path> path, Optional<String> block, boolean isLenient) {
    /** The longest file {@link #read} takes, in bytes. */
    public static final int MOST_BYTES = 16 << 20;

    public ConfigurationSource {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(block, "block");
    }

    /** A whole file. */
    public ConfigurationSource(String name, String text, Optional<Path> path) {
        this(name, text, path, Optional.empty(), false);
    }

    /** The same text as the inside of a block. */
    public ConfigurationSource inside(String blockName) {
        return new ConfigurationSource(name, text, path, Optional.of(blockName), isLenient);
    }

    /** The same text, of which unknown statements are left out. */
    public ConfigurationSource lenient() {
        return new ConfigurationSource(name, text, path, block, true);
    }

    public static ConfigurationSource of(String name, String text) {
        return new ConfigurationSource(name, text, Optional.empty());
    }

    /**
     * Reads a file, or a pipe until its end, as UTF-8; bytes that are not become U+FFFD.
     *
     * @throws IOException where it cannot be read, is a directory, or has more than {@link #MOST_BYTES}
     */
    public static ConfigurationSource read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException("it is a directory");
        }
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        if (bytes.length > MOST_BYTES) {
            throw new IOException(
                    "it is longer than " + (MOST_BYTES >> 20) + " MiB, the most a configuration file may have");
        }
        return new ConfigurationSource(file.toString(), new String(bytes, StandardCharsets.UTF_8), Optional.of(file));
    }
}
