package io.steelyard.core.ocsp;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.Map;
import java.util.stream.Stream;

/** Whether a response may be stapled (RFC 6960 section 3.2, as nginx has it). Pure functions. */
final class ResponseCheck {
    /** How far clocks may be apart; nginx's. */
    static final long SKEW_MS = 300_000;

    private static final String OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";
    private static final String PSS = "1.2.840.113549.1.1.10";

    private static final byte[] NULL = {5, 0};

    /** Signatures of SHA-1 are not among them: they prove nothing any more (RFC 9155). */
    private static final Map<String, String> SIGNATURES = Map.of(
            "1.2.840.113549.1.1.11", "SHA256withRSA",
            "1.2.840.113549.1.1.12", "SHA384withRSA",
            "1.2.840.113549.1.1.13", "SHA512withRSA",
            "1.2.840.10045.4.3.2", "SHA256withECDSA",
            "1.2.840.10045.4.3.3", "SHA384withECDSA",
            "1.2.840.10045.4.3.4", "SHA512withECDSA",
            "1.3.101.112", "Ed25519",
            "1.3.101.113", "Ed448");

    private ResponseCheck() {}

    /**
     * Looks at a response.
     *
     * @return until when it may be stapled, in milliseconds since 1970; {@link Long#MAX_VALUE} where it says nothing of that
     * @throws OcspException where it may not be
     */
    static long validUntilMs(byte[] bytes, StatusQuestion question, long nowMs) throws OcspException {
        var response = OcspResponse.read(bytes);
        var signer = signer(response, question);
        if (question.verifies()) {
            permit(signer, question, nowMs);
        }
        if (!isSigned(response, signer)) {
            throw new OcspException("the signature of its answer is wrong");
        }
        var id = CertificateId.of(question.certificate(), question.issuer());
        var status = response.statuses().stream()
                .filter(each -> id.equals(each.id()))
                .findFirst()
                .orElseThrow(() -> new OcspException("its answer says nothing of this certificate"));
        switch (status.kind()) {
            case REVOKED -> throw new OcspException("it says that the certificate is revoked");
            case UNKNOWN -> throw new OcspException("it does not know the certificate");
            case GOOD -> {
                // That is stapled.
            }
        }
        if (status.thisUpdateMs() > nowMs + SKEW_MS) {
            throw new OcspException("its answer holds only from " + Instant.ofEpochMilli(status.thisUpdateMs())
                    + " on; compare the clocks");
        }
        long next = status.nextUpdateMs().orElse(Long.MAX_VALUE);
        if (next < nowMs - SKEW_MS || next < status.thisUpdateMs()) {
            throw new OcspException("its answer expired at " + Instant.ofEpochMilli(next));
        }
        return next;
    }

    private static X509Certificate signer(OcspResponse response, StatusQuestion question) throws OcspException {
        var known = Stream.of(question.chain().stream(), question.trusted().stream(), Stream.of(question.issuer()))
                .flatMap(each -> each);
        var candidates = Stream.concat(response.certificates().stream(), known).toList();
        for (var candidate : candidates) {
            if (isNamed(response, candidate)) {
                return candidate;
            }
        }
        throw new OcspException("the certificate that signed its answer is not known");
    }

    private static boolean isNamed(OcspResponse response, X509Certificate candidate) throws OcspException {
        var name = response.signerName();
        return name != null
                ? name.equals(candidate.getSubjectX500Principal())
                : CertificateId.keyHash(candidate).equals(response.signerKeyHash());
    }

    /** RFC 6960 section 4.2.2.2: a signer of one's own choice, the issuer, or one that the issuer lets sign. */
    private static void permit(X509Certificate signer, StatusQuestion question, long nowMs) throws OcspException {
        if (signer.equals(question.issuer()) || question.trusted().contains(signer)) {
            return;
        }
        if (!StatusQuestion.isIssuedBy(signer, question.issuer()) || !maySign(signer)) {
            throw new OcspException("its answer is signed by "
                    + signer.getSubjectX500Principal().getName() + ", whom the issuer does not let do so");
        }
        if (signer.getNotAfter().before(new Date(nowMs))
                || signer.getNotBefore().after(new Date(nowMs + SKEW_MS))) {
            throw new OcspException("the certificate that signed its answer is past its time");
        }
    }

    private static boolean maySign(X509Certificate signer) {
        try {
            var uses = signer.getExtendedKeyUsage();
            return uses != null && uses.contains(OCSP_SIGNING);
        } catch (CertificateParsingException malformed) {
            return false;
        }
    }

    private static boolean isSigned(OcspResponse response, X509Certificate signer) throws OcspException {
        var algorithm = new DerReader(response.algorithm()).inside(DerReader.SEQUENCE);
        var identifier = algorithm.objectIdentifier();
        var name = identifier.equals(PSS) ? "RSASSA-PSS" : SIGNATURES.get(identifier);
        var parameters = algorithm.rest();
        boolean isPlain = parameters.length == 0 || Arrays.equals(parameters, NULL);
        if (name == null || !identifier.equals(PSS) && !isPlain) {
            throw new OcspException("its answer is signed by an algorithm that is not taken, " + identifier);
        }
        try {
            var signature = Signature.getInstance(name);
            if (identifier.equals(PSS)) {
                var read = AlgorithmParameters.getInstance("RSASSA-PSS");
                read.init(parameters);
                signature.setParameter(read.getParameterSpec(PSSParameterSpec.class));
            }
            signature.initVerify(signer.getPublicKey());
            signature.update(response.signed());
            return signature.verify(response.signature());
        } catch (GeneralSecurityException | IOException otherKind) {
            return false;
        }
    }
}
