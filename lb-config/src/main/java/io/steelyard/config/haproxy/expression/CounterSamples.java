package io.steelyard.config.haproxy.expression;

import io.steelyard.api.affinity.CountedKey;
import io.steelyard.api.affinity.StickCount;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.http.HttpFacts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stick tables count (HAProxy 2.6, configuration manual, sections 7.3.1 and 7.3.3): {@code sc_*}, {@code sc0_*} to {@code sc2_*} and {@code
 * src_*}, and the converters {@code table_*}. Where a key is unknown there is 0; where nothing is tracked, or the table does not count it, no
 * value.
 */
final class CounterSamples {
    private static final List<String> PREFIXES = List.of("sc_", "sc0_", "sc1_", "sc2_", "src_");

    /** By what stands behind the prefix: what is read. */
    private static final Map<String, StickCount> READ = new LinkedHashMap<>();

    static {
        for (var count : StickCount.values()) {
            boolean isGeneral =
                    List.of(StickCount.GPC0, StickCount.GPC1, StickCount.GPT0).contains(count);
            boolean isBytes =
                    List.of(StickCount.BYTES_IN_CNT, StickCount.BYTES_OUT_CNT).contains(count);
            if (!isBytes) {
                READ.put((isGeneral ? "get_" : "") + count.countName(), count);
            }
        }
        READ.put("kbytes_in", StickCount.BYTES_IN_CNT);
        READ.put("kbytes_out", StickCount.BYTES_OUT_CNT);
    }

    private CounterSamples() {}

    /** The rows of these methods, as {@link Fetches} has them. */
    static String rows() {
        var rows = new StringBuilder();
        for (var prefix : PREFIXES) {
            var counts = prefix.equals("sc_") ? "1-2" : "0-1";
            READ.keySet().forEach(name -> row(rows, prefix + name, "SINT", counts));
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

    /** The converters: their names and whether they give a truth. */
    static Map<String, Boolean> converters() {
        var names = new LinkedHashMap<String, Boolean>();
        READ.keySet().forEach(name -> names.put("table_" + name.replaceFirst("^get_", ""), false));
        names.put("table_trackers", false);
        names.put("in_table", true);
        return names;
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
        if (name.startsWith("src_")) {
            var table = facts.table(fetch.argument(0));
            var client = facts.clientAddress();
            if (table == null || client == null) {
                return null;
            }
            var key = new Sample.Addr(client).text();
            boolean changes = what.startsWith("inc_") || what.startsWith("updt_");
            return value(what, changes ? table.use(key) : table.find(key));
        }
        boolean namesSlot = name.startsWith("sc_");
        int slot = namesSlot ? slot(fetch.argument(0)) : name.charAt(2) - '0';
        var tracked = facts.tracked(slot);
        if (what.equals("tracked")) {
            return new Sample.Bool(tracked != null);
        }
        if (tracked == null) {
            return null;
        }
        var elsewhere = fetch.argument(namesSlot ? 1 : 0);
        if (elsewhere.isEmpty()) {
            return value(what, tracked);
        }
        var table = facts.table(elsewhere);
        return table == null ? null : value(what, table.find(tracked.key()));
    }

    /** @throws IllegalArgumentException where a slot is none */
    static void check(Fetch fetch) {
        if (fetch.method().name().startsWith("sc_")) {
            slot(fetch.argument(0));
        }
    }

    private static int slot(String text) {
        if (!text.matches("[0-2]")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no stick counter, expected 0 to " + (Tracking.SLOTS - 1));
        }
        return text.charAt(0) - '0';
    }

    private static @Nullable Sample value(String what, @Nullable CountedKey key) {
        if (key == null) {
            return new Sample.Sint(0);
        }
        if (what.equals("trackers")) {
            return new Sample.Sint(key.trackers());
        }
        var count = READ.get(what);
        if (count != null) {
            long value = key.value(count);
            return key.has(count) ? new Sample.Sint(what.startsWith("kbytes_") ? value >> 10 : value) : null;
        }
        return changed(what, key);
    }

    private static @Nullable Sample changed(String what, CountedKey key) {
        var sum = what.equals("updt_conn_cnt")
                ? StickCount.CONN_CNT
                : what.endsWith("1") ? StickCount.GPC1 : StickCount.GPC0;
        if (!key.has(sum)) {
            return null;
        }
        if (what.startsWith("clr_")) {
            long before = key.value(sum);
            key.set(sum, 0);
            return new Sample.Sint(before);
        }
        key.add(
                switch (sum) {
                    case GPC1 -> StickCount.GPC1_RATE;
                    case GPC0 -> StickCount.GPC0_RATE;
                    default -> StickCount.CONN_RATE;
                },
                1);
        return new Sample.Sint(key.add(sum, 1));
    }

    /** What a converter makes of a key. */
    static Optional<Sample> ofTable(String converter, Sample sample, String name, HttpFacts facts) {
        var table = facts.table(name);
        if (table == null) {
            return Optional.empty();
        }
        var key = table.find(sample.text());
        if (converter.equals("in_table")) {
            return Optional.of(new Sample.Bool(key != null));
        }
        var what = converter.substring("table_".length());
        return Optional.ofNullable(
                value(READ.containsKey(what) || what.equals("trackers") ? what : "get_" + what, key));
    }
}
