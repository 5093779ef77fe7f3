package io.steelyard.core.ocsp;

import io.steelyard.api.tls.TlsStapling;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whose status is fetched, and where, and who may sign it. Immutable.
 *
 * @param responder with {@code http} and a host
 * @param chain of the certificate, itself first
 * @param trusted certificates that may sign statuses beside the issuer
 * @param verifies whether it matters who signs
 */
public record StatusQuestion(
        X509Certificate certificate,
        X509Certificate issuer,
        URI responder,
        List<X509Certificate> chain,
        List<X509Certificate> trusted,
        boolean verifies) {
    private static final String AUTHORITY_ACCESS = "1.3.6.1.5.5.7.1.1";
    private static final String OCSP = "1.3.6.1.5.5.7.48.1";
    private static final int UNIFORM_RESOURCE_IDENTIFIER = 0x86;

    public StatusQuestion {
        chain = List.copyOf(chain);
        trusted = List.copyOf(trusted);
    }

    /**
     * A question, or why there is none.
     *
     * @param question null where there is none
     * @param trouble empty where there is one
     */
    public record Found(@Nullable StatusQuestion question, String trouble) {}

    /** Finds the issuer and the responder, as nginx does. @param trusted what the stapling's file of authorities holds */
    public static Found of(TlsStapling stapling, List<X509Certificate> chain, List<X509Certificate> trusted) {
        var certificate = chain.getFirst();
        var issuer = issuer(certificate, chain.subList(1, chain.size())).or(() -> issuer(certificate, trusted));
        if (issuer.isEmpty()) {
            return nothing(
                    certificate, "its issuer is not in its chain, nor among the authorities; add it to the chain");
        }
        var responder = stapling.responder().or(() -> named(certificate));
        if (responder.isEmpty()) {
            return nothing(certificate, "it names no OCSP responder; name one, or turn stapling off");
        }
        var place = place(responder.get());
        return place.isEmpty()
                ? nothing(
                        certificate,
                        "its OCSP responder " + responder.get() + " is no address of http://; name another")
                : new Found(
                        new StatusQuestion(certificate, issuer.get(), place.get(), chain, trusted, stapling.verifies()),
                        "");
    }

    private static Found nothing(X509Certificate certificate, String why) {
        return new Found(null, "no status of " + name(certificate) + " is stapled: " + why);
    }

    private static String name(X509Certificate certificate) {
        return "certificate " + certificate.getSubjectX500Principal().getName();
    }

    /** For operators. */
    String name() {
        return name(certificate);
    }

    private static Optional<X509Certificate> issuer(X509Certificate certificate, List<X509Certificate> candidates) {
        return candidates.stream()
                .filter(candidate -> isIssuedBy(certificate, candidate))
                .findFirst();
    }

    static boolean isIssuedBy(X509Certificate certificate, X509Certificate candidate) {
        if (!candidate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
            return false;
        }
        try {
            certificate.verify(candidate.getPublicKey());
            return true;
        } catch (GeneralSecurityException another) {
            return false;
        }
    }

    /** The first OCSP responder of a certificate (RFC 5280 section 4.2.2.1). */
    static Optional<String> named(X509Certificate certificate) {
        var extension = certificate.getExtensionValue(AUTHORITY_ACCESS);
        if (extension == null) {
            return Optional.empty();
        }
        try {
            var listed =
                    new DerReader(new DerReader(extension).content(DerReader.OCTET_STRING)).inside(DerReader.SEQUENCE);
            while (listed.hasMore()) {
                var access = listed.inside(DerReader.SEQUENCE);
                if (access.objectIdentifier().equals(OCSP) && access.tag() == UNIFORM_RESOURCE_IDENTIFIER) {
                    return Optional.of(
                            new String(access.content(UNIFORM_RESOURCE_IDENTIFIER), StandardCharsets.ISO_8859_1));
                }
            }
        } catch (OcspException malformed) {
            // Then it names none.
        }
        return Optional.empty();
    }

    private static Optional<URI> place(String text) {
        try {
            var place = URI.create(text);
            var scheme = place.getScheme();
            return scheme != null && scheme.toLowerCase(Locale.ROOT).equals("http") && place.getHost() != null
                    ? Optional.of(place)
                    : Optional.empty();
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    /** What is asked for by GET (RFC 6960 appendix A.1). */
    URI request() throws OcspException {
        var base = responder.toString();
        return URI.create(base
                + (base.endsWith("/") ? "" : "/")
                + CertificateId.of(certificate, issuer).requestText());
    }
}
