package io.steelyard.config.haproxy;

import io.steelyard.api.tls.TlsRules;
import io.steelyard.api.tls.TlsVersion;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What {@code bind}, {@code server} and the {@code ssl-default-…} of {@code global} say alike: versions, suites, groups, tickets. One thread. */
final class TlsDraft implements Cloneable {
    /** Oldest first; those before TLSv1.2 are not spoken any more. */
    private static final List<String> VERSIONS = List.of("SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3");

    private static final List<String> SHORT = List.of("sslv3", "tlsv10", "tlsv11", "tlsv12", "tlsv13");
    private static final Set<String> WITH_VALUE =
            Set.of("ssl-min-ver", "ssl-max-ver", "ciphers", "ciphersuites", "curves", "ecdhe");

    private int oldest;
    private int newest = VERSIONS.size() - 1;
    private Set<Integer> without = Set.of();
    private String ciphers = "";
    private List<String> groups = List.of();
    private boolean givesTickets = true;
    private boolean prefersClients;

    /** Whether a parameter has a value. */
    static boolean hasValue(String name) {
        return WITH_VALUE.contains(name);
    }

    /** Whether a parameter is one of these. */
    static boolean knows(String name) {
        return hasValue(name)
                || Set.of("no-tls-tickets", "tls-tickets", "prefer-client-ciphers")
                        .contains(name)
                || version(name, "no-") >= 0
                || version(name, "force-") >= 0;
    }

    private static int version(String name, String prefix) {
        return name.startsWith(prefix) ? SHORT.indexOf(name.substring(prefix.length())) : -1;
    }

    /**
     * Takes a parameter.
     *
     * @param value of those that have one
     * @throws IllegalArgumentException with what was expected
     */
    void take(String name, String value) {
        switch (name) {
            case "ssl-min-ver" -> oldest = index(value);
            case "ssl-max-ver" -> newest = index(value);
            case "ciphers" -> ciphers = value.equals("DEFAULT") ? "" : value;
            case "ciphersuites" -> {
                // Those of TLS 1.3 are all good.
            }
            case "curves", "ecdhe" -> groups = List.of(value.split(":", -1));
            case "no-tls-tickets" -> givesTickets = false;
            case "tls-tickets" -> givesTickets = true;
            case "prefer-client-ciphers" -> prefersClients = true;
            default -> {
                int forced = version(name, "force-");
                if (forced >= 0) {
                    oldest = forced;
                    newest = forced;
                } else {
                    var more = new java.util.HashSet<>(without);
                    more.add(version(name, "no-"));
                    without = Set.copyOf(more);
                }
            }
        }
    }

    private static int index(String version) {
        int index = VERSIONS.indexOf(version);
        if (index < 0) {
            throw new IllegalArgumentException(String.join(", ", VERSIONS));
        }
        return index;
    }

    boolean givesTickets() {
        return givesTickets;
    }

    boolean prefersClients() {
        return prefersClients;
    }

    /** What may be agreed on; where no version is left that is spoken, that is told. */
    TlsRules rules(Word at, Findings findings) {
        var versions = EnumSet.noneOf(TlsVersion.class);
        for (var version : TlsVersion.values()) {
            int index = SHORT.indexOf(version.text().toLowerCase(Locale.ROOT).replace(".", ""));
            if (index >= oldest && index <= newest && !without.contains(index)) {
                versions.add(version);
            }
        }
        if (versions.isEmpty()) {
            findings.error(
                    at.position(),
                    "no version of TLS is left that is spoken",
                    "TLSv1.2, TLSv1.3 or both",
                    "older ones are not (RFC 8996)");
            return TlsRules.DEFAULT;
        }
        return new TlsRules(versions, ciphers, groups);
    }

    @Override
    public TlsDraft clone() {
        try {
            return (TlsDraft) super.clone();
        } catch (CloneNotSupportedException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
