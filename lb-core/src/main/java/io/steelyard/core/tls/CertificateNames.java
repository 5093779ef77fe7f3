package io.steelyard.core.tls;

import io.steelyard.api.pool.ServerAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/**
 * Who a certificate is for (RFC 9525, and the common name where no DNS name is there, as OpenSSL's X509_check_host has it). Immutable.
 *
 * @param exact host names, lower case
 * @param wildcards what follows the {@code *} of others, with the dot, lower case
 * @param excepted host names it is not for all the same, lower case
 * @param addresses numeric addresses, as Java writes them
 */
record CertificateNames(Set<String> exact, Set<String> wildcards, Set<String> excepted, Set<String> addresses) {
    private static final int DNS = 2;
    private static final int ADDRESS = 7;

    static CertificateNames of(X509Certificate certificate) {
        var names = new ArrayList<String>();
        var addresses = new LinkedHashSet<String>();
        for (var alternative : alternatives(certificate)) {
            if (alternative.get(0) instanceof Integer kind && alternative.get(1) instanceof String text) {
                if (kind == DNS) {
                    names.add(text);
                } else if (kind == ADDRESS) {
                    addresses.add(ServerAddress.numericAddress(text).getHostAddress());
                }
            }
        }
        if (names.isEmpty()) {
            commonName(certificate, names);
        }
        return of(names, addresses);
    }

    /** These, where {@code !} stands before those it is not for. */
    static CertificateNames of(List<String> names) {
        return of(names, Set.of());
    }

    private static CertificateNames of(List<String> names, Set<String> addresses) {
        var exact = new LinkedHashSet<String>();
        var wildcards = new LinkedHashSet<String>();
        var excepted = new LinkedHashSet<String>();
        for (var name : names) {
            var lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith("!")) {
                excepted.add(lower.substring(1));
            } else if (lower.startsWith("*.")) {
                wildcards.add(lower.substring(1));
            } else {
                exact.add(lower);
            }
        }
        return new CertificateNames(exact, wildcards, excepted, addresses);
    }

    private static Collection<List<?>> alternatives(X509Certificate certificate) {
        try {
            var found = certificate.getSubjectAlternativeNames();
            return found == null ? List.of() : found;
        } catch (CertificateParsingException malformed) {
            return List.of();
        }
    }

    private static void commonName(X509Certificate certificate, List<String> names) {
        try {
            var subject = new LdapName(certificate.getSubjectX500Principal().getName());
            for (var part : subject.getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    names.add(String.valueOf(part.getValue()));
                }
            }
        } catch (InvalidNameException malformed) {
            // Then it is for nobody.
        }
    }

    /** Whether it is for this host itself. */
    boolean isExactly(String host) {
        return exact.contains(host.toLowerCase(Locale.ROOT));
    }

    /** Whether a {@code *} of it stands for the host's first label. */
    boolean isByWildcard(String host) {
        int dot = host.indexOf('.');
        return dot > 0
                && wildcards.contains(host.substring(dot).toLowerCase(Locale.ROOT))
                && !excepted.contains(host.toLowerCase(Locale.ROOT));
    }

    /** Whether it is for this host or numeric address. */
    boolean isFor(String host) {
        var bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        if (isNumeric(bare)) {
            return addresses.contains(ServerAddress.numericAddress(bare).getHostAddress());
        }
        var name = bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare;
        return isExactly(name) || isByWildcard(name);
    }

    /** Whether a text is an address and no name. */
    static boolean isNumeric(String host) {
        if (host.isEmpty()
                || !host.chars().allMatch(c -> c == '.' || c == ':' || c == '%' || Character.digit(c, 16) >= 0)) {
            return false;
        }
        try {
            ServerAddress.numericAddress(host);
            return true;
        } catch (IllegalArgumentException name) {
            return false;
        }
    }
}
