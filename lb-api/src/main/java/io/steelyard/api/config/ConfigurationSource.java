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
 */
public record ConfigurationSource(String name, String text, Optional<Path> path) {
    public ConfigurationSource {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(path, "path");
    }

    public static ConfigurationSource of(String name, String text) {
        return new ConfigurationSource(name, text, Optional.empty());
    }

    /** Reads a file as UTF-8; bytes that are not become U+FFFD. */
    public static ConfigurationSource read(Path file) throws IOException {
        return new ConfigurationSource(
                file.toString(), new String(Files.readAllBytes(file), StandardCharsets.UTF_8), Optional.of(file));
    }
}
