package io.steelyard.health;

import io.steelyard.api.health.CheckStep;
import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS with a checked server, by the JDK. Safe for all threads.
 *
 * @param context null for no TLS
 * @param serverName what the server is told; empty for nothing
 * @param verifiedName whom its certificate must be for; empty for anybody
 * @param protocols those offered (ALPN); none where the server is not asked
 */
record ProbeTls(@Nullable SSLContext context, String serverName, String verifiedName, List<String> protocols) {
    static final ProbeTls NONE = new ProbeTls(null, "", "", List.of());

    private static final String OFF = "off";
    private static final String VERIFIED = "verified";

    /** The options that a check speaks TLS by. */
    static List<OptionSpec> options() {
        return List.of(
                OptionSpec.choice(
                        "tls",
                        List.of(OFF, "unverified", VERIFIED),
                        "whether TLS is spoken, and whether the server's certificate is looked at"),
                OptionSpec.text("tls-server-name", "", "the name the server is told (SNI)"),
                OptionSpec.text("tls-verified-name", "", "the name its certificate must be for; any by default"),
                OptionSpec.text("tls-authorities", "", "PEM file of trusted authorities; the system's by default"));
    }

    /** These options and a check's own. */
    static List<OptionSpec> with(OptionSpec... own) {
        var all = new ArrayList<>(List.of(own));
        all.addAll(options());
        return List.copyOf(all);
    }

    /** @throws IllegalArgumentException where a file cannot be used or a name is none */
    static ProbeTls of(Options options) {
        return of(options, options.text("tls"), options.text("tls-server-name"), List.of());
    }

    /** As a step's connection wants it, with the authorities and the name that the options verify by. */
    static ProbeTls of(Options options, CheckStep.Connect step) {
        if (step.isOrdinary() && step.security() == CheckStep.Security.NONE) {
            var told = step.serverName().isEmpty() ? options.text("tls-server-name") : step.serverName();
            return of(options, options.text("tls"), told, step.protocols());
        }
        var mode = switch (step.security()) {
            case NONE -> OFF;
            case UNVERIFIED -> "unverified";
            case VERIFIED -> VERIFIED;
        };
        return of(options, mode, step.serverName(), step.protocols());
    }

    private static ProbeTls of(Options options, String mode, String told, List<String> protocols) {
        if (mode.equals(OFF)) {
            return NONE;
        }
        if (!told.isEmpty()) {
            new SNIHostName(told);
        }
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(
                    null,
                    mode.equals(VERIFIED)
                            ? trust(options.text("tls-authorities"))
                            : new TrustManager[] {new Everybody()},
                    null);
            return new ProbeTls(
                    context, told, mode.equals(VERIFIED) ? options.text("tls-verified-name") : "", protocols);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("TLS cannot be set up for checks", impossible);
        }
    }

    private static TrustManager @Nullable [] trust(String file) throws GeneralSecurityException {
        if (file.isEmpty()) {
            return null;
        }
        try {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            var bytes = Files.readAllBytes(Path.of(file));
            int count = 0;
            for (var certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes))) {
                store.setCertificateEntry("authority" + count++, certificate);
            }
            if (count == 0) {
                throw new IllegalArgumentException("tls-authorities is '" + file + "', which holds no certificate");
            }
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (IOException | InvalidPathException | CertificateException wrong) {
            throw new IllegalArgumentException(
                    "tls-authorities is '" + file + "', which cannot be read as PEM: " + wrong.getMessage(), wrong);
        }
    }

    /** Speaks TLS over a connected socket; the handshake is done. */
    SSLSocket open(Socket connected) throws IOException {
        if (context == null) {
            throw new IllegalStateException("no TLS is spoken");
        }
        var socket =
                (SSLSocket) context.getSocketFactory().createSocket(connected, verifiedName, connected.getPort(), true);
        var parameters = socket.getSSLParameters();
        parameters.setServerNames(serverName.isEmpty() ? List.of() : List.of(new SNIHostName(serverName)));
        if (!verifiedName.isEmpty()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        parameters.setApplicationProtocols(protocols.toArray(String[]::new));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /** Believes every certificate, as it was said. */
    private static final class Everybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
