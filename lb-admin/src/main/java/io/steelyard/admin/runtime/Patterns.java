package io.steelyard.admin.runtime;

import io.steelyard.api.text.PatternFile;
import io.steelyard.api.text.PatternFile.Entry;
import io.steelyard.api.text.PatternFile.Matching;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The commands about maps and the patterns of ACLs: {@code show} {@code get} {@code set} {@code add} {@code del} {@code clear} (HAProxy 2.6, management guide 9.3). */
final class Patterns {
    private final boolean isMap;

    private Patterns(boolean isMap) {
        this.isMap = isMap;
    }

    /** @param kind {@code map} or {@code acl} */
    static Patterns of(String kind) {
        return new Patterns(kind.equals("map"));
    }

    private String name() {
        return isMap ? "map" : "ACL";
    }

    private PatternFile file(String reference) {
        return PatternFile.all(isMap).stream()
                .filter(file -> reference.equals(file.name()) || reference.equals("#" + file.id()))
                .findFirst()
                .orElseThrow(() ->
                        new RefusedCommandException("Unknown " + name() + " identifier. Please use #<id> or <file>."));
    }

    String show(List<String> words) {
        if (words.isEmpty()) {
            return "# id (file) description\n"
                    + PatternFile.all(isMap).stream().map(this::line).collect(Collectors.joining());
        }
        return file(words.getFirst()).entries().stream()
                .map(entry -> reference(entry) + " " + entry.key() + (isMap ? " " + entry.value() : "") + "\n")
                .collect(Collectors.joining());
    }

    private String line(PatternFile file) {
        return "%d (%s) pattern loaded from file '%s' used by %s. curr_ver=0 next_ver=0 entry_cnt=%d\n"
                .formatted(
                        file.id(),
                        file.name(),
                        file.name(),
                        isMap ? "map" : "acl",
                        file.entries().size());
    }

    private static String reference(Entry entry) {
        return "0x" + Long.toHexString(entry.id());
    }

    String get(List<String> words) {
        if (words.size() < 2) {
            throw new RefusedCommandException("Missing " + name() + " identifier and/or key.");
        }
        return file(words.getFirst()).matchings().stream()
                .map(matching -> found(matching, words.get(1)))
                .collect(Collectors.joining());
    }

    private String found(Matching matching, String text) {
        var head = "type=" + matching.type() + ", case=" + (matching.ignoresCase() ? "insensitive" : "sensitive");
        boolean isTree = matching.type().equals("ip")
                || !matching.ignoresCase()
                        && (matching.type().equals("str") || matching.type().equals("beg"));
        var index = ", idx=" + (isTree ? "tree" : "list");
        return matching.match(text)
                        .map(entry -> isMap
                                ? head + ", found=yes" + index + ", key=\"" + entry.key() + "\", value=\""
                                        + entry.value() + "\", type=\"" + matching.valueType() + "\""
                                : head + ", match=yes" + index + ", pattern=\"" + entry.key() + "\"")
                        .orElse(head + (isMap ? ", found=no" : ", match=no"))
                + "\n";
    }

    String set(List<String> words) {
        if (words.size() < 3) {
            throw new RefusedCommandException("'set map' expects three parameters: map identifier, key and value.");
        }
        if (!file(words.getFirst()).set(which(words.get(1)), words.get(2))) {
            throw new RefusedCommandException("entry not found.");
        }
        return "";
    }

    String add(List<String> words) {
        if (isMap && words.size() < 3) {
            throw new RefusedCommandException(
                    "'add map' expects three parameters (map identifier, key and value) or one parameter (map identifier) and a payload");
        }
        if (words.size() < 2) {
            throw new RefusedCommandException("'add acl' expects two parameters: ACL identifier and pattern.");
        }
        var file = file(words.getFirst());
        for (var matching : file.matchings()) {
            matching.problem(words.get(1)).ifPresent(problem -> {
                throw new RefusedCommandException(problem);
            });
        }
        file.add(words.get(1), isMap ? words.get(2) : "");
        return "";
    }

    String remove(List<String> words) {
        if (words.size() < 2) {
            throw new RefusedCommandException(
                    "This command expects two parameters: " + name() + " identifier and key.");
        }
        if (!file(words.getFirst()).delete(which(words.get(1)))) {
            throw new RefusedCommandException("Key not found.");
        }
        return "";
    }

    String clear(List<String> words) {
        if (words.isEmpty()) {
            throw new RefusedCommandException("Missing " + name() + " identifier.");
        }
        file(words.getFirst()).clear();
        return "";
    }

    /** Entries of a pattern, or the one of a reference that {@code show} told. */
    private static Predicate<Entry> which(String keyOrReference) {
        return keyOrReference.startsWith("#")
                ? entry -> keyOrReference.equals("#" + reference(entry))
                : entry -> entry.key().equals(keyOrReference);
    }
}
