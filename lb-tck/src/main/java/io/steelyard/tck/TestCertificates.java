package io.steelyard.tck;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An authority and certificates of it, made by openssl in a folder of the test. Not thread-safe. */
public final class TestCertificates {
    private final Path folder;
    private int serial;

    /** @throws IOException where openssl is not there */
    public TestCertificates(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        newKey("ca", false);
        openssl("req", "-x509", "-key", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Test Authority");
    }

    /** Whether the program is there. */
    public static boolean isPossible() {
        return Files.isExecutable(Path.of("/usr/bin/openssl"));
    }

    /** The authority's certificate. */
    public String authority() {
        return path("ca.pem");
    }

    /** A file of the folder. */
    public String path(String name) {
        return folder.resolve(name).toString();
    }

    /** Makes {@code name.pem} with its authority's, and {@code name.key}, with an RSA key. @param names DNS names, or {@code IP:} and an address */
    public TestCertificates rsa(String name, String... names) throws IOException {
        return certificate(name, false, 30, names);
    }

    /** The same with an elliptic-curve key. */
    public TestCertificates ec(String name, String... names) throws IOException {
        return certificate(name, true, 30, names);
    }

    /** One that expired yesterday. */
    public TestCertificates expired(String name, String... names) throws IOException {
        return certificate(name, true, -1, names);
    }

    private TestCertificates certificate(String name, boolean isEc, int days, String... names) throws IOException {
        newKey(name, isEc);
        var alternatives = new ArrayList<String>();
        for (var each : names) {
            alternatives.add(each.startsWith("IP:") ? each : "DNS:" + each);
        }
        Files.writeString(
                folder.resolve(name + ".ext"),
                "subjectAltName=" + String.join(",", alternatives) + "\nbasicConstraints=CA:FALSE\n");
        openssl("req", "-new", "-key", name + ".key", "-out", name + ".csr", "-subj", "/O=Test/CN=" + name);
        var issue = new ArrayList<>(List.of(
                "x509",
                "-req",
                "-in",
                name + ".csr",
                "-CA",
                "ca.pem",
                "-CAkey",
                "ca.key",
                "-out",
                name + ".pem",
                "-set_serial",
                String.valueOf(1_000 + ++serial),
                "-extfile",
                name + ".ext",
                "-days",
                "" + days));
        openssl(issue.toArray(String[]::new));
        return this;
    }

    /** TLS of the JDK's own that shows a certificate made before, with its key, and trusts the authority. */
    public SSLContext context(String name) throws IOException, GeneralSecurityException {
        openssl(
                "pkcs12",
                "-export",
                "-in",
                name + ".pem",
                "-inkey",
                name + ".key",
                "-passout",
                "pass:x",
                "-out",
                name + ".p12");
        var store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(folder.resolve(name + ".p12"))) {
            store.load(in, "x".toCharArray());
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, "x".toCharArray());
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (var in = Files.newInputStream(Path.of(authority()))) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** Lists a certificate as revoked in {@code crl.pem}. */
    public TestCertificates revoke(String name) throws IOException {
        Files.writeString(folder.resolve("index.txt"), "");
        Files.writeString(folder.resolve("crlnumber"), "01\n");
        Files.writeString(
                folder.resolve("ca.cnf"),
                "[ca]\ndefault_ca=d\n[d]\ndatabase=" + path("index.txt") + "\ncrlnumber=" + path("crlnumber")
                        + "\ndefault_md=sha256\ndefault_crl_days=30\n");
        openssl("ca", "-config", "ca.cnf", "-revoke", name + ".pem", "-keyfile", "ca.key", "-cert", "ca.pem");
        openssl("ca", "-config", "ca.cnf", "-gencrl", "-out", "crl.pem", "-keyfile", "ca.key", "-cert", "ca.pem");
        return this;
    }

    private void newKey(String name, boolean isEc) throws IOException {
        if (isEc) {
            openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", name + ".key");
        } else {
            openssl("genrsa", "-out", name + ".key", "2048");
        }
    }

    /** Runs openssl in the folder. @return what it said */
    public String openssl(String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add("/usr/bin/openssl");
        command.addAll(List.of(arguments));
        return run(command, folder, "");
    }

    /**
     * Runs a program to its end.
     *
     * @param input what it reads
     * @return all it wrote
     */
    public static String run(List<String> command, Path folder, String input) throws IOException {
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            try (var to = process.getOutputStream()) {
                to.write(input.getBytes(StandardCharsets.UTF_8));
            }
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IOException(command + " did not end: " + output);
            }
            return output;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        } finally {
            process.destroyForcibly();
        }
    }
}
