package io.steelyard.admin.runtime;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;

/** What {@code show ssl cert} tells of a certificate. Pure. */
final class CertificateText {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", Pattern.DOTALL);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss yyyy 'GMT'", Locale.ROOT);

    /** Between the parts of a name in RFC 2253: a comma without a backslash before it. */
    private static final Pattern PARTS = Pattern.compile("(?<!\\\\),");

    private static final int DNS = 2;
    private static final int ADDRESS = 7;

    private CertificateText() {}

    /** The certificates of a PEM text; none where one is malformed. */
    static List<X509Certificate> certificates(String text) {
        var found = new ArrayList<X509Certificate>();
        try {
            var factory = CertificateFactory.getInstance("X.509");
            var blocks = BLOCK.matcher(text);
            while (blocks.find()) {
                found.add((X509Certificate) factory.generateCertificate(
                        new ByteArrayInputStream(blocks.group().getBytes(StandardCharsets.ISO_8859_1))));
            }
            return found;
        } catch (CertificateException malformed) {
            return List.of();
        }
    }

    /** The lines for a PEM text whose first certificate is the server's. */
    static String of(String text) {
        var chain = certificates(text);
        if (chain.isEmpty()) {
            return "";
        }
        var first = chain.getFirst();
        var lines = new StringBuilder();
        line(lines, "Serial", hex(first.getSerialNumber().toByteArray()).replaceFirst("^00(?=..)", ""));
        line(lines, "notBefore", time(first.getNotBefore()));
        line(lines, "notAfter", time(first.getNotAfter()));
        line(lines, "Subject Alternative Name", alternatives(first));
        line(lines, "Algorithm", algorithm(first));
        line(lines, "SHA1 FingerPrint", fingerprint(first));
        line(lines, "Subject", name(first.getSubjectX500Principal()));
        line(lines, "Issuer", name(first.getIssuerX500Principal()));
        for (var other : chain.subList(1, chain.size())) {
            line(lines, "Chain Subject", name(other.getSubjectX500Principal()));
            line(lines, "Chain Issuer", name(other.getIssuerX500Principal()));
        }
        return lines.toString();
    }

    private static void line(StringBuilder lines, String name, String value) {
        lines.append(name).append(": ").append(value).append('\n');
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().withUpperCase().formatHex(bytes);
    }

    private static String time(Date date) {
        return TIME.format(date.toInstant().atOffset(ZoneOffset.UTC));
    }

    private static String alternatives(X509Certificate certificate) {
        try {
            var names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? ""
                    : names.stream()
                            .filter(name ->
                                    name.get(0).equals(DNS) || name.get(0).equals(ADDRESS))
                            .map(name -> (name.get(0).equals(DNS) ? "DNS:" : "IP Address:") + name.get(1))
                            .collect(Collectors.joining(", "));
        } catch (CertificateParsingException malformed) {
            return "";
        }
    }

    private static String algorithm(X509Certificate certificate) {
        var key = certificate.getPublicKey();
        if (key instanceof ECKey curve) {
            return "EC" + curve.getParams().getCurve().getField().getFieldSize();
        }
        return key instanceof RSAKey rsa ? "RSA" + rsa.getModulus().bitLength() : key.getAlgorithm();
    }

    private static String fingerprint(X509Certificate certificate) {
        try {
            return hex(MessageDigest.getInstance("SHA-1").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** As OpenSSL writes a name in one line: {@code /C=DE/CN=a.example}. */
    private static String name(X500Principal principal) {
        var text = principal.getName(X500Principal.RFC2253, Map.of("1.2.840.113549.1.9.1", "emailAddress"));
        var parts = new ArrayList<>(List.of(PARTS.split(text)));
        Collections.reverse(parts);
        return parts.stream().map(part -> "/" + part.replace("\\", "")).collect(Collectors.joining());
    }
}
