package io.steelyard.config.haproxy.expression;

import io.steelyard.api.affinity.CountedKey;
import io.steelyard.api.affinity.StickCount;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.http.HttpFacts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stick tables count (HAProxy 2.6, configuration manual, sections 7.3.1 and 7.3.3): {@code sc_*}, {@code sc0_*} to {@code sc2_*} and {@code
 * src_*}, and the converters {@code table_*}. Where a key is unknown there is 0; where nothing is tracked, or the table does not count it, no
 * value. An array's index is the first argument; {@code sc0_} and its like have no arrays but for {@code sc1_clr_gpc}, as in HAProxy 2.6.12.
 */
final class CounterSamples {
    private static final List<String> PREFIXES = List.of("sc_", "sc0_", "sc1_", "sc2_", "src_");

    /** By what stands behind the prefix: what is read. */
    private static final Map<String, StickCount> READ = new LinkedHashMap<>();

    static {
        for (var count : StickCount.values()) {
            boolean isGeneral = List.of(
                            StickCount.GPC0, StickCount.GPC1, StickCount.GPT0, StickCount.GPC, StickCount.GPT)
                    .contains(count);
            boolean isBytes =
                    List.of(StickCount.BYTES_IN_CNT, StickCount.BYTES_OUT_CNT).contains(count);
            if (!isBytes) {
                READ.put((isGeneral ? "get_" : "") + count.countName(), count);
            }
        }
        READ.put("kbytes_in", StickCount.BYTES_IN_CNT);
        READ.put("kbytes_out", StickCount.BYTES_OUT_CNT);
    }

    private static final List<String> OF_ARRAYS = List.of("get_gpc", "get_gpt", "gpc_rate", "inc_gpc", "clr_gpc");

    private CounterSamples() {}

    /** Whether a method, without what is before its first underscore, has an index. */
    private static boolean isOfArray(String what) {
        return OF_ARRAYS.contains(what);
    }

    /** The rows of these methods, as {@link Fetches} has them. */
    static String rows() {
        var rows = new StringBuilder();
        for (var prefix : PREFIXES) {
            var counts = prefix.equals("sc_") ? "1-2" : "0-1";
            READ.keySet().stream()
                    .filter(name -> !isOfArray(name))
                    .forEach(name -> row(rows, prefix + name, "SINT", counts));
            for (var change : List.of("inc_gpc0", "inc_gpc1", "clr_gpc0", "clr_gpc1")) {
                row(rows, prefix + change, "SINT", counts);
            }
            if (prefix.equals("src_")) {
                row(rows, "src_updt_conn_cnt", "SINT", counts);
            } else {
                row(rows, prefix + "trackers", "SINT", counts);
                row(rows, prefix + "tracked", "BOOL", counts);
            }
        }
        for (var name : OF_ARRAYS) {
            row(rows, "sc_" + name, "SINT", "2-3");
            row(rows, "src_" + name, "SINT", "2");
        }
        row(rows, "sc1_clr_gpc", "SINT", "1-2");
        return rows.toString();
    }

    private static void row(StringBuilder rows, String name, String type, String counts) {
        rows.append(name)
                .append(" | ")
                .append(type)
                .append(" | ")
                .append(counts)
                .append(" | CONNECTION\n");
    }

    /** The converters, whose work is done by {@link #ofTable}. */
    static List<Converter> converters() {
        var all = new ArrayList<Converter>();
        READ.keySet().forEach(name -> all.add(converter("table_" + name.replaceFirst("^get_", ""), Sample.Type.SINT)));
        all.add(converter("table_trackers", Sample.Type.SINT));
        all.add(converter("in_table", Sample.Type.BOOL));
        return all;
    }

    private static Converter converter(String name, Sample.Type out) {
        boolean hasIndex = isOfArray(reading(name));
        int arguments = hasIndex ? 2 : 1;
        return new Converter(name, Optional.empty(), Optional.of(out), arguments, arguments, (sample, written) -> {
            if (hasIndex) {
                index(written.getFirst());
            }
            return Optional.of(sample);
        });
    }

    /** What a converter reads, such as {@code get_gpc0} for {@code table_gpc0}. */
    private static String reading(String converter) {
        var what = converter.substring("table_".length());
        return READ.containsKey("get_" + what) ? "get_" + what : what;
    }

    /** Whether a converter looks into a table. */
    static boolean isOfTable(String converter) {
        return converter.startsWith("table_") || converter.equals("in_table");
    }

    /** Whether a fetch is one of these. */
    static boolean isOne(String fetch) {
        return PREFIXES.stream().anyMatch(fetch::startsWith)
                && !fetch.equals("src_port")
                && !fetch.equals("src_is_local");
    }

    static @Nullable Sample of(Fetch fetch, HttpFacts facts) {
        var name = fetch.method().name();
        var what = name.substring(name.indexOf('_') + 1);
        boolean hasIndex = isOfArray(what);
        int index = hasIndex ? index(fetch.argument(0)) : 0;
        int next = hasIndex ? 1 : 0;
        if (name.startsWith("src_")) {
            var table = facts.table(fetch.argument(next));
            var client = facts.clientAddress();
            if (table == null || client == null) {
                return null;
            }
            var key = new Sample.Addr(client).text();
            boolean changes = what.startsWith("inc_") || what.startsWith("updt_");
            return value(what, index, changes ? table.use(key) : table.find(key));
        }
        boolean namesSlot = name.startsWith("sc_");
        int slot = namesSlot ? slot(fetch.argument(next)) : name.charAt(2) - '0';
        var tracked = facts.tracked(slot);
        if (what.equals("tracked")) {
            return new Sample.Bool(tracked != null);
        }
        if (tracked == null) {
            return null;
        }
        var elsewhere = fetch.argument(namesSlot ? next + 1 : next);
        if (elsewhere.isEmpty()) {
            return value(what, index, tracked);
        }
        var table = facts.table(elsewhere);
        return table == null ? null : value(what, index, table.find(tracked.key()));
    }

    /** @throws IllegalArgumentException where a slot or an index is none */
    static void check(Fetch fetch) {
        var name = fetch.method().name();
        boolean hasIndex = isOne(name) && isOfArray(name.substring(name.indexOf('_') + 1));
        if (hasIndex) {
            index(fetch.argument(0));
        }
        if (name.startsWith("sc_")) {
            slot(fetch.argument(hasIndex ? 1 : 0));
        }
    }

    private static int index(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException none) {
            throw new IllegalArgumentException("'" + text + "' is no index of an array of counters, expected 0 to "
                    + (StickTable.MOST_OF_ARRAY - 1));
        }
    }

    private static int slot(String text) {
        if (!text.matches("[0-2]")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no stick counter, expected 0 to " + (Tracking.SLOTS - 1));
        }
        return text.charAt(0) - '0';
    }

    private static @Nullable Sample value(String what, int index, @Nullable CountedKey key) {
        if (key == null) {
            return new Sample.Sint(0);
        }
        if (what.equals("trackers")) {
            return new Sample.Sint(key.trackers());
        }
        var count = READ.get(what);
        if (count != null) {
            long value = key.value(count, index);
            return key.has(count, index) ? new Sample.Sint(what.startsWith("kbytes_") ? value >> 10 : value) : null;
        }
        return changed(what, index, key);
    }

    private static @Nullable Sample changed(String what, int index, CountedKey key) {
        var sum = what.equals("updt_conn_cnt")
                ? StickCount.CONN_CNT
                : what.endsWith("gpc") ? StickCount.GPC : what.endsWith("1") ? StickCount.GPC1 : StickCount.GPC0;
        if (!key.has(sum, index) && !what.startsWith("inc_")) {
            return null;
        }
        if (what.startsWith("clr_")) {
            long before = key.value(sum, index);
            key.set(sum, index, 0);
            return new Sample.Sint(before);
        }
        long rate = key.add(
                switch (sum) {
                    case GPC -> StickCount.GPC_RATE;
                    case GPC1 -> StickCount.GPC1_RATE;
                    case GPC0 -> StickCount.GPC0_RATE;
                    default -> StickCount.CONN_RATE;
                },
                index,
                1);
        return new Sample.Sint(key.has(sum, index) ? key.add(sum, index, 1) : rate);
    }

    /** What a converter makes of a key; its last argument is the table. */
    static Optional<Sample> ofTable(String converter, Sample sample, List<String> arguments, HttpFacts facts) {
        var table = facts.table(arguments.getLast());
        if (table == null) {
            return Optional.empty();
        }
        var key = table.find(sample.text());
        if (converter.equals("in_table")) {
            return Optional.of(new Sample.Bool(key != null));
        }
        int index = arguments.size() > 1 ? index(arguments.getFirst()) : 0;
        return Optional.ofNullable(value(reading(converter), index, key));
    }
}
