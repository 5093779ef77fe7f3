package io.steelyard.core.ocsp;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * A successful {@code BasicOCSPResponse} as it was read (RFC 6960 section 4.2.1). Immutable but for its arrays, which nobody changes.
 *
 * @param signed what the signature is of
 * @param signerName null where it is named by its key
 * @param signerKeyHash SHA-1 of the signer's key, in hexadecimal; null where it is named by its name
 * @param statuses of one certificate each
 * @param algorithm of the signature, {@code AlgorithmIdentifier} in DER
 * @param certificates that may be the signer's
 */
record OcspResponse(
        byte[] signed,
        @Nullable X500Principal signerName,
        @Nullable String signerKeyHash,
        List<Status> statuses,
        byte[] algorithm,
        byte[] signature,
        List<X509Certificate> certificates) {
    private static final String BASIC = "1.3.6.1.5.5.7.48.1.1";
    private static final List<String> FAILURES =
            List.of("", "malformed request", "internal error", "try later", "", "signature required", "unauthorized");

    /** What is said of a certificate. */
    enum Kind {
        GOOD,
        REVOKED,
        UNKNOWN
    }

    /**
     * The status of one certificate.
     *
     * @param id null where its digests are others than ours
     * @param thisUpdateMs since when it is known to be so, in milliseconds since 1970
     * @param nextUpdateMs when there will be newer knowledge at the latest
     */
    record Status(@Nullable CertificateId id, Kind kind, long thisUpdateMs, OptionalLong nextUpdateMs) {}

    OcspResponse {
        statuses = List.copyOf(statuses);
        certificates = List.copyOf(certificates);
    }

    /** @throws OcspException where it is none, or says that the responder failed */
    static OcspResponse read(byte[] response) throws OcspException {
        var whole = new DerReader(response);
        var parts = whole.inside(DerReader.SEQUENCE);
        whole.expectEnd();
        var code = parts.content(DerReader.ENUMERATED);
        if (code.length != 1 || code[0] != 0) {
            int number = code.length == 1 ? code[0] : -1;
            var name = number > 0 && number < FAILURES.size() ? FAILURES.get(number) : "";
            throw new OcspException("it answered '" + (name.isEmpty() ? "status " + number : name) + "'");
        }
        var typed = parts.inside(DerReader.EXPLICIT).inside(DerReader.SEQUENCE);
        if (!typed.objectIdentifier().equals(BASIC)) {
            throw new OcspException("it answered in another form than the basic one");
        }
        return basic(new DerReader(typed.content(DerReader.OCTET_STRING)).inside(DerReader.SEQUENCE));
    }

    private static OcspResponse basic(DerReader basic) throws OcspException {
        var signed = basic.whole();
        var algorithm = basic.whole();
        var signature = basic.bitString();
        var certificates = basic.tag() == DerReader.EXPLICIT
                ? certificates(basic.inside(DerReader.EXPLICIT).inside(DerReader.SEQUENCE))
                : List.<X509Certificate>of();

        var data = new DerReader(signed).inside(DerReader.SEQUENCE);
        if (data.tag() == DerReader.EXPLICIT) {
            data.skip();
        }
        boolean isNamed = data.tag() == DerReader.EXPLICIT + 1;
        var name = isNamed ? name(data.inside(DerReader.EXPLICIT + 1).rest()) : null;
        var keyHash = isNamed
                ? null
                : HexFormat.of().formatHex(data.inside(DerReader.EXPLICIT + 2).content(DerReader.OCTET_STRING));
        data.generalizedTimeMs();
        var statuses = new ArrayList<Status>();
        var listed = data.inside(DerReader.SEQUENCE);
        while (listed.hasMore()) {
            statuses.add(status(listed.inside(DerReader.SEQUENCE)));
        }
        return new OcspResponse(signed, name, keyHash, statuses, algorithm, signature, certificates);
    }

    private static X500Principal name(byte[] name) throws OcspException {
        try {
            return new X500Principal(name);
        } catch (IllegalArgumentException malformed) {
            throw new OcspException("the name of its answer's signer is malformed");
        }
    }

    private static Status status(DerReader single) throws OcspException {
        var id = id(single.inside(DerReader.SEQUENCE));
        var kind = switch (single.skip()) {
            case 0x80 -> Kind.GOOD;
            case 0xa1 -> Kind.REVOKED;
            default -> Kind.UNKNOWN;
        };
        long thisUpdateMs = single.generalizedTimeMs();
        var nextUpdateMs = single.tag() == DerReader.EXPLICIT
                ? OptionalLong.of(single.inside(DerReader.EXPLICIT).generalizedTimeMs())
                : OptionalLong.empty();
        return new Status(id, kind, thisUpdateMs, nextUpdateMs);
    }

    private static @Nullable CertificateId id(DerReader id) throws OcspException {
        var digest = id.inside(DerReader.SEQUENCE).objectIdentifier();
        var hashes = HexFormat.of();
        var found = new CertificateId(
                hashes.formatHex(id.content(DerReader.OCTET_STRING)),
                hashes.formatHex(id.content(DerReader.OCTET_STRING)),
                id.integer());
        return digest.equals(CertificateId.SHA1) ? found : null;
    }

    private static List<X509Certificate> certificates(DerReader listed) throws OcspException {
        var found = new ArrayList<X509Certificate>();
        try {
            var factory = CertificateFactory.getInstance("X.509");
            while (listed.hasMore()) {
                found.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(listed.whole())));
            }
        } catch (CertificateException malformed) {
            throw new OcspException("a certificate in its answer is malformed");
        }
        return found;
    }
}
