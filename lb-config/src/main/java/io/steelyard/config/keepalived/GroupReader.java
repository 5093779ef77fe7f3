package io.steelyard.config.keepalived;

import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.api.vrrp.Track;
import io.steelyard.config.keepalived.grammar.Entry;
import java.util.ArrayList;
import java.util.Optional;

/** Reads {@code vrrp_sync_group}. */
final class GroupReader {
    private final Findings findings;
    private final Values values;
    private final Trackers trackers;
    private final boolean mails;
    private boolean weighs;

    GroupReader(Findings findings, Trackers trackers, boolean mails) {
        this.findings = findings;
        this.trackers = trackers;
        this.mails = mails;
        values = new Values(findings);
    }

    Optional<SyncGroup> read(Entry block) {
        if (block.arguments().size() != 1) {
            values.wrongCount(block, "a name");
            return Optional.empty();
        }
        var name = block.arguments().getFirst().text();
        var members = new ArrayList<String>();
        var tracks = new ArrayList<Track>();
        var notify = new NotifyReader(findings, mails, false);
        weighs = false;
        Blocks.read(block.entries(), KeywordTable.GROUP, findings, entry -> {
            if (notify.read(entry)) {
                return;
            }
            if (TrackReader.reads(entry)) {
                tracks.addAll(new TrackReader(findings, trackers).read(entry));
            } else if (entry.keyword().equals("group")) {
                entry.entries().forEach(line -> line.words().forEach(word -> members.add(word.text())));
            } else {
                weighs = values.truth(entry);
            }
        });
        findings.place("syncGroups." + name, block.position());
        try {
            return Optional.of(new SyncGroup(name, members, tracks, weighs, notify.notifications()));
        } catch (IllegalArgumentException wrong) {
            findings.refused(block.position(), wrong);
            return Optional.empty();
        }
    }
}
