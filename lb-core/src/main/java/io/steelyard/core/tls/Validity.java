package io.steelyard.core.tls;

import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;

/** Whether a certificate's time is now. Stateless. */
final class Validity {
    private Validity() {}

    /** What is wrong; empty where nothing is. */
    static String warning(X509Certificate certificate) {
        var name = certificate.getSubjectX500Principal().getName();
        try {
            certificate.checkValidity();
            return "";
        } catch (CertificateExpiredException expired) {
            return "the certificate of " + name + " expired at "
                    + certificate.getNotAfter().toInstant() + ": clients will refuse it; renew it";
        } catch (CertificateNotYetValidException early) {
            return "the certificate of " + name + " is not valid before "
                    + certificate.getNotBefore().toInstant() + ": clients will refuse it until then; check the clock";
        }
    }
}
