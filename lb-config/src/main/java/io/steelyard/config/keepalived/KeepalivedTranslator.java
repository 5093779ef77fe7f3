package io.steelyard.config.keepalived;

import io.steelyard.api.Configuration;
import io.steelyard.api.Position;
import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.config.keepalived.grammar.Document;
import io.steelyard.config.keepalived.grammar.Entry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Makes the model of a file. Definitions count wherever they stand, so they are read before what uses them. One use. */
final class KeepalivedTranslator {
    private final Findings findings;
    private final Values values;
    private final Globals globals;
    private final Trackers trackers;
    private final Pacing pacing;
    private final List<VirtualRouter> routers = new ArrayList<>();
    private final List<SyncGroup> groups = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    KeepalivedTranslator(Findings findings) {
        this.findings = findings;
        values = new Values(findings);
        globals = new Globals(findings);
        trackers = new Trackers(findings);
        pacing = new Pacing(findings);
    }

    /** The model, not yet looked at as a whole. */
    Configuration translate(Document document) {
        Blocks.read(document.entries(), KeywordTable.TOP, findings, entry -> {});
        var entries = document.entries();
        each(entries, "global_defs", globals::read);
        each(entries, "interface_up_down_delays", trackers::readDelays);
        each(entries, "garp_group", pacing::read);
        each(entries, "vrrp_script", trackers::readScript);
        each(entries, "vrrp_track_process", trackers::readProcess);
        each(entries, "vrrp_track_file", trackers::readFile);
        each(entries, "track_file", trackers::readFile);
        each(entries, "bfd_instance", trackers::readSession);
        var statics = new StaticItems(globals, findings);
        each(entries, "track_group", statics::define);
        // In their order: rules that say no priority get theirs by it.
        for (var entry : entries) {
            switch (entry.keyword()) {
                case "vrrp_instance" -> readInstance(entry);
                case "static_ipaddress", "static_routes", "static_rules" -> statics.read(entry);
                default -> {}
            }
        }
        each(
                entries,
                "vrrp_sync_group",
                block -> new GroupReader(findings, trackers, globals.mails)
                        .read(block)
                        .ifPresent(groups::add));
        tellOfFirewall();
        var settings = globals.settings(
                document.entries().isEmpty()
                        ? new Position("", 1, 1)
                        : document.entries().getFirst().position());
        statics.addTo(settings);
        var nothing = Configuration.builder().build();
        return new Configuration(
                nothing.settings(),
                nothing.pools(),
                nothing.virtualServers(),
                nothing.variables(),
                nothing.limitZones(),
                nothing.rateZones(),
                nothing.stickTables(),
                routers,
                groups,
                trackers.all(),
                settings.build());
    }

    private static void each(List<Entry> entries, String keyword, Consumer<Entry> task) {
        entries.stream().filter(entry -> entry.keyword().equals(keyword)).forEach(task);
    }

    private void readInstance(Entry block) {
        if (block.arguments().size() != 1) {
            values.wrongCount(block, "a name");
            return;
        }
        var name = block.arguments().getFirst().text();
        if (!names.add(name)) {
            findings.error(block.position(), "vrrp_instance '" + name + "' is defined twice", "another name");
            return;
        }
        var words = new InstanceWords(block, globals, trackers, findings);
        new InstanceReader(words, globals, pacing, trackers, findings).read().ifPresent(routers::add);
    }

    /** Its meaning was turned round between versions of keepalived. */
    private void tellOfFirewall() {
        globals.iptables.ifPresent(entry -> findings.warning(
                entry.position(),
                "'vrrp_iptables' lets no advert through a firewall and opens no address: "
                        + (entry.arguments().isEmpty()
                                ? "up to keepalived 2.0.10 the bare word kept strict mode from dropping packets to the"
                                        + " addresses, today it has them dropped by rules in INPUT and OUTPUT"
                                : "it names the chains that rules of strict mode go to; ours are a table of their own"),
                "remove it; to have the addresses answer, remove vrrp_strict"));
    }
}
