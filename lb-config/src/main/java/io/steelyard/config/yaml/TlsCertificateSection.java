package io.steelyard.config.yaml;

import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsStapling;
import java.util.List;

/** {@link TlsCertificate}. */
final class TlsCertificateSection extends Section<TlsCertificate> {
    private final Key<TlsCertificate, String> chainFile = required(
            "chainFile",
            Forms.file(),
            TlsCertificate::chainFile,
            "PEM: the certificate first, then those that lead to its authority.");
    private final Key<TlsCertificate, String> keyFile = derived(
            "keyFile",
            Forms.file(),
            TlsCertificate::keyFile,
            TlsCertificate::chainFile,
            "the chainFile",
            "PEM: its private key.");
    private final Key<TlsCertificate, String> passwordFile = absent(
            "passwordFile",
            Forms.file(),
            TlsCertificate::passwordFile,
            "none",
            "For an encrypted key: a password on each line, tried in order.");
    private final Key<TlsCertificate, String> statusFile = absent(
            "statusFile",
            Forms.file(),
            TlsCertificate::statusFile,
            "none",
            "DER: an OCSP response that clients are given who ask for one.");
    private final Key<TlsCertificate, TlsStapling> stapling = absent(
            "stapling",
            new TlsStaplingSection(),
            TlsCertificate::stapling,
            "nothing is fetched",
            "That an OCSP response is fetched; not beside `statusFile`.");

    private final Key<TlsCertificate, List<String>> names = optional(
            "names",
            Forms.list(Forms.text()),
            TlsCertificate::names,
            List.of(),
            "Whom it is shown for, such as `*.example.com` or `!old.example.com`, in place of the names it is made out for.");

    TlsCertificateSection() {
        super("certificate");
    }

    @Override
    TlsCertificate make(Values values) {
        var chain = values.get(chainFile);
        return new TlsCertificate(
                chain,
                values.or(keyFile, chain),
                values.find(passwordFile),
                values.find(statusFile),
                values.find(stapling),
                values.or(names, List.of()));
    }
}
