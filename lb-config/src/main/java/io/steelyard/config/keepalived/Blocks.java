package io.steelyard.config.keepalived;

import io.steelyard.config.keepalived.grammar.Entry;
import io.steelyard.config.reading.Suggestion;
import java.util.List;
import java.util.function.Consumer;

/** Looks the entries of blocks up in their {@link KeywordTable}. */
final class Blocks {
    private Blocks() {}

    /** Hands on what is carried out, and tells of the rest. */
    static void read(List<Entry> entries, KeywordTable table, Findings findings, Consumer<Entry> honoured) {
        for (var entry : entries) {
            var keyword = table.keywords().get(entry.keyword());
            if (keyword == null) {
                unknown(entry, table, findings);
                continue;
            }
            switch (keyword.treatment()) {
                case HONOURED -> honoured.accept(entry);
                case ACCEPTED -> findings.accepted(entry.position(), entry.keyword(), keyword.note());
                case WARNED ->
                    findings.warning(
                            entry.position(), "'" + entry.keyword() + "' is not carried out: " + keyword.note(), "");
                case REFUSED ->
                    findings.error(
                            entry.position(), "'" + entry.keyword() + "' cannot be honoured: " + keyword.note(), "");
            }
        }
    }

    private static void unknown(Entry entry, KeywordTable table, Findings findings) {
        findings.error(
                entry.position(),
                "unknown keyword '" + entry.keyword() + "' in " + table.block(),
                "",
                Suggestion.of(entry.keyword(), table.names())
                        .map(name -> "did you mean '" + name + "'?")
                        .orElse("correct or remove it"));
    }
}
