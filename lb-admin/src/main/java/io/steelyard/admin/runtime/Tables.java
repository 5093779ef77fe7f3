package io.steelyard.admin.runtime;

import io.steelyard.api.LoadBalancer;
import io.steelyard.api.affinity.CountedKey;
import io.steelyard.api.affinity.CountedKeys;
import io.steelyard.api.affinity.StickCount;
import io.steelyard.api.affinity.StickTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** {@code show table}, {@code set table} and {@code clear table}, as HAProxy 2.6 has them (management guide, section 9.3). */
final class Tables {
    private static final String DATA = "data.";

    private final LoadBalancer balancer;

    Tables(LoadBalancer balancer) {
        this.balancer = balancer;
    }

    private CountedKeys table(String name) {
        return balancer.configuration().stickTables().stream()
                .filter(table -> table.name().equals(name))
                .findFirst()
                .flatMap(table -> balancer.stickTable(name))
                .orElseThrow(() -> new RefusedCommandException("No such table"));
    }

    // ---- show

    /** @param words none for all tables; a table, and perhaps {@code key} or conditions on its data */
    String show(List<String> words) {
        var text = new StringBuilder();
        if (words.isEmpty()) {
            // The last of the file first, as HAProxy lists them.
            balancer.configuration().stickTables().reversed().forEach(each -> text.append(heading(table(each.name()))));
            return text.toString();
        }
        var table = table(words.getFirst());
        var wanted = wanted(table, words);
        if (words.size() > 2 && words.get(1).equals("key") && table.find(words.get(2)) == null) {
            return "";
        }
        text.append(heading(table));
        table.all().stream().filter(wanted).forEach(key -> line(table, key, text));
        return text.toString();
    }

    private static String heading(CountedKeys table) {
        var specification = table.specification();
        return "# table: " + specification.name() + ", type: "
                + specification.keys().name().toLowerCase(Locale.ROOT) + ", size:" + specification.capacity()
                + ", used:"
                + table.all().size() + "\n";
    }

    private static void line(CountedKeys table, CountedKey key, StringBuilder text) {
        text.append("0x").append(Integer.toHexString(System.identityHashCode(key)));
        text.append(": key=").append(key.key()).append(" use=").append(key.trackers());
        text.append(" exp=").append(key.leftMs() == Long.MAX_VALUE ? 0 : key.leftMs());
        for (var count : StickCount.values()) {
            for (var counter : table.specification().counters()) {
                for (int i = 0; counter.count() == count && i < counter.size(); i++) {
                    text.append(' ').append(shownName(count, i));
                    text.append(count.isRate() ? "(" + counter.period().toMillis() + ")" : "");
                    text.append('=').append(key.value(count, i));
                }
            }
        }
        text.append('\n');
    }

    /** Each element of an array is shown like a counter of its own: the second of {@code gpc_rate} is {@code gpc1_rate}. */
    private static String shownName(StickCount count, int index) {
        var name = count.countName();
        return count.isArray() ? name.substring(0, "gpc".length()) + index + name.substring("gpc".length()) : name;
    }

    // ---- which keys

    private static Predicate<CountedKey> wanted(CountedKeys table, List<String> words) {
        if (words.size() < 2) {
            return key -> true;
        }
        if (words.get(1).equals("key")) {
            var only = words.size() < 3 ? null : table.find(words.get(2));
            return key -> key == only;
        }
        Predicate<CountedKey> all = key -> true;
        int number = 1;
        for (int i = 1; i < words.size(); i += 3, number++) {
            all = all.and(filter(table.specification(), words, i, "Filter entry #" + number + ": "));
        }
        return all;
    }

    private static Predicate<CountedKey> filter(StickTable table, List<String> words, int at, String place) {
        var count = stored(table, words.get(at), place);
        var operator = at + 1 < words.size() ? words.get(at + 1) : "";
        if (!List.of("eq", "ne", "le", "ge", "lt", "gt").contains(operator)) {
            throw new RefusedCommandException(
                    place + "Require and operator among \"eq\", \"ne\", \"le\", \"ge\", \"lt\", \"gt\"");
        }
        long value = number(at + 2 < words.size() ? words.get(at + 2) : "", place);
        return key -> {
            int order = Long.compare(key.value(count), value);
            return switch (operator) {
                case "eq" -> order == 0;
                case "ne" -> order != 0;
                case "le" -> order <= 0;
                case "ge" -> order >= 0;
                case "lt" -> order < 0;
                default -> order > 0;
            };
        };
    }

    private static StickCount stored(StickTable table, String word, String place) {
        var count = word.startsWith(DATA)
                ? StickCount.named(word.substring(DATA.length()))
                : java.util.Optional.<StickCount>empty();
        if (count.isEmpty()) {
            throw new RefusedCommandException(place + "Unknown data type");
        }
        if (table.counters().stream().noneMatch(counter -> counter.count() == count.get())) {
            throw new RefusedCommandException(place + "Data type not stored in this table");
        }
        return count.get();
    }

    private static long number(String text, String place) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException none) {
            throw new RefusedCommandException(place + "Require a valid integer value to compare against");
        }
    }

    // ---- set and clear

    /** {@code TABLE key KEY data.NAME VALUE …}. */
    String set(List<String> words) {
        var table = table(words.isEmpty() ? "" : words.getFirst());
        if (words.size() > 1 && words.get(1).startsWith(DATA)) {
            throw new RefusedCommandException(
                    "content-based lookup is only supported with the \"show\" and \"clear\" actions");
        }
        if (words.size() < 3 || !words.get(1).equals("key")) {
            throw new RefusedCommandException(
                    "Required arguments: <table> key <key> [\"data.<store_data_type>\" <value>]*");
        }
        var changes = new ArrayList<Runnable>();
        var key = table.use(words.get(2));
        if (key == null) {
            throw new RefusedCommandException("Invalid key, or the table is full");
        }
        for (int i = 3; i < words.size(); i += 2) {
            var count = stored(table.specification(), words.get(i), "");
            long value = number(i + 1 < words.size() ? words.get(i + 1) : "", "");
            changes.add(() -> key.set(count, value));
        }
        changes.forEach(Runnable::run);
        return "";
    }

    /** As {@link #show} takes it: keys that are tracked stay. */
    String clear(List<String> words) {
        if (words.isEmpty()) {
            throw new RefusedCommandException(
                    "Required arguments: <table> \"data.<store_data_type>\" <operator> <value> or <table> key <key>");
        }
        var table = table(words.getFirst());
        boolean isOne = words.size() > 1 && words.get(1).equals("key");
        for (var key : table.all().stream().filter(wanted(table, words)).toList()) {
            if (!table.remove(key.key()) && isOne) {
                throw new RefusedCommandException("Entry currently in use, cannot remove");
            }
        }
        return "";
    }
}
