package io.steelyard.config.keepalived;

import io.steelyard.api.Position;
import io.steelyard.api.vrrp.StaticGroup;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRoute;
import io.steelyard.api.vrrp.VirtualRule;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.config.keepalived.grammar.Entry;
import io.steelyard.config.keepalived.grammar.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code static_ipaddress}, {@code static_routes} and {@code static_rules}, and the {@code track_group}s their lines may name. One use. */
final class StaticItems {
    private static final String GROUP = "track_group";

    private final Globals globals;
    private final Findings findings;
    private final Values values;
    private final Items ungrouped = new Items();
    private final Map<String, Group> groups = new LinkedHashMap<>();

    private static final class Items {
        private final List<VirtualAddress> addresses = new ArrayList<>();
        private final List<VirtualRoute> routes = new ArrayList<>();
        private final List<VirtualRule> rules = new ArrayList<>();
    }

    private record Group(Position at, List<String> routers, Items items) {}

    StaticItems(Globals globals, Findings findings) {
        this.globals = globals;
        this.findings = findings;
        values = new Values(findings);
    }

    /** Reads {@code track_group NAME { group { ROUTER … } }}; all of them before the lines. */
    void define(Entry block) {
        if (block.arguments().size() != 1) {
            values.wrongCount(block, "a name");
            return;
        }
        var routers = new ArrayList<String>();
        Blocks.read(
                block.entries(),
                KeywordTable.STATIC_GROUP,
                findings,
                entry -> entry.entries().forEach(line -> line.words().forEach(word -> routers.add(word.text()))));
        var name = block.arguments().getFirst().text();
        findings.place("vrrp.staticGroups." + name, block.position());
        if (routers.isEmpty()) {
            findings.error(block.position(), "track_group '" + name + "' names no vrrp_instance", "group { NAME … }");
        } else if (groups.put(name, new Group(block.position(), routers, new Items())) != null) {
            findings.error(block.position(), "track_group '" + name + "' is defined twice", "another name");
        }
    }

    /** Reads a block of lines. */
    void read(Entry block) {
        for (var line : block.entries()) {
            var items = items(line);
            var alone = new Entry(block.words(), true, List.of(without(line)));
            switch (block.keyword()) {
                case "static_ipaddress" ->
                    items.addresses.addAll(AddressReader.ofStatic(findings).read(alone));
                case "static_routes" -> items.routes.addAll(RouteReader.readAll(alone, globals.names, findings));
                default -> items.rules.addAll(RuleReader.readAll(alone, globals, findings));
            }
        }
    }

    private static int place(Entry line) {
        var words = line.words();
        for (int i = 1; i + 1 < words.size(); i++) {
            if (words.get(i).text().equals(GROUP)) {
                return i;
            }
        }
        return -1;
    }

    private Items items(Entry line) {
        int at = place(line);
        if (at < 0) {
            return ungrouped;
        }
        Word name = line.words().get(at + 1);
        return Optional.ofNullable(groups.get(name.text())).map(Group::items).orElseGet(() -> {
            findings.error(name.position(), "unknown track_group '" + name + "'", "one that is defined");
            return ungrouped;
        });
    }

    private static Entry without(Entry line) {
        int at = place(line);
        if (at < 0) {
            return line;
        }
        var words = new ArrayList<>(line.words());
        words.subList(at, at + 2).clear();
        return new Entry(words, line.hasBlock(), line.entries());
    }

    void addTo(VrrpSettings.Builder settings) {
        ungrouped.addresses.forEach(settings::address);
        ungrouped.routes.forEach(settings::route);
        ungrouped.rules.forEach(settings::rule);
        groups.forEach((name, group) -> settings.staticGroup(new StaticGroup(
                name, group.routers(), group.items().addresses, group.items().routes, group.items().rules)));
    }
}
