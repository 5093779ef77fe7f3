package io.steelyard.core.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What the library asks about a peer's certificate within the handshake: refuses what a check finds, or nothing, where the certificate is looked
 * at afterwards or not at all. Immutable.
 */
final class PeerTrust extends X509ExtendedTrustManager {
    private static final X509Certificate[] NOBODY = {};

    private final @Nullable CertificateCheck check;
    private final X509Certificate[] announced;

    /**
     * @param check null to believe everybody
     * @param announced whose names a server sends with its request for a certificate
     */
    PeerTrust(@Nullable CertificateCheck check, List<X509Certificate> announced) {
        this.check = check;
        this.announced = announced.toArray(NOBODY);
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        var problem = check == null ? null : check.problem(List.of(chain));
        if (problem != null) {
            throw new CertificateException(problem);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return announced.clone();
    }
}
