package io.steelyard.api.affinity;

import io.steelyard.api.text.Template;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A cookie names the client's server. How the line {@code Set-Cookie} is written, and what is made of clients without a valid cookie, follows
 * the pool's {@link io.steelyard.api.Personality}.
 *
 * @param name of the cookie; case matters as in HAProxy, but with the personality {@code nginx} it does not
 * @param mode who sets the cookie
 * @param value what stands for a server in it
 * @param indirect {@link Mode#INSERT}: servers do not see the cookie, and a client whose cookie is right is not given it again (HAProxy)
 * @param noCache an answer that sets the cookie tells caches not to keep it: {@code Cache-Control: private} (HAProxy)
 * @param postOnly the cookie is set in answers to POST only (HAProxy)
 * @param preserve a cookie of this name that the server sets itself goes to the client as it is (HAProxy)
 * @param httpOnly scripts cannot read the cookie
 * @param secure it is sent over TLS only
 * @param sameSite when it is sent with requests other sites cause; absent for the client's own rule
 * @param domains it is valid for; empty for the host that sets it. nginx and native write the first only
 * @param path it is valid for; absent for HAProxy's {@code /}, and for none with nginx
 * @param maxIdle how long a client may stay away; zero for no limit. With {@code maxLife}, dates follow the value in the cookie (HAProxy)
 * @param maxLife how long after it was first set the cookie holds; zero for no limit
 * @param expires when clients forget the cookie; zero for the end of their session
 * @param attributes appended as they are (HAProxy {@code attr})
 * @param computedAttributes appended as they are worked out for the answer, such as {@code domain=$host}; one whose value is empty, or has a
 *     semicolon or a control character, is left out
 */
public record CookieAffinity(
        String name,
        Mode mode,
        Value value,
        boolean indirect,
        boolean noCache,
        boolean postOnly,
        boolean preserve,
        boolean httpOnly,
        boolean secure,
        Optional<SameSite> sameSite,
        List<String> domains,
        Optional<String> path,
        Duration maxIdle,
        Duration maxLife,
        Duration expires,
        List<String> attributes,
        List<Template> computedAttributes)
        implements RequestAffinity.Rule {
    /** Who sets the cookie. */
    public enum Mode {
        /** We do; a cookie of that name from the server is dropped. */
        INSERT,
        /** The server does, and we replace its value. */
        REWRITE,
        /** The server does, and we put ours and a {@code ~} before its value, which servers do not see. */
        PREFIX,
        /** The server does, and it goes to the client as it is, unless {@code indirect} says to leave out what the client has already. */
        PASSIVE
    }

    /** When a cookie is sent with requests other sites cause. */
    public enum SameSite {
        STRICT,
        LAX,
        NONE
    }

    /** What stands for a server in a cookie. */
    public sealed interface Value {
        /** The server's {@link io.steelyard.api.pool.RealServer#stickyName}; a server without one gets no cookie. */
        record Named() implements Value {}

        /** The server's sticky name, or else the MD5 of its address and port as text, in hexadecimal (nginx {@code sticky cookie}). */
        record AddressDigest() implements Value {}

        /** 16 hexadecimal digits that follow from the key, the server's address and its port (HAProxy {@code dynamic}). */
        record Keyed(String key) implements Value {
            public Keyed {
                if (key.isEmpty()) {
                    throw new IllegalArgumentException("the key is empty");
                }
            }
        }

        /**
         * The server's id and a date, sealed: which server it is cannot be read from it, and nobody without the key can make one. Nothing is
         * stored; whoever has the key understands it.
         *
         * @param keys each a secret of at least 16 bytes. New cookies are made with the first, those made with any are understood: a new key is
         *     put first, and the old one removed once {@code lifetime} has passed
         * @param lifetime how long a cookie holds; it is renewed when half of that has passed
         */
        record Signed(List<String> keys, Duration lifetime) implements Value {
            /** The least length of a key in bytes. */
            public static final int LEAST_KEY_BYTES = 16;

            public Signed {
                keys = List.copyOf(keys);
                if (keys.isEmpty()) {
                    throw new IllegalArgumentException("there is no key; expected at least one");
                }
                if (keys.stream().anyMatch(key -> key.getBytes(StandardCharsets.UTF_8).length < LEAST_KEY_BYTES)) {
                    throw new IllegalArgumentException("a key is shorter than " + LEAST_KEY_BYTES + " bytes");
                }
                if (lifetime.compareTo(Duration.ofSeconds(1)) < 0) {
                    throw new IllegalArgumentException("lifetime is " + lifetime + ", expected at least one second");
                }
            }

            /** Says nothing of the keys. */
            @Override
            public String toString() {
                return "Signed[" + keys.size() + " keys, lifetime=" + lifetime + "]";
            }
        }
    }

    public CookieAffinity {
        checkToken(name);
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(sameSite, "sameSite");
        domains = List.copyOf(domains);
        domains.forEach(domain -> checkAttribute(domain, "domain"));
        path.ifPresent(text -> checkAttribute(text, "path"));
        attributes = List.copyOf(attributes);
        attributes.forEach(text -> checkAttribute(text, "attribute"));
        computedAttributes = List.copyOf(computedAttributes);
        if (maxIdle.isNegative() || maxLife.isNegative() || expires.isNegative()) {
            throw new IllegalArgumentException("maxIdle, maxLife or expires is negative");
        }
        if (mode != Mode.INSERT && (!maxIdle.isZero() || !maxLife.isZero() || value instanceof Value.Signed)) {
            throw new IllegalArgumentException("maxIdle, maxLife and signed values are for cookies that we insert");
        }
        if (value instanceof Value.Signed && (!maxIdle.isZero() || !maxLife.isZero())) {
            throw new IllegalArgumentException(
                    "a signed value has a lifetime of its own; leave maxIdle and maxLife out");
        }
    }

    private static void checkToken(String name) {
        if (name.isEmpty()
                || !name.chars().allMatch(c -> c > ' ' && c < 0x7F && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0)) {
            throw new IllegalArgumentException("'" + name + "' is no name of a cookie (RFC 6265 section 4.1.1)");
        }
    }

    private static void checkAttribute(String text, String what) {
        if (text.isEmpty() || !text.chars().allMatch(c -> c >= ' ' && c < 0x7F && c != ';')) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no " + what + " of a cookie; expected ASCII without semicolons");
        }
    }

    /** A cookie that we insert, with the servers' sticky names. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** Our own: inserted, hidden from servers, sealed under the keys, not for scripts, {@code SameSite=Lax}. */
    public static CookieAffinity signed(String name, Duration lifetime, String... keys) {
        return builder(name)
                .value(new Value.Signed(List.of(keys), lifetime))
                .indirect(true)
                .httpOnly(true)
                .sameSite(SameSite.LAX)
                .build();
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private final String name;
        private Mode mode = Mode.INSERT;
        private Value value = new Value.Named();
        private boolean indirect;
        private boolean noCache;
        private boolean postOnly;
        private boolean preserve;
        private boolean httpOnly;
        private boolean secure;
        private Optional<SameSite> sameSite = Optional.empty();
        private List<String> domains = new ArrayList<>();
        private Optional<String> path = Optional.empty();
        private Duration maxIdle = Duration.ZERO;
        private Duration maxLife = Duration.ZERO;
        private Duration expires = Duration.ZERO;
        private List<String> attributes = new ArrayList<>();
        private final List<Template> computedAttributes = new ArrayList<>();

        private Builder(String name) {
            this.name = name;
        }

        public Builder mode(Mode given) {
            mode = given;
            return this;
        }

        public Builder value(Value given) {
            value = given;
            return this;
        }

        public Builder indirect(boolean given) {
            indirect = given;
            return this;
        }

        public Builder noCache(boolean given) {
            noCache = given;
            return this;
        }

        public Builder postOnly(boolean given) {
            postOnly = given;
            return this;
        }

        public Builder preserve(boolean given) {
            preserve = given;
            return this;
        }

        /** One more that is worked out for each answer. */
        public Builder computedAttribute(Template given) {
            computedAttributes.add(given);
            return this;
        }

        public Builder httpOnly(boolean given) {
            httpOnly = given;
            return this;
        }

        public Builder secure(boolean given) {
            secure = given;
            return this;
        }

        public Builder sameSite(SameSite given) {
            sameSite = Optional.of(given);
            return this;
        }

        /** One more. */
        public Builder domain(String given) {
            domains.add(given);
            return this;
        }

        public Builder path(String given) {
            path = Optional.of(given);
            return this;
        }

        public Builder maxIdle(Duration given) {
            maxIdle = given;
            return this;
        }

        public Builder maxLife(Duration given) {
            maxLife = given;
            return this;
        }

        public Builder expires(Duration given) {
            expires = given;
            return this;
        }

        /** One more. */
        public Builder attribute(String given) {
            attributes.add(given);
            return this;
        }

        public CookieAffinity build() {
            return new CookieAffinity(
                    name,
                    mode,
                    value,
                    indirect,
                    noCache,
                    postOnly,
                    preserve,
                    httpOnly,
                    secure,
                    sameSite,
                    domains,
                    path,
                    maxIdle,
                    maxLife,
                    expires,
                    attributes,
                    computedAttributes);
        }
    }
}
