package io.steelyard.config.haproxy;

import io.steelyard.config.haproxy.Keyword.Treatment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every keyword of HAProxy 2.6 that we know, and those of before that files in use still have. */
final class KeywordTable {
    private static final KeywordTable TABLE = new KeywordTable();

    private final Map<String, List<Keyword>> byName = new LinkedHashMap<>();

    private KeywordTable() {
        read(GlobalKeywords.TABLE);
        read(ProxyKeywords.TABLE);
        read(SectionKeywords.TABLE);
    }

    static KeywordTable get() {
        return TABLE;
    }

    /**
     * Reads a table. A row has the names, the places, how many arguments, what becomes of it and the note, parted by {@code |}; an empty
     * note is that of the row before.
     */
    private void read(String table) {
        var note = "";
        for (var row : table.lines().toList()) {
            if (row.isBlank()) {
                continue;
            }
            var cells = Arrays.stream(row.split("\\|", -1)).map(String::strip).toList();
            var places = EnumSet.noneOf(Place.class);
            for (var place : Place.values()) {
                if (cells.get(1).indexOf(place.letter()) >= 0) {
                    places.add(place);
                }
            }
            var counts = cells.get(2).split("-", -1);
            int least = Integer.parseInt(counts[0]);
            int most = counts.length == 1 ? least : counts[1].isEmpty() ? Keyword.ANY : Integer.parseInt(counts[1]);
            var treatment = Treatment.of(cells.get(3).charAt(0));
            note = cells.size() < 5 ? "" : cells.get(4).isEmpty() ? note : cells.get(4);
            for (var name : cells.getFirst().split(", ")) {
                byName.computeIfAbsent(name, ignored -> new ArrayList<>(1))
                        .add(new Keyword(name, places, least, most, treatment, note));
            }
        }
    }

    /** All meanings of a name; empty for an unknown one. */
    List<Keyword> named(String name) {
        return byName.getOrDefault(name, List.of());
    }

    /** The meaning of a name at a place. */
    Optional<Keyword> find(String name, Place place) {
        return named(name).stream()
                .filter(keyword -> keyword.places().contains(place))
                .findFirst();
    }

    /** The names that have a meaning at a place. */
    List<String> names(Place place) {
        return byName.values().stream()
                .flatMap(List::stream)
                .filter(keyword -> keyword.places().contains(place))
                .map(Keyword::name)
                .distinct()
                .toList();
    }

    /** Every keyword, in the order of the tables. */
    List<Keyword> all() {
        return byName.values().stream().flatMap(List::stream).toList();
    }

    /** The name of a line's keyword: its first two words where these are one, else its first word. */
    String nameOf(List<String> words) {
        if (words.size() > 1) {
            var two = words.get(0) + " " + words.get(1);
            if (byName.containsKey(two)) {
                return two;
            }
        }
        return words.getFirst();
    }
}
