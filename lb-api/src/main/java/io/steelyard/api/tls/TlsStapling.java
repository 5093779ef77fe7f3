package io.steelyard.api.tls;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * That the status of a certificate is fetched from its authority by OCSP (RFC 6960) and given to clients who ask (RFC 6066 section 8), as nginx's
 * {@code ssl_stapling} has it: no handshake waits for it, so that clients get none until there is one. Immutable.
 *
 * @param responder where it is asked for, {@code http://…}; absent for the first OCSP responder that the certificate names (Authority
 *     Information Access)
 * @param authoritiesFile PEM: where the certificate's issuer is looked for that is not in its chain; certificates of it may sign statuses, too;
 *     absent for none
 * @param verifies whether a status must be signed by the issuer or by somebody who has its permission (RFC 6960 section 4.2.2.2); otherwise the
 *     signature has only to be that of the certificate it names
 */
public record TlsStapling(Optional<String> responder, Optional<String> authoritiesFile, boolean verifies) {
    /** From the responder that the certificate names, and verified. */
    public static final TlsStapling DEFAULT = new TlsStapling(Optional.empty(), Optional.empty(), true);

    public TlsStapling {
        Objects.requireNonNull(authoritiesFile, "authoritiesFile");
        if (responder.isPresent() && !isHttp(responder.get())) {
            throw new IllegalArgumentException("responder is '" + responder.get()
                    + "', expected http:// and a host: what it answers is signed, and needs no TLS");
        }
    }

    private static boolean isHttp(String url) {
        return url.length() > "http://".length()
                && url.toLowerCase(Locale.ROOT).startsWith("http://")
                && url.charAt("http://".length()) != '/'
                && url.chars().noneMatch(c -> c <= ' ' || c >= 0x7f);
    }
}
