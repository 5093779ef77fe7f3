package io.steelyard.config.yaml;

import io.steelyard.api.affinity.CookieAffinity;
import io.steelyard.api.affinity.CookieAffinity.Value;
import io.steelyard.api.text.Template;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@link CookieAffinity}. */
final class CookieAffinitySection extends Section<CookieAffinity> {
    private static final CookieAffinity DEFAULTS = CookieAffinity.builder("x").build();

    private final Key<CookieAffinity, String> cookieName =
            required("name", Forms.text(), CookieAffinity::name, "The cookie's name.");
    private final Key<CookieAffinity, CookieAffinity.Mode> mode = optional(
            "mode",
            Forms.word(CookieAffinity.Mode.class),
            CookieAffinity::mode,
            DEFAULTS.mode(),
            "Who sets it: we `insert` it; or the server does, and we `rewrite` its value, or put ours before it (`prefix`), or leave it as it is"
                    + " (`passive`).");
    private final Key<CookieAffinity, Value> value = absent(
            "value",
            Forms.word(new TreeMap<>(Map.<String, Value>of("addressDigest", new Value.AddressDigest()))),
            cookie -> Optional.of(cookie.value()).filter(Value.AddressDigest.class::isInstance),
            "the server's `stickyName`, without which it gets no cookie",
            "`addressDigest`: a server without a `stickyName` has the MD5 of its address and port.");
    private final Key<CookieAffinity, String> dynamicKey = absent(
            "dynamicKey",
            Forms.text(),
            cookie -> Optional.of(cookie.value())
                    .filter(Value.Keyed.class::isInstance)
                    .map(given -> ((Value.Keyed) given).key()),
            "none",
            "The value is a hash of this key, the server's address and its port, as HAProxy makes it.");
    private final Key<CookieAffinity, Value.Signed> signed = absent(
            "signed",
            new SignedSection(),
            cookie -> Optional.of(cookie.value())
                    .filter(Value.Signed.class::isInstance)
                    .map(Value.Signed.class::cast),
            "no",
            "The value is sealed: it cannot be read nor made without the key, and nothing is stored.");
    private final Key<CookieAffinity, Boolean> indirect = flag(
            "indirect",
            CookieAffinity::indirect,
            "Servers do not see it, and a client whose cookie is right is not given it again.");
    private final Key<CookieAffinity, Boolean> noCache = flag(
            "noCache",
            CookieAffinity::noCache,
            "An answer that sets it tells caches not to keep it: `Cache-Control: private`.");
    private final Key<CookieAffinity, Boolean> postOnly =
            flag("postOnly", CookieAffinity::postOnly, "It is set in answers to POST only.");
    private final Key<CookieAffinity, Boolean> preserve = flag(
            "preserve",
            CookieAffinity::preserve,
            "A cookie of this name that the server sets goes to the client as it is.");
    private final Key<CookieAffinity, Boolean> httpOnly =
            flag("httpOnly", CookieAffinity::httpOnly, "Scripts cannot read it.");
    private final Key<CookieAffinity, Boolean> secure =
            flag("secure", CookieAffinity::secure, "It is sent over TLS only.");
    private final Key<CookieAffinity, CookieAffinity.SameSite> sameSite = absent(
            "sameSite",
            Forms.word(CookieAffinity.SameSite.class),
            CookieAffinity::sameSite,
            "the client's own rule",
            "When it is sent with requests that other sites cause.");
    private final Key<CookieAffinity, List<String>> domains = optional(
            "domains", Forms.list(Forms.text()), CookieAffinity::domains, List.of(), "Domains it is valid for.");
    private final Key<CookieAffinity, String> path = absent(
            "path",
            Forms.text(),
            CookieAffinity::path,
            "`/`; with the personality `nginx` none",
            "The path it is valid for.");
    private final Key<CookieAffinity, Duration> maxIdle = optional(
            "maxIdle",
            Forms.time(),
            CookieAffinity::maxIdle,
            Duration.ZERO,
            "How long a client may stay away; `0s` for no limit. With `maxLife`, dates follow the value.");
    private final Key<CookieAffinity, Duration> maxLife = optional(
            "maxLife",
            Forms.time(),
            CookieAffinity::maxLife,
            Duration.ZERO,
            "How long after it was first set it holds; `0s` for no limit.");
    private final Key<CookieAffinity, Duration> expires = optional(
            "expires",
            Forms.time(),
            CookieAffinity::expires,
            Duration.ZERO,
            "When clients forget it; `0s` for the end of their session.");
    private final Key<CookieAffinity, List<String>> attributes = optional(
            "attributes",
            Forms.list(Forms.text()),
            CookieAffinity::attributes,
            List.of(),
            "Attributes appended as they are.");

    private final Key<CookieAffinity, List<Template>> computedAttributes = optional(
            "computedAttributes",
            Forms.list(TemplateForm.template()),
            CookieAffinity::computedAttributes,
            List.of(),
            "Attributes worked out for each answer, such as `domain=$host`; one whose value is empty, or no attribute's, is left out.");

    CookieAffinitySection() {
        super("cookie affinity");
    }

    private Key<CookieAffinity, Boolean> flag(
            String name, java.util.function.Function<CookieAffinity, Boolean> getter, String description) {
        return optional(name, Forms.flag(), getter, false, description);
    }

    @Override
    CookieAffinity make(Values values) {
        return new CookieAffinity(
                values.get(cookieName),
                values.or(mode, DEFAULTS.mode()),
                value(values),
                values.or(indirect, false),
                values.or(noCache, false),
                values.or(postOnly, false),
                values.or(preserve, false),
                values.or(httpOnly, false),
                values.or(secure, false),
                values.find(sameSite),
                values.or(domains, List.of()),
                values.find(path),
                values.or(maxIdle, Duration.ZERO),
                values.or(maxLife, Duration.ZERO),
                values.or(expires, Duration.ZERO),
                values.or(attributes, List.of()),
                values.or(computedAttributes, List.of()));
    }

    private Value value(Values values) {
        var digest = values.find(value);
        var key = values.find(dynamicKey);
        var sealed = values.find(signed);
        if ((digest.isPresent() ? 1 : 0) + (key.isPresent() ? 1 : 0) + (sealed.isPresent() ? 1 : 0) > 1) {
            throw new IllegalArgumentException(
                    "the cookie has several kinds of value; expected one of value, dynamicKey, signed");
        }
        return digest.or(() -> key.map(Value.Keyed::new)).or(() -> sealed).orElseGet(Value.Named::new);
    }

    /** {@link Value.Signed}. */
    static final class SignedSection extends Section<Value.Signed> {
        private final Key<Value.Signed, List<String>> keys = required(
                "keys",
                Forms.list(Forms.text()),
                Value.Signed::keys,
                "Secrets of at least 16 bytes each. New cookies are made with the first, those made with any are understood.");
        private final Key<Value.Signed, Duration> lifetime = required(
                "lifetime",
                Forms.positiveTime(),
                Value.Signed::lifetime,
                "How long a cookie holds; it is renewed when half of that has passed.");

        SignedSection() {
            super("signed cookie");
        }

        @Override
        Value.Signed make(Values values) {
            return new Value.Signed(values.get(keys), values.get(lifetime));
        }
    }
}
