package io.steelyard.core.ocsp;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Which certificate is asked for (RFC 6960 section 4.1.1, {@code CertID}), with the digests that all responders know, SHA-1 (RFC 5019 section
 * 2.1.1): they are names, and nothing is secured by them. Immutable.
 *
 * @param nameHash of the issuer's name, in hexadecimal
 * @param keyHash of the issuer's key, in hexadecimal
 * @param serial of the certificate
 */
record CertificateId(String nameHash, String keyHash, BigInteger serial) {
    static final String SHA1 = "1.3.14.3.2.26";

    /** {@code AlgorithmIdentifier} of SHA-1. */
    private static final byte[] ALGORITHM = {0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00};

    /** @throws OcspException where the issuer's key is in no form that is known */
    static CertificateId of(X509Certificate certificate, X509Certificate issuer) throws OcspException {
        return new CertificateId(
                hash(certificate.getIssuerX500Principal().getEncoded()),
                keyHash(issuer),
                certificate.getSerialNumber());
    }

    /** The digest of a certificate's key: its bits without their algorithm. */
    static String keyHash(X509Certificate holder) throws OcspException {
        var key = new DerReader(holder.getPublicKey().getEncoded()).inside(DerReader.SEQUENCE);
        key.skip();
        return hash(key.bitString());
    }

    private static String hash(byte[] text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** An {@code OCSPRequest} for it, in DER; without a nonce, so that responders may answer from memory, and as nginx. */
    byte[] request() {
        var hashes = HexFormat.of();
        var id = value(
                DerReader.SEQUENCE,
                ALGORITHM,
                value(DerReader.OCTET_STRING, hashes.parseHex(nameHash)),
                value(DerReader.OCTET_STRING, hashes.parseHex(keyHash)),
                value(DerReader.INTEGER, serial.toByteArray()));
        // Request, requestList, TBSRequest, OCSPRequest
        var request = id;
        for (int i = 0; i < 4; i++) {
            request = value(DerReader.SEQUENCE, request);
        }
        return request;
    }

    /** The request as the end of a path (RFC 6960 appendix A.1.1). */
    String requestText() {
        var text = Base64.getEncoder().encode(request());
        return new String(text, StandardCharsets.US_ASCII)
                .replace("+", "%2B")
                .replace("/", "%2F")
                .replace("=", "%3D");
    }

    private static byte[] value(int tag, byte[]... parts) {
        var content = new ByteArrayOutputStream();
        for (var part : parts) {
            content.writeBytes(part);
        }
        var whole = new ByteArrayOutputStream();
        whole.write(tag);
        int length = content.size();
        if (length > 0x7f) {
            whole.write(length > 0xff ? 0x82 : 0x81);
        }
        if (length > 0xff) {
            whole.write(length >> 8);
        }
        whole.write(length);
        whole.writeBytes(content.toByteArray());
        return whole.toByteArray();
    }
}
