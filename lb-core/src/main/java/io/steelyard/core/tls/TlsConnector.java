package io.steelyard.core.tls;

import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.steelyard.api.tls.TlsClient;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A {@link TlsClient} with its files read: gives each connection to a server an engine. Immutable; safe for all threads. */
public final class TlsConnector {
    private final TlsClient configured;
    private final SslContext context;
    private final @Nullable X509Certificate own;

    private TlsConnector(TlsClient configured, SslContext context, @Nullable X509Certificate own) {
        this.configured = configured;
        this.context = context;
        this.own = own;
        TlsLibrary.releaseWith(this, context);
    }

    /**
     * Reads the files.
     *
     * @throws IOException where a file cannot be used, with the reason and what to do
     */
    static TlsConnector of(TlsClient client) throws IOException {
        CertificateCheck check =
                client.trust().isPresent() ? CertificateCheck.of(client.trust().get(), true) : null;
        KeyPairFile pair = client.certificate().isPresent()
                ? KeyPairFile.read(client.certificate().get())
                : null;
        try {
            var builder = TlsLibrary.begin(SslContextBuilder.forClient(), client.rules(), client.protocols())
                    .trustManager(new PeerTrust(check, List.of()))
                    .endpointIdentificationAlgorithm(null);
            if (pair != null) {
                builder.keyManager(pair.key(), pair.chainArray());
            }
            var context = builder.build();
            if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
                sessions.setSessionCacheEnabled(client.reusesSessions());
            }
            return new TlsConnector(
                    client, context, pair == null ? null : pair.chain().getFirst());
        } catch (SSLException | IllegalArgumentException refused) {
            throw new IOException("TLS with servers cannot be set up: " + refused.getMessage(), refused);
        }
    }

    /** What it was made of. */
    public TlsClient configured() {
        return configured;
    }

    /** What is wrong with the time of our certificate; none where nothing is. */
    List<String> warnings() {
        var warning = own == null ? "" : Validity.warning(own);
        return warning.isEmpty() ? List.of() : List.of(warning);
    }

    /**
     * An engine for one connection.
     *
     * @param server text that stands for the server: sessions are taken up with the same one under the same name
     * @param name what the server is told; empty, or an address, for nothing
     */
    SSLEngine open(String server, String name) {
        // What begins with a slash is no host name, so that the library keeps sessions by it and does not send it.
        var engine = configured.reusesSessions()
                ? context.newEngine(TlsLibrary.MEMORY, "/" + server + "/" + name, 443)
                : context.newEngine(TlsLibrary.MEMORY);
        TlsLibrary.prepare(engine, configured.rules(), true, true);
        if (!name.isEmpty() && !CertificateNames.isNumeric(name)) {
            var parameters = engine.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            engine.setSSLParameters(parameters);
        }
        return engine;
    }

    /** Whether a server's certificate is for this name; any is where the name is empty. */
    static boolean isFor(X509Certificate certificate, String name) {
        return name.isEmpty() || CertificateNames.of(certificate).isFor(name);
    }
}
