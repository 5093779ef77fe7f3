package io.steelyard.config.haproxy;

import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.config.haproxy.grammar.Word;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Finds the certificates of {@code crt} and {@code crt-list}: files with their keys, or folders of such. One thread. */
final class CertificateFiles {
    /** Files of a folder that belong to others. */
    private static final List<String> SIDE_FILES = List.of(".issuer", ".ocsp", ".sctl", ".key");

    /** Kinds of keys, each with a file of its own. */
    private static final List<String> BUNDLED = List.of(".ecdsa", ".rsa", ".dsa");

    private static final long MOST_BYTES = 4 << 20;

    private final Findings findings;
    private final TlsDefaults defaults;

    CertificateFiles(Findings findings, TlsDefaults defaults) {
        this.findings = findings;
        this.defaults = defaults;
    }

    /** {@code crt}. */
    List<TlsCertificate> find(Word word) {
        return find(word, word.text(), List.of());
    }

    private List<TlsCertificate> find(Word at, String text, List<String> names) {
        try {
            var path = Path.of(defaults.certificate(text));
            var found = new ArrayList<TlsCertificate>();
            for (var file : files(path)) {
                certificate(at, file, names).ifPresent(found::add);
            }
            if (found.isEmpty() && Files.isDirectory(path)) {
                wrong(at, path, "it has no certificate");
            }
            return found;
        } catch (IOException | InvalidPathException failed) {
            wrong(at, text, "it cannot be read: " + failed.getMessage());
            return List.of();
        }
    }

    private static List<Path> files(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            try (var entries = Files.list(path)) {
                return entries.filter(Files::isRegularFile)
                        .filter(file -> !file.getFileName().toString().startsWith("."))
                        .filter(file -> SIDE_FILES.stream()
                                .noneMatch(end -> file.getFileName().toString().endsWith(end)))
                        .sorted()
                        .toList();
            }
        }
        if (!Files.exists(path)) {
            var bundle = BUNDLED.stream()
                    .map(kind -> Path.of(path + kind))
                    .filter(Files::isRegularFile)
                    .toList();
            if (!bundle.isEmpty()) {
                return bundle;
            }
        }
        return List.of(path);
    }

    /** A file with its key in it or in {@code FILE.key}, and its OCSP response in {@code FILE.ocsp}. */
    private Optional<TlsCertificate> certificate(Word at, Path file, List<String> names) throws IOException {
        if (!Files.isRegularFile(file)) {
            wrong(at, file, "there is no such file");
            return Optional.empty();
        }
        var key = file;
        if (!text(file).contains("PRIVATE KEY-----")) {
            key = Path.of(file + ".key");
            if (!Files.isRegularFile(key)) {
                wrong(at, file, "it holds no private key, and there is no " + key);
                return Optional.empty();
            }
        }
        var status = Path.of(file + ".ocsp");
        return Optional.of(new TlsCertificate(
                findings.file(file.toString(), at.position()),
                findings.file(key.toString(), at.position()),
                Optional.empty(),
                Files.isRegularFile(status)
                        ? Optional.of(findings.file(status.toString(), at.position()))
                        : Optional.empty(),
                Optional.empty(),
                names));
    }

    private static String text(Path file) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
            throw new IOException("it is no file of up to " + (MOST_BYTES >> 20) + " MiB");
        }
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    /** {@code crt-list}: a file's name on each line, and whom it is for. */
    List<TlsCertificate> list(Word word) {
        var found = new ArrayList<TlsCertificate>();
        try {
            var lines = text(Path.of(defaults.certificate(word.text()))).lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                var line = lines.get(i).strip();
                if (!line.isEmpty() && !line.startsWith("#")) {
                    line(word, i + 1, line, found);
                }
            }
        } catch (IOException | InvalidPathException failed) {
            wrong(word, word.text(), "it cannot be read: " + failed.getMessage());
        }
        return found;
    }

    private void line(Word at, int number, String line, List<TlsCertificate> found) {
        int open = line.indexOf('[');
        int close = line.indexOf(']');
        boolean hasOptions = open >= 0 && close > open;
        if (hasOptions && !line.substring(open + 1, close).isBlank()) {
            findings.error(
                    at.position(),
                    "line " + number + " of " + at
                            + " cannot be honoured: all certificates of a bind have the same options",
                    "",
                    "write them behind bind, without [ ]");
            return;
        }
        var words = (hasOptions ? line.substring(0, open) + " " + line.substring(close + 1) : line).split("\\s+");
        var names = Arrays.asList(words).subList(1, words.length);
        found.addAll(find(at, words[0], names.contains("*") ? List.of() : names));
    }

    private void wrong(Word at, Object file, String what) {
        findings.error(
                at.position(),
                "certificate file " + file + ": " + what,
                "a PEM file with a certificate and its key",
                "");
    }
}
