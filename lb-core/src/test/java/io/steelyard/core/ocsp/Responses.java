package io.steelyard.core.ocsp;

import io.steelyard.api.tls.TlsStapling;
import io.steelyard.tck.TestCertificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Certificates and responses about them, made by openssl. Not thread-safe. */
final class Responses {
    static final TlsStapling UNVERIFIED =
            new TlsStapling(Optional.of("http://127.0.0.1/status"), Optional.empty(), false);
    static final TlsStapling VERIFIED = new TlsStapling(Optional.of("http://127.0.0.1/status"), Optional.empty(), true);

    private final TestCertificates made;

    /** Of {@code good}, {@code revoked} and {@code unknown}, and signers: {@code delegate}, and {@code stranger} without permission. */
    Responses(Path folder) throws IOException {
        made = new TestCertificates(folder);
        made.rsa("good", "good.example").ec("revoked", "revoked.example").ec("unknown", "unknown.example");
        made.ec("stranger", "stranger.example").ec("delegate", "delegate.example");
        Files.writeString(Path.of(made.path("delegate.ext")), "extendedKeyUsage=OCSPSigning\n");
        issue("delegate", "delegate.ext", 2_000);
        Files.writeString(
                Path.of(made.path("place.ext")),
                "authorityInfoAccess=caIssuers;URI:http://issuer.example/ca,OCSP;URI:http://ocsp.example:81/a,OCSP;URI:http://b\n");
        made.ec("placed", "placed.example");
        issue("placed", "place.ext", 2_001);
        Files.writeString(
                Path.of(made.path("index.txt")),
                "V\t491231235959Z\t\t03E9\tunknown\t/CN=good\nR\t491231235959Z\t250101000000Z\t03EA\tunknown\t/CN=revoked\n");
    }

    private void issue(String name, String extensions, int serial) throws IOException {
        var command = "x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -out " + name + ".pem -set_serial "
                + serial + " -extfile " + extensions + " -days 30";
        made.openssl(command.split(" "));
    }

    X509Certificate certificate(String name) throws IOException, CertificateException {
        var bytes = Files.readAllBytes(Path.of(made.path(name + ".pem")));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes));
    }

    List<X509Certificate> chain(String name) throws IOException, CertificateException {
        return List.of(certificate(name), certificate("ca"));
    }

    StatusQuestion question(String name, TlsStapling stapling) throws IOException, CertificateException {
        var found = StatusQuestion.of(stapling, chain(name), List.of()).question();
        if (found == null) {
            throw new IOException("there is no question");
        }
        return found;
    }

    /** What openssl asks. */
    byte[] request(String name) throws IOException {
        made.openssl("ocsp", "-issuer", "ca.pem", "-cert", name + ".pem", "-reqout", "request.der", "-no_nonce");
        return Files.readAllBytes(Path.of(made.path("request.der")));
    }

    /** What openssl answers. @param options such as {@code -ndays 1} */
    byte[] response(String name, String signer, String... options) throws IOException {
        request(name);
        var command = new ArrayList<>(List.of("ocsp", "-index", "index.txt", "-rsigner", signer + ".pem", "-rkey"));
        command.addAll(List.of(signer + ".key", "-CA", "ca.pem", "-reqin", "request.der", "-respout", "status.der"));
        command.addAll(List.of(options));
        Files.deleteIfExists(Path.of(made.path("status.der")));
        made.openssl(command.toArray(String[]::new));
        return Files.readAllBytes(Path.of(made.path("status.der")));
    }
}
