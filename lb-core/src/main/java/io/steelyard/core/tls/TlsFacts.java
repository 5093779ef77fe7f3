package io.steelyard.core.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLEngine;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a client's TLS, as nginx's variables {@code $ssl_…} tell it, by the part of their names behind {@code ssl_}. Used on the
 * connection's loop, also after the transport was closed.
 */
public final class TlsFacts implements UnaryOperator<@Nullable String> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "MMM ppd HH:mm:ss yyyy 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final Map<String, String> NAMES = Map.of("1.2.840.113549.1.9.1", "emailAddress");

    private final String protocol;
    private final String cipher;
    private final String sessionId;
    private final boolean isResumed;
    private final String serverName;
    private final String agreed;
    private final PeerVerdict verdict;
    private final @Nullable X509Certificate client;

    private TlsFacts(TlsTransport transport, SSLEngine engine) {
        var session = engine.getSession();
        protocol = session.getProtocol();
        cipher = JdkSuites.toOpenSsl(session.getCipherSuite());
        var id = session.getId();
        sessionId = id == null ? "" : HexFormat.of().formatHex(id);
        isResumed = TlsLibrary.isResumed(engine);
        serverName = transport.serverName();
        agreed = transport.protocol();
        verdict = transport.verdict();
        client = transport.peer().isEmpty() ? null : transport.peer().getFirst();
    }

    /** Of a handshake that is done; null before. */
    public static @Nullable TlsFacts of(TlsTransport transport) {
        var engine = transport.engine();
        return engine == null || !transport.isOpen() ? null : new TlsFacts(transport, engine);
    }

    @Override
    public @Nullable String apply(@Nullable String name) {
        if (name == null) {
            return null;
        }
        return switch (name) {
            case "protocol" -> protocol;
            case "cipher" -> cipher;
            case "session_id" -> nullIfEmpty(sessionId);
            case "session_reused" -> isResumed ? "r" : ".";
            case "server_name" -> nullIfEmpty(serverName);
            case "alpn_protocol" -> nullIfEmpty(agreed);
            case "client_verify" -> verdict.text();
            case "early_data" -> null;
            default -> client == null ? null : ofClient(client, name);
        };
    }

    private static @Nullable String nullIfEmpty(String text) {
        return text.isEmpty() ? null : text;
    }

    private static @Nullable String ofClient(X509Certificate certificate, String name) {
        return switch (name) {
            case "client_s_dn" -> text(certificate.getSubjectX500Principal());
            case "client_i_dn" -> text(certificate.getIssuerX500Principal());
            case "client_s_dn_legacy" -> legacy(certificate.getSubjectX500Principal());
            case "client_i_dn_legacy" -> legacy(certificate.getIssuerX500Principal());
            case "client_serial" -> serial(certificate);
            case "client_fingerprint" -> fingerprint(certificate);
            case "client_v_start" -> TIME.format(certificate.getNotBefore().toInstant());
            case "client_v_end" -> TIME.format(certificate.getNotAfter().toInstant());
            case "client_v_remain" ->
                Long.toString(Math.max(
                        Duration.between(
                                        Instant.now(), certificate.getNotAfter().toInstant())
                                .toDays(),
                        0));
            case "client_raw_cert" -> pem(certificate);
            case "client_cert" -> pem(certificate).stripTrailing().replace("\n", "\n\t");
            case "client_escaped_cert" -> escaped(pem(certificate));
            default -> null;
        };
    }

    private static String text(X500Principal name) {
        return name.getName(X500Principal.RFC2253, NAMES);
    }

    /** The parts in the order of the certificate, each behind a slash. */
    private static String legacy(X500Principal name) {
        var parts = text(name).split("(?<!\\\\),", -1);
        var text = new StringBuilder();
        for (int i = parts.length - 1; i >= 0; i--) {
            text.append('/').append(parts[i]);
        }
        return text.toString();
    }

    private static String serial(X509Certificate certificate) {
        var digits = certificate.getSerialNumber().toString(16).toUpperCase(Locale.ROOT);
        return digits.length() % 2 == 0 ? digits : "0" + digits;
    }

    private static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String pem(X509Certificate certificate) {
        try {
            var data = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
            return "-----BEGIN CERTIFICATE-----\n" + data + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Percent-encoded as in a URI's component. */
    private static String escaped(String text) {
        var escaped = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
            boolean isPlain =
                    b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || "-._~".indexOf(b) >= 0;
            if (isPlain) {
                escaped.append((char) b);
            } else {
                escaped.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return escaped.toString();
    }
}
