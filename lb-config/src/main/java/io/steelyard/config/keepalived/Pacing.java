package io.steelyard.config.keepalived;

import io.steelyard.api.vrrp.InterfaceNames;
import io.steelyard.config.keepalived.grammar.Entry;
import io.steelyard.config.keepalived.grammar.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How far apart announcements on an interface are: {@code garp_group}, and else what global_defs says. */
final class Pacing {
    private final Findings findings;
    private final Values values;
    private final Map<String, Duration> arp = new HashMap<>();
    private final Map<String, Duration> neighbours = new HashMap<>();

    /** Interfaces of one block, where it has several. */
    private final List<List<String>> together = new ArrayList<>();

    Pacing(Findings findings) {
        this.findings = findings;
        values = new Values(findings);
    }

    void read(Entry block) {
        var interfaces = new ArrayList<String>();
        var times = new HashMap<String, Duration>();
        Blocks.read(block.entries(), KeywordTable.ARP_GROUP, findings, entry -> {
            switch (entry.keyword()) {
                case "interface" ->
                    values.name(entry).ifPresent(name -> add(entry.arguments().getFirst(), interfaces));
                case "interfaces" ->
                    entry.entries().forEach(line -> line.words().forEach(word -> add(word, interfaces)));
                default -> values.seconds(entry, 0, 86_400).ifPresent(time -> times.put(entry.keyword(), time));
            }
        });
        if (interfaces.isEmpty() || times.isEmpty()) {
            findings.error(block.position(), "a garp_group without an interface or without an interval", "both");
        }
        var distinct = interfaces.stream().distinct().toList();
        for (var name : distinct) {
            if (arp.containsKey(name) || neighbours.containsKey(name)) {
                findings.error(
                        block.position(), "interface " + name + " is in two garp_groups", "an interface in one alone");
            }
        }
        if (distinct.size() > 1) {
            together.add(distinct);
        }
        for (var name : distinct) {
            put(arp, name, times.get("garp_interval"));
            put(neighbours, name, times.get("gna_interval"));
        }
    }

    private void add(Word word, List<String> interfaces) {
        try {
            InterfaceNames.check(word.text());
            interfaces.add(word.text());
        } catch (IllegalArgumentException wrong) {
            findings.error(word.position(), String.valueOf(wrong.getMessage()), "");
        }
    }

    /** Interfaces whose announcements leave one after the other. */
    List<List<String>> together() {
        return together;
    }

    private static void put(Map<String, Duration> map, String name, @Nullable Duration time) {
        if (time != null) {
            map.put(name, time);
        }
    }

    Duration arp(String interfaceName, Globals globals) {
        return arp.getOrDefault(interfaceName, globals.arpPacing.orElse(Duration.ZERO));
    }

    Duration neighbours(String interfaceName, Globals globals) {
        return neighbours.getOrDefault(interfaceName, globals.neighbourPacing.orElse(Duration.ZERO));
    }
}
