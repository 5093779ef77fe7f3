package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.Tracker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Which processes a process tracker means. The comparing is pure; the counting reads /proc. */
final class ProcessMatch {
    private ProcessMatch() {}

    /**
     * Whether a process is meant.
     *
     * @param wanted the program's name or path, and arguments where they count
     * @param program the process's program: its first word
     * @param arguments its words, the first included
     */
    static boolean isMeant(List<String> wanted, Tracker.Matching matching, String program, List<String> arguments) {
        var first = wanted.getFirst();
        boolean isProgram = first.contains("/") ? first.equals(program) : first.equals(lastPart(program));
        if (!isProgram) {
            return false;
        }
        int count = wanted.size();
        return switch (matching) {
            case NAME -> true;
            case COMMAND -> arguments.size() == count && startsAlike(wanted, arguments, count);
            case INITIAL -> arguments.size() >= count && startsAlike(wanted, arguments, count);
            case PARTIAL ->
                arguments.size() >= count
                        && startsAlike(wanted, arguments, count - 1)
                        && (count == 1 || arguments.get(count - 1).startsWith(wanted.get(count - 1)));
        };
    }

    private static boolean startsAlike(List<String> wanted, List<String> arguments, int count) {
        for (int i = 1; i < count; i++) {
            if (!wanted.get(i).equals(arguments.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static String lastPart(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** How many processes of this machine, of this process's namespace, are meant. */
    static int count(Tracker.Process tracker) throws IOException {
        var wanted = List.of(tracker.process().strip().split("\\s+"));
        int count = 0;
        try (var folders = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var folder : folders) {
                var words = words(folder);
                if (!words.isEmpty() && isMeant(wanted, tracker.matching(), words.getFirst(), words)) {
                    count++;
                }
            }
        }
        return count;
    }

    /** A process's command line; empty for one that has ended meanwhile, and for the kernel's own. */
    private static List<String> words(Path folder) {
        try {
            var text = Files.readString(folder.resolve("cmdline"), StandardCharsets.ISO_8859_1);
            return text.isEmpty() ? List.of() : List.of(text.split("\0", -1)).subList(0, Math.max(1, countWords(text)));
        } catch (IOException ended) {
            return List.of();
        }
    }

    private static int countWords(String text) {
        return (int) text.chars().filter(letter -> letter == 0).count();
    }
}
