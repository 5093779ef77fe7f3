package io.steelyard.config.reading;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** File names with wildcards, as glob(3) has them: {@code *}, {@code ?} and {@code [a-z]} within a name, names sorted, no hidden files. */
public final class Glob {
    private Glob() {}

    /** Whether the text has a wildcard. */
    public static boolean isPattern(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0 || text.indexOf('[') >= 0;
    }

    /**
     * The files that match.
     *
     * @throws IOException where a directory cannot be listed
     * @throws IllegalArgumentException where the text is no pattern of file names
     */
    public static List<Path> expand(Path directory, String pattern) throws IOException {
        try {
            var found = List.of(pattern.startsWith("/") ? Path.of("/") : directory);
            for (var part : Path.of(pattern)) {
                var name = part.toString();
                found = isPattern(name) ? matching(found, name) : existing(found, name);
            }
            return found.stream().filter(Files::isRegularFile).toList();
        } catch (InvalidPathException | PatternSyntaxException wrong) {
            throw new IllegalArgumentException("it is not a pattern of file names", wrong);
        } catch (DirectoryIteratorException failed) {
            throw failed.getCause();
        }
    }

    private static List<Path> existing(List<Path> directories, String name) {
        return directories.stream()
                .map(directory -> directory.resolve(name))
                .filter(Files::exists)
                .toList();
    }

    private static List<Path> matching(List<Path> directories, String name) throws IOException {
        var regex = Pattern.compile(regex(name), Pattern.DOTALL);
        var found = new ArrayList<Path>();
        for (var directory : directories) {
            var inDirectory = new ArrayList<Path>();
            if (Files.isDirectory(directory)) {
                try (var entries = Files.newDirectoryStream(directory)) {
                    for (var entry : entries) {
                        var entryName = entry.getFileName().toString();
                        if (entryName.startsWith(".") == name.startsWith(".")
                                && regex.matcher(entryName).matches()) {
                            inDirectory.add(directory.resolve(entryName));
                        }
                    }
                }
            }
            inDirectory.sort(Comparator.comparing(path -> path.getFileName().toString()));
            found.addAll(inDirectory);
        }
        return found;
    }

    private static String regex(String glob) {
        var regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                case '[' -> {
                    int close = glob.indexOf(']', i + 2);
                    if (close < 0) {
                        regex.append("\\[");
                    } else {
                        var members = glob.substring(i + 1, close);
                        boolean isNegated = members.startsWith("!") || members.startsWith("^");
                        regex.append(isNegated ? "[^" : "[")
                                .append(members.substring(isNegated ? 1 : 0).replaceAll("[\\[\\]\\\\^&]", "\\\\$0"))
                                .append(']');
                        i = close;
                    }
                }
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return regex.toString();
    }
}
