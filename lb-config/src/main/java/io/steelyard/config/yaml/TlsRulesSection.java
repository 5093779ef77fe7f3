package io.steelyard.config.yaml;

import io.steelyard.api.tls.TlsRules;
import io.steelyard.api.tls.TlsVersion;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;

/** {@link TlsRules}. */
final class TlsRulesSection extends Section<TlsRules> {
    private final Key<TlsRules, List<TlsVersion>> versions = optional(
            "versions",
            Forms.list(Forms.word(words())),
            rules -> rules.versions().stream().sorted().toList(),
            List.of(TlsVersion.values()),
            "The versions of TLS.");
    private final Key<TlsRules, String> ciphers = optional(
            "ciphers",
            Forms.text(),
            TlsRules::ciphers,
            "",
            "Which suites of TLS 1.2, in the words of OpenSSL's cipher list: `ECDHE+AESGCM:!aNULL`; empty for the library's choice. Those of "
                    + "TLS 1.3 are not chosen.");
    private final Key<TlsRules, List<String>> groups = optional(
            "groups",
            Forms.list(Forms.text()),
            TlsRules::groups,
            List.of(),
            "The groups keys are agreed in, by preference, such as `X25519` and `P-256`; none for the library's choice.");

    TlsRulesSection() {
        super("TLS rules");
    }

    private static SequencedMap<String, TlsVersion> words() {
        var words = new LinkedHashMap<String, TlsVersion>();
        for (var version : TlsVersion.values()) {
            words.put(version.text(), version);
        }
        return words;
    }

    @Override
    TlsRules make(Values values) {
        return new TlsRules(
                new LinkedHashSet<>(values.or(versions, List.of(TlsVersion.values()))),
                values.or(ciphers, ""),
                values.or(groups, List.of()));
    }
}
