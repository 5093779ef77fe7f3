package io.steelyard.admin.runtime;

import io.steelyard.api.ConfigurationException;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.tls.SubstituteFile;
import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code show}, {@code set}, {@code commit} and {@code abort ssl cert}: a certificate with its key takes the place of a file's while clients are
 * served, as one transaction at a time, and until the configuration is read again. Files that hold both are meant. One thread at a time.
 */
final class CertificateCommands {
    private final LoadBalancer balancer;

    /** The file that is about to be replaced; null for none. */
    private @Nullable String file;

    private String content = "";

    CertificateCommands(LoadBalancer balancer) {
        this.balancer = balancer;
    }

    /** The configuration was read again: a transaction that is under way is given up. */
    void forget() {
        file = null;
    }

    private List<String> files() {
        return balancer.configuration().virtualServers().stream()
                .flatMap(CertificateCommands::servers)
                .flatMap(server -> server.certificates().stream())
                .map(TlsCertificate::chainFile)
                .distinct()
                .toList();
    }

    private static Stream<TlsServer> servers(VirtualServer server) {
        var ofHosts = server.target() instanceof Target.Http http
                ? http.service().hosts().stream().map(VirtualHost::tls).flatMap(Optional::stream)
                : Stream.<TlsServer>empty();
        return Stream.concat(server.tls().stream(), ofHosts);
    }

    String show(List<String> words) {
        if (words.isEmpty()) {
            var open = file == null ? "" : "# transaction\n*" + file + "\n";
            return open + "# filename\n"
                    + files().stream().map(name -> name + "\n").collect(Collectors.joining());
        }
        boolean isNew = words.getFirst().startsWith("*");
        var name = isNew ? words.getFirst().substring(1) : words.getFirst();
        if (isNew ? !name.equals(file) : !files().contains(name)) {
            throw new RefusedCommandException(
                    "Can't display the certificate: Not found or the certificate is a bundle!");
        }
        return "Filename: " + words.getFirst() + "\nStatus: " + (isNew ? "Unused" : "Used") + "\n"
                + CertificateText.of(isNew ? content : read(name));
    }

    private static String read(String name) {
        try {
            var substitute = SubstituteFile.of(name);
            var bytes = substitute.isPresent() ? substitute.get() : Files.readAllBytes(Path.of(name));
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (IOException failed) {
            throw new RefusedCommandException("Can't display the certificate: " + failed.getMessage());
        }
    }

    /** @param words the file and the PEM text */
    String set(List<String> words) {
        if (words.size() < 2) {
            throw new RefusedCommandException("'set ssl cert expects a filename and a certificate as a payload");
        }
        var name = words.getFirst();
        if (file != null && !file.equals(name)) {
            throw new RefusedCommandException("The ongoing transaction is about '" + file
                    + "' but you are trying to set '" + name + "'\nCan't update " + name + "!");
        }
        if (!files().contains(name)) {
            throw new RefusedCommandException(
                    "Can't replace a certificate which is not referenced by the configuration!\nCan't update " + name
                            + "!");
        }
        if (CertificateText.certificates(words.get(1)).isEmpty()) {
            throw new RefusedCommandException("unable to load certificate from file '" + name
                    + "'.\nCan't load the payload\nCan't update " + name + "!");
        }
        boolean isNew = file == null;
        file = name;
        content = words.get(1);
        return "Transaction " + (isNew ? "created" : "updated") + " for certificate " + name + "!\n";
    }

    String commit(String name) {
        if (name.isEmpty()) {
            throw new RefusedCommandException("'commit ssl cert expects a filename");
        }
        if (!name.equals(file)) {
            throw new RefusedCommandException("No ongoing transaction! !\nCan't commit " + name + "!");
        }
        if (!content.contains("PRIVATE KEY-----")) {
            throw new RefusedCommandException(
                    "The transaction must contain at least a certificate and a private key!\nCan't commit " + name
                            + "!");
        }
        var before = SubstituteFile.put(name, Optional.of(content.getBytes(StandardCharsets.ISO_8859_1)));
        try {
            balancer.apply(balancer.configuration());
        } catch (ConfigurationException refused) {
            SubstituteFile.put(name, before);
            throw new RefusedCommandException(refused.problems().getFirst().text() + "\nCan't commit " + name + "!");
        }
        file = null;
        return "Committing " + name + ".\nSuccess!\n";
    }

    String abort(String name) {
        if (name.isEmpty()) {
            throw new RefusedCommandException("'abort ssl cert' expects a filename");
        }
        if (!name.equals(file)) {
            throw new RefusedCommandException("No ongoing transaction!");
        }
        file = null;
        return "Transaction aborted for certificate '" + name + "'!\n";
    }
}
