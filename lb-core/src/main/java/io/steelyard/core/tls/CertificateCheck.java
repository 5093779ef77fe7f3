package io.steelyard.core.tls;

import io.steelyard.api.tls.TlsTrust;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXReason;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whether a peer's certificate leads to an authority that is trusted (RFC 5280 section 6). Immutable. */
final class CertificateCheck {
    private static final String ANY_USE = "2.5.29.37.0";
    private static final String SERVER_USE = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_USE = "1.3.6.1.5.5.7.3.2";

    private final List<X509Certificate> authorities;
    private final int depth;
    private final List<X509CRL> revocations;
    private final String use;

    private CertificateCheck(List<X509Certificate> authorities, int depth, List<X509CRL> revocations, String use) {
        this.authorities = List.copyOf(authorities);
        this.depth = depth;
        this.revocations = List.copyOf(revocations);
        this.use = use;
    }

    /** Reads the files. */
    static CertificateCheck of(TlsTrust trust, boolean ofServers) throws TlsFileException {
        List<X509Certificate> authorities = trust.authoritiesFile().isPresent()
                ? PemFile.read(trust.authoritiesFile().get(), "authorities file")
                        .certificates("authorities file")
                : systemAuthorities();
        List<X509CRL> revocations = trust.revokedFile().isPresent()
                ? PemFile.read(trust.revokedFile().get(), "revocation file").revocations()
                : List.of();
        return new CertificateCheck(authorities, trust.depth(), revocations, ofServers ? SERVER_USE : CLIENT_USE);
    }

    private static List<X509Certificate> systemAuthorities() {
        try {
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            for (var manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    return List.of(x509.getAcceptedIssuers());
                }
            }
            return List.of();
        } catch (GeneralSecurityException none) {
            return List.of();
        }
    }

    /** Those trusted. */
    List<X509Certificate> authorities() {
        return authorities;
    }

    /**
     * Looks at a peer's certificate and those it sent with it.
     *
     * @param chain the peer's own first
     * @return what is wrong, in OpenSSL's words where it has some; null where it is trusted
     */
    @Nullable
    String problem(List<X509Certificate> chain) {
        var own = chain.getFirst();
        try {
            own.checkValidity();
            var uses = own.getExtendedKeyUsage();
            if (uses != null && !uses.contains(use) && !uses.contains(ANY_USE)) {
                return "unsuitable certificate purpose";
            }
            build(chain);
            return null;
        } catch (CertificateExpiredException expired) {
            return "certificate has expired";
        } catch (CertificateNotYetValidException early) {
            return "certificate is not yet valid";
        } catch (CertPathBuilderException failed) {
            return reason(failed, chain);
        } catch (GeneralSecurityException | RuntimeException malformed) {
            return "certificate chain is malformed";
        }
    }

    private void build(List<X509Certificate> chain) throws GeneralSecurityException {
        if (authorities.isEmpty()) {
            throw new CertPathBuilderException("no authority is trusted");
        }
        Set<TrustAnchor> anchors = new HashSet<>();
        authorities.forEach(authority -> anchors.add(new TrustAnchor(authority, null)));
        var selector = new X509CertSelector();
        selector.setCertificate(chain.getFirst());
        var parameters = new PKIXBuilderParameters(anchors, selector);
        parameters.setMaxPathLength(depth);
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
        parameters.setRevocationEnabled(!revocations.isEmpty());
        var builder = CertPathBuilder.getInstance("PKIX");
        if (!revocations.isEmpty()) {
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(revocations)));
            var checker = (PKIXRevocationChecker) builder.getRevocationChecker();
            checker.setOptions(
                    EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
            parameters.addCertPathChecker(checker);
        }
        builder.build(parameters);
    }

    private static String reason(CertPathBuilderException failed, List<X509Certificate> chain) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathValidatorException invalid) {
                var why = invalid.getReason();
                if (why == BasicReason.REVOKED) {
                    return "certificate revoked";
                } else if (why == BasicReason.EXPIRED) {
                    return "certificate has expired";
                } else if (why == BasicReason.NOT_YET_VALID) {
                    return "certificate is not yet valid";
                } else if (why == BasicReason.UNDETERMINED_REVOCATION_STATUS) {
                    return "unable to get certificate CRL";
                } else if (why == PKIXReason.PATH_TOO_LONG) {
                    return "certificate chain too long";
                } else if (why == BasicReason.INVALID_SIGNATURE) {
                    return "certificate signature failure";
                }
            }
        }
        var own = chain.getFirst();
        if (chain.size() == 1 && own.getSubjectX500Principal().equals(own.getIssuerX500Principal())) {
            return "self-signed certificate";
        }
        return chain.size() > 1 ? "unable to get local issuer certificate" : "unable to verify the first certificate";
    }
}
