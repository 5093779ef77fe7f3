package io.steelyard.config.haproxy;

import io.steelyard.api.affinity.CookieAffinity;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code cookie} and {@code dynamic-cookie-key} of a backend in mode http. */
final class CookieReader {
    private static final List<String> MODES = List.of("rewrite", "insert", "prefix");

    private final Findings findings;

    CookieReader(Findings findings) {
        this.findings = findings;
    }

    /** The cookie by which clients come back to their servers; empty where there is none. */
    Optional<CookieAffinity> read(Proxy backend) {
        return backend.last("cookie").flatMap(statement -> {
            try {
                return Optional.of(cookie(statement.texts(), backend));
            } catch (IllegalArgumentException wrong) {
                findings.error(statement.argument(0).position(), "'cookie': " + wrong.getMessage());
                return Optional.empty();
            }
        });
    }

    private static CookieAffinity cookie(List<String> words, Proxy backend) {
        var cookie = CookieAffinity.builder(words.getFirst());
        cookie.mode(CookieAffinity.Mode.PASSIVE);
        if (words.contains("preserve") && !words.contains("insert") && !words.contains("indirect")) {
            throw new IllegalArgumentException("'preserve' needs 'insert' or 'indirect'");
        }
        if (words.stream()
                        .skip(1)
                        .filter(word -> MODES.contains(word))
                        .distinct()
                        .count()
                > 1) {
            throw new IllegalArgumentException("'rewrite', 'insert' and 'prefix' exclude each other");
        }
        for (int i = 1; i < words.size(); i++) {
            var word = words.get(i);
            switch (word) {
                case "insert", "rewrite", "prefix" ->
                    cookie.mode(CookieAffinity.Mode.valueOf(word.toUpperCase(Locale.ROOT)));
                case "indirect" -> cookie.indirect(true);
                case "nocache" -> cookie.noCache(true);
                case "postonly" -> cookie.postOnly(true);
                case "preserve" -> cookie.preserve(true);
                case "httponly" -> cookie.httpOnly(true);
                case "secure" -> cookie.secure(true);
                case "dynamic" -> cookie.value(new CookieAffinity.Value.Keyed(key(backend)));
                case "domain" -> cookie.domain(value(words, ++i));
                case "maxidle" -> cookie.maxIdle(seconds(value(words, ++i)));
                case "maxlife" -> cookie.maxLife(seconds(value(words, ++i)));
                case "attr" -> cookie.attribute(value(words, ++i));
                default -> throw new IllegalArgumentException("there is no parameter '" + word + "'");
            }
        }
        return cookie.build();
    }

    private static Duration seconds(String text) {
        return Values.time(text, Duration.ofSeconds(1));
    }

    private static String key(Proxy backend) {
        return backend.last("dynamic-cookie-key")
                .map(statement -> statement.argument(0).text())
                .orElseThrow(() -> new IllegalArgumentException("'dynamic' needs a dynamic-cookie-key"));
    }

    private static String value(List<String> words, int at) {
        if (at == words.size()) {
            throw new IllegalArgumentException("'" + words.get(at - 1) + "' has no value");
        }
        return words.get(at);
    }
}
