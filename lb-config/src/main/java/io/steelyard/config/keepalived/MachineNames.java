package io.steelyard.config.keepalived;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The names that a machine has for numbers of routing: tables, realms and the like, as iproute2 keeps them in its folder. A file is read when the
 * first of its names is asked for. Used by one thread.
 */
final class MachineNames {
    private final Path iproute;
    private final Path protocols;
    private final Map<Kind, Map<String, String>> known = new HashMap<>();

    /** What a name is of. */
    enum Kind {
        TABLE("rt_tables"),
        SCOPE("rt_scopes"),
        PROTOCOL("rt_protos"),
        REALM("rt_realms"),
        TRAFFIC_CLASS("rt_dsfield"),
        INTERFACE_GROUP("group"),
        IP_PROTOCOL("");

        private final String file;

        Kind(String file) {
            this.file = file;
        }
    }

    /** Those of this machine. */
    static MachineNames system() {
        return new MachineNames(Path.of("/etc/iproute2"), Path.of("/etc/protocols"));
    }

    /** @param iproute iproute2's folder @param protocols the file of IP protocols (protocols(5)) */
    MachineNames(Path iproute, Path protocols) {
        this.iproute = iproute;
        this.protocols = protocols;
    }

    /** What a name stands for; the name itself where the machine has no such name, as for a number. */
    String resolve(Kind kind, String name) {
        return known.computeIfAbsent(kind, this::read).getOrDefault(name, name);
    }

    private Map<String, String> read(Kind kind) {
        var names = new HashMap<String, String>();
        if (kind == Kind.IP_PROTOCOL) {
            readFile(protocols, true, names);
            return names;
        }
        readFile(iproute.resolve(kind.file), false, names);
        var folder = iproute.resolve(kind.file + ".d");
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(file -> file.toString().endsWith(".conf"))
                        .sorted()
                        .forEach(file -> readFile(file, false, names));
            } catch (IOException unreadable) {
                // Names that nobody can read are unknown, and the reader of the configuration says so where one is
                // used.
                return names;
            }
        }
        return names;
    }

    /** Lines of a number and a name, or of a name, a number and further names. */
    private static void readFile(Path file, boolean isNameFirst, Map<String, String> names) {
        if (!Files.isReadable(file)) {
            return;
        }
        try {
            for (var line : Files.readString(file, StandardCharsets.ISO_8859_1).split("\n")) {
                var words = line.replaceFirst("#.*", "").strip().split("\\s+");
                for (int i = 0; words.length >= 2 && i < words.length; i++) {
                    if (i != (isNameFirst ? 1 : 0)) {
                        names.putIfAbsent(words[i], words[isNameFirst ? 1 : 0]);
                    }
                }
            }
        } catch (IOException unreadable) {
            // As above.
            names.clear();
        }
    }
}
