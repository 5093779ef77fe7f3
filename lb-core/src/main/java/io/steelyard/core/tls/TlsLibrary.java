package io.steelyard.core.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;
import io.steelyard.api.tls.TlsRules;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** The library that speaks TLS: BoringSSL where its native part is there for this machine, else the JDK. Stateless. */
final class TlsLibrary {
    static final ByteBufAllocator MEMORY = PooledByteBufAllocator.DEFAULT;

    private static final boolean IS_NATIVE = !Boolean.getBoolean("steelyard.tls.jdk") && OpenSsl.isAvailable();
    /** How much more room than received bytes their decryption takes: the part of a record kept before, and with the JDK one whole record. */
    static final int SPARE_BYTES = (IS_NATIVE ? 1 : 2) * TlsScratch.RECORD_BYTES;

    private static final Cleaner CLEANER = Cleaner.create();

    private static final Map<String, String> GROUPS = Map.of(
            "prime256v1", "secp256r1",
            "P-256", "secp256r1",
            "P-384", "secp384r1",
            "P-521", "secp521r1",
            "X25519", "x25519",
            "X448", "x448");

    private TlsLibrary() {}

    static boolean isNative() {
        return IS_NATIVE;
    }

    static String name() {
        return IS_NATIVE ? OpenSsl.versionString() : "JDK";
    }

    /** Begins a context with what clients and servers have in common. */
    static SslContextBuilder begin(SslContextBuilder builder, TlsRules rules, List<String> protocols)
            throws SSLException {
        builder.sslProvider(IS_NATIVE ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK)
                .protocols(rules.versions().stream()
                        .map(version -> version.text())
                        .sorted()
                        .toList());
        var suites = suites(rules);
        if (!suites.isEmpty()) {
            builder.ciphers(suites);
        }
        if (!protocols.isEmpty()) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    protocols));
        }
        if (IS_NATIVE && !rules.groups().isEmpty()) {
            builder.option(OpenSslContextOption.GROUPS, rules.groups().toArray(String[]::new));
        }
        return builder;
    }

    /** The suites to name; none for the library's choice. Of Netty's choice for BoringSSL, ChaCha20 is missing, which phones like best. */
    private static List<String> suites(TlsRules rules) throws SSLException {
        if (rules.ciphers().isEmpty() && !IS_NATIVE) {
            return List.of();
        }
        var chosen = CipherList.expand(rules.ciphers().isEmpty() ? "HIGH" : rules.ciphers(), tls12Suites());
        if (chosen.isEmpty()) {
            throw new SSLException("ciphers '" + rules.ciphers() + "' name no suite that " + name() + " has; it has "
                    + String.join(":", tls12Suites()));
        }
        var named = new ArrayList<String>();
        named.addAll(List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"));
        chosen.forEach(suite -> named.add(IS_NATIVE ? suite : JdkSuites.of(suite)));
        return named;
    }

    /** The suites of TLS 1.2 there are, by OpenSSL's names. */
    static List<String> tls12Suites() {
        return IS_NATIVE ? CipherList.ofTls12(OpenSsl.availableOpenSslCipherSuites()) : JdkSuites.openSslNames();
    }

    /** What is chosen on each engine, where the library has no such option for a context. */
    static void prepare(SSLEngine engine, TlsRules rules, boolean prefersOwn, boolean givesTickets) {
        if (engine instanceof ReferenceCountedOpenSslEngine own) {
            if (!prefersOwn) {
                SSL.clearOptions(own.sslPointer(), SSL.SSL_OP_CIPHER_SERVER_PREFERENCE);
            }
            if (!givesTickets) {
                SSL.setOptions(own.sslPointer(), SSL.SSL_OP_NO_TICKET);
            }
        } else {
            var parameters = engine.getSSLParameters();
            parameters.setUseCipherSuitesOrder(prefersOwn);
            if (!rules.groups().isEmpty()) {
                parameters.setNamedGroups(rules.groups().stream()
                        .map(group -> GROUPS.getOrDefault(group, group.toLowerCase(Locale.ROOT)))
                        .toArray(String[]::new));
            }
            engine.setSSLParameters(parameters);
        }
    }

    /** Gives the native part back once nobody has {@code holder} any more. */
    static void releaseWith(Object holder, SslContext context) {
        if (context instanceof ReferenceCountedOpenSslContext) {
            CLEANER.register(holder, new Release(context));
        }
    }

    private record Release(SslContext context) implements Runnable {
        @Override
        public void run() {
            ReferenceCountUtil.release(context);
        }
    }

    /** Whether the engine took up a session. */
    static boolean isResumed(SSLEngine engine) {
        return engine instanceof ReferenceCountedOpenSslEngine own && SSL.isSessionReused(own.sslPointer());
    }

    /** What both sides agreed to speak; empty where they did not. */
    static String protocol(SSLEngine engine) {
        var agreed = engine instanceof ReferenceCountedOpenSslEngine own
                ? own.getNegotiatedApplicationProtocol()
                : engine.getApplicationProtocol();
        return agreed == null ? "" : agreed;
    }

    static void status(SSLEngine engine, byte[] response) {
        if (engine instanceof ReferenceCountedOpenSslEngine own) {
            own.setOcspResponse(response);
        }
    }
}
