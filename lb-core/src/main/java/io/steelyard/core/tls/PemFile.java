package io.steelyard.core.tls;

import io.steelyard.api.tls.SubstituteFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a PEM file holds (RFC 7468). Immutable.
 *
 * @param name the file
 * @param blocks in order
 */
record PemFile(String name, List<Block> blocks) {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*(?:-(?!----END)[^-]*)*)-----END \\1-----");

    /**
     * One object.
     *
     * @param label such as {@code CERTIFICATE}
     * @param text between the lines that enclose it
     */
    record Block(String label, String text) {
        /** The object's bytes. @throws IllegalArgumentException where they are not Base64 */
        byte[] bytes() {
            return Base64.getMimeDecoder().decode(text.strip());
        }

        /** Whether it is encrypted in the old form, with fields before the data (RFC 1421). */
        boolean isOldEncrypted() {
            return text.contains("Proc-Type: 4,ENCRYPTED");
        }
    }

    /** @throws TlsFileException where it cannot be read */
    static PemFile read(String name, String what) throws TlsFileException {
        var blocks = new ArrayList<Block>();
        var found = BLOCK.matcher(new String(bytes(name, what), StandardCharsets.ISO_8859_1));
        while (found.find()) {
            blocks.add(new Block(found.group(1), found.group(2)));
        }
        return new PemFile(name, blocks);
    }

    /** The bytes of any file. @throws TlsFileException where it cannot be read */
    static byte[] bytes(String name, String what) throws TlsFileException {
        var substitute = SubstituteFile.of(name);
        if (substitute.isPresent()) {
            return substitute.get();
        }
        try {
            return Files.readAllBytes(Path.of(name));
        } catch (NoSuchFileException missing) {
            throw new TlsFileException(what, name, "there is no such file", "create it or correct the path");
        } catch (AccessDeniedException denied) {
            throw new TlsFileException(
                    what, name, "it may not be read by this user", "let the user that runs the balancer read it");
        } catch (IOException | InvalidPathException failed) {
            throw new TlsFileException(what, name, "it cannot be read: " + failed.getMessage(), "name a PEM file");
        }
    }

    /** Its certificates. @throws TlsFileException where there is none, or one that is malformed */
    List<X509Certificate> certificates(String what) throws TlsFileException {
        var found = new ArrayList<X509Certificate>();
        try {
            var factory = CertificateFactory.getInstance("X.509");
            for (var block : blocks) {
                switch (block.label()) {
                    case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE" ->
                        found.add(
                                (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.bytes())));
                    default -> {
                        // A key may be in the same file.
                    }
                }
            }
        } catch (CertificateException | IllegalArgumentException malformed) {
            throw new TlsFileException(
                    what,
                    name,
                    "certificate " + (found.size() + 1) + " in it is malformed: " + malformed.getMessage(),
                    "compare with 'openssl x509 -in " + name + " -noout -text'");
        }
        if (found.isEmpty()) {
            throw new TlsFileException(
                    what, name, "it holds no certificate", "name a PEM file with -----BEGIN CERTIFICATE-----");
        }
        return found;
    }

    /** Its lists of revoked certificates. @throws TlsFileException where there is none, or one that is malformed */
    List<X509CRL> revocations() throws TlsFileException {
        var found = new ArrayList<X509CRL>();
        try {
            var factory = CertificateFactory.getInstance("X.509");
            for (var block : blocks) {
                if (block.label().equals("X509 CRL")) {
                    found.add((X509CRL) factory.generateCRL(new ByteArrayInputStream(block.bytes())));
                }
            }
        } catch (CertificateException | CRLException | IllegalArgumentException malformed) {
            throw new TlsFileException(
                    "revocation file",
                    name,
                    "list " + (found.size() + 1) + " in it is malformed: " + malformed.getMessage(),
                    "compare with 'openssl crl -in " + name + " -noout -text'");
        }
        if (found.isEmpty()) {
            throw new TlsFileException(
                    "revocation file",
                    name,
                    "it holds no list of revoked certificates",
                    "name a PEM file with -----BEGIN X509 CRL-----");
        }
        return found;
    }
}
