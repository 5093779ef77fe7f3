package io.steelyard.config.yaml;

import io.steelyard.api.text.Template;
import io.steelyard.api.tls.ClientCertificates;
import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsClient;
import io.steelyard.api.tls.TlsRules;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.api.tls.TlsSessions;
import io.steelyard.api.tls.TlsStapling;
import io.steelyard.api.tls.TlsTrust;
import io.steelyard.api.tls.TlsVersion;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** TLS options with values of all kinds, the same for the same seed. */
final class RandomTls {
    private final Random random;
    private final Supplier<String> texts;
    private final Supplier<Template> templates;

    RandomTls(Random random, Supplier<String> texts, Supplier<Template> templates) {
        this.random = random;
        this.texts = texts;
        this.templates = templates;
    }

    TlsServer server() {
        return new TlsServer(
                random.nextBoolean() ? List.of(certificate()) : List.of(certificate(), certificate()),
                rules(),
                random.nextBoolean(),
                new ClientCertificates(
                        ClientCertificates.Mode.values()[random.nextInt(4)],
                        trust(),
                        random.nextBoolean(),
                        random.nextBoolean()),
                random.nextBoolean() ? List.of() : List.of("h2", texts.get()),
                new TlsSessions(
                        random.nextBoolean(),
                        random.nextBoolean() ? List.of() : List.of(file(), file()),
                        random.nextInt(9),
                        Duration.ofSeconds(1 + random.nextInt(99))),
                random.nextBoolean(),
                random.nextBoolean(),
                Duration.ofMillis(1 + random.nextInt(99_999)));
    }

    TlsClient client() {
        boolean verifies = random.nextBoolean();
        return new TlsClient(
                verifies ? Optional.of(trust()) : Optional.empty(),
                verifies ? maybe(templates) : Optional.empty(),
                maybe(templates),
                maybe(this::certificate),
                rules(),
                random.nextBoolean() ? List.of() : List.of(texts.get()),
                random.nextBoolean(),
                Duration.ofMillis(1 + random.nextInt(99_999)));
    }

    private TlsCertificate certificate() {
        var chain = file();
        boolean isFetched = random.nextBoolean();
        return new TlsCertificate(
                chain,
                random.nextBoolean() ? chain : file(),
                maybe(this::file),
                isFetched ? Optional.empty() : maybe(this::file),
                isFetched ? Optional.of(stapling()) : Optional.empty(),
                random.nextBoolean() ? List.of() : List.of(texts.get(), "!" + texts.get()));
    }

    private TlsStapling stapling() {
        return new TlsStapling(
                maybe(() -> "http://responder" + random.nextInt(9) + "/path"), maybe(this::file), random.nextBoolean());
    }

    private TlsRules rules() {
        return random.nextBoolean()
                ? TlsRules.DEFAULT
                : new TlsRules(
                        Set.of(TlsVersion.values()[random.nextInt(2)]), texts.get(), List.of("X25519", texts.get()));
    }

    private TlsTrust trust() {
        return random.nextBoolean()
                ? TlsTrust.SYSTEM
                : new TlsTrust(maybe(this::file), random.nextInt(101), maybe(this::file));
    }

    /** A file name that is not empty. */
    private String file() {
        return "f" + texts.get();
    }

    private <T> Optional<T> maybe(Supplier<T> value) {
        return random.nextBoolean() ? Optional.empty() : Optional.of(value.get());
    }
}
