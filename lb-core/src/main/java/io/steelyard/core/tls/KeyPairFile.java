package io.steelyard.core.tls;

import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsStapling;
import io.steelyard.core.ocsp.StatusQuestion;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate with its key, as read from its files. Immutable.
 *
 * @param chain the certificate first
 * @param status an OCSP response; null for none
 * @param question whose answer is stapled, or why there is none; null where nothing is fetched
 */
record KeyPairFile(
        List<X509Certificate> chain,
        PrivateKey key,
        CertificateNames names,
        byte @Nullable [] status,
        StatusQuestion.@Nullable Found question) {
    KeyPairFile {
        chain = List.copyOf(chain);
    }

    static KeyPairFile read(TlsCertificate files) throws TlsFileException {
        var what = "certificate file";
        var chain = PemFile.read(files.chainFile(), what).certificates(what);
        var key = KeyFile.read(files.keyFile(), files.passwordFile());
        if (!belongTogether(chain.getFirst().getPublicKey(), key)) {
            throw new TlsFileException(
                    "key file",
                    files.keyFile(),
                    "its key is not that of the certificate in " + files.chainFile(),
                    "name the key that the certificate was requested with, and the certificate before those of its authorities");
        }
        byte @Nullable [] status = files.statusFile().isPresent()
                ? PemFile.bytes(files.statusFile().get(), "OCSP response file")
                : null;
        if (status != null && (status.length < 2 || status[0] != 0x30)) {
            throw new TlsFileException(
                    "OCSP response file",
                    files.statusFile().orElse(""),
                    "it holds no OCSP response in DER",
                    "get one with 'openssl ocsp … -respout FILE'");
        }
        var names =
                files.names().isEmpty() ? CertificateNames.of(chain.getFirst()) : CertificateNames.of(files.names());
        var question = files.stapling().isPresent() ? question(files.stapling().get(), chain) : null;
        return new KeyPairFile(chain, key, names, status, question);
    }

    private static StatusQuestion.Found question(TlsStapling stapling, List<X509Certificate> chain)
            throws TlsFileException {
        var what = "authorities file";
        List<X509Certificate> authorities = stapling.authoritiesFile().isPresent()
                ? PemFile.read(stapling.authoritiesFile().get(), what).certificates(what)
                : List.of();
        return StatusQuestion.of(stapling, chain, authorities);
    }

    /** Why no status of it is stapled; empty where one can be, or is not to be. */
    String staplingTrouble() {
        if ((status != null || question != null) && !TlsLibrary.isNative()) {
            // Its engines take a response from nobody: they only fetch one themselves, where the whole process is told
            // to (jdk.tls.stapling.…).
            return "no status of certificate "
                    + chain.getFirst().getSubjectX500Principal().getName()
                    + " is stapled: the JDK's TLS can be given none; add netty-tcnative-boringssl-static, or turn stapling off";
        }
        return question == null ? "" : question.trouble();
    }

    boolean isEllipticCurve() {
        return chain.getFirst().getPublicKey() instanceof ECKey;
    }

    X509Certificate[] chainArray() {
        return chain.toArray(X509Certificate[]::new);
    }

    /** Whether what one key signs the other confirms. */
    private static boolean belongTogether(PublicKey open, PrivateKey secret) {
        var algorithm = switch (secret.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> secret.getAlgorithm();
        };
        try {
            var message = new byte[] {1, 2, 3};
            var signing = Signature.getInstance(algorithm);
            signing.initSign(secret);
            signing.update(message);
            var confirming = Signature.getInstance(algorithm);
            confirming.initVerify(open);
            confirming.update(message);
            return confirming.verify(signing.sign());
        } catch (GeneralSecurityException otherKind) {
            return false;
        }
    }
}
