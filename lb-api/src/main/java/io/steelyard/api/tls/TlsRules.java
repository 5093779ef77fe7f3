package io.steelyard.api.tls;

import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What may be agreed on. Immutable.
 *
 * @param versions at least one
 * @param ciphers which suites of TLS 1.2, in the words of OpenSSL's cipher list: names and groups such as {@code ECDHE+AESGCM:!aNULL}; words that
 *     name nothing the library has are passed over, and a list that leaves nothing is refused. Empty for all that the library takes to be good.
 *     The suites of TLS 1.3 are not chosen
 * @param groups the groups keys are agreed in, by preference, such as {@code X25519}; none for the library's choice
 */
public record TlsRules(Set<TlsVersion> versions, String ciphers, List<String> groups) {
    /** TLS 1.2 and 1.3, and the library's choice of all else. */
    public static final TlsRules DEFAULT = new TlsRules(EnumSet.allOf(TlsVersion.class), "", List.of());

    public TlsRules {
        if (versions.isEmpty()) {
            throw new IllegalArgumentException("no version of TLS is allowed; name TLSv1.2, TLSv1.3 or both");
        }
        versions = Set.copyOf(versions);
        Objects.requireNonNull(ciphers, "ciphers");
        groups = List.copyOf(groups);
    }
}
