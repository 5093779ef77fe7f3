package io.steelyard.api.tls;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A certificate and its private key, by the files they are in. Immutable.
 *
 * @param chainFile PEM: the certificate first, then those that lead to its authority
 * @param keyFile PEM: the key, in PKCS #8, PKCS #1 or SEC 1; may be the same file
 * @param passwordFile for an encrypted key (PKCS #8): a password on each line, tried in order
 * @param statusFile DER: an OCSP response that clients are given who ask (RFC 6066 section 8)
 * @param stapling that a response is fetched; absent where it is not, and with a {@code statusFile}
 * @param names whom it is shown for in place of the names it is made out for, {@code *.} before a name for all one label below it; with {@code !}
 *     before a name it is not shown for that; none for those it is made out for (HAProxy {@code crt-list})
 */
public record TlsCertificate(
        String chainFile,
        String keyFile,
        Optional<String> passwordFile,
        Optional<String> statusFile,
        Optional<TlsStapling> stapling,
        List<String> names) {
    public TlsCertificate {
        notEmpty(chainFile, "chainFile");
        notEmpty(keyFile, "keyFile");
        Objects.requireNonNull(passwordFile, "passwordFile");
        Objects.requireNonNull(statusFile, "statusFile");
        if (statusFile.isPresent() && stapling.isPresent()) {
            throw new IllegalArgumentException("statusFile and stapling are both there; leave one out");
        }
        names = List.copyOf(names);
    }

    /** Whose key is not encrypted, without a status. */
    public TlsCertificate(String chainFile, String keyFile) {
        this(chainFile, keyFile, Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    }

    /** Certificate and key in one file. */
    public static TlsCertificate of(String file) {
        return new TlsCertificate(file, file);
    }

    private static void notEmpty(String value, String name) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(name + " is empty; name a file");
        }
    }
}
