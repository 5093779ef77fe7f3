package io.steelyard.config.nginx;

import io.steelyard.api.http.ExpressionLanguage;
import io.steelyard.api.http.HttpFacts;
import io.steelyard.config.haproxy.expression.Password;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.commons.codec.digest.Md5Crypt;
import org.jspecify.annotations.Nullable;

/**
 * {@code nginx.users}: the lines of a file as {@code htpasswd} writes it, {@code NAME:PASSWORD}, perhaps with {@code :} and a comment behind it. The
 * value is 1 where a request's credentials (RFC 7617) are those of a line, else 0; of several lines for a name the first counts. Passwords are
 * {@code {PLAIN}}, {@code {SHA}}, {@code {SSHA}}, {@code $apr1$}, or what crypt(3) makes of them by {@code $1$}, {@code $5$}, {@code $6$} or DES.
 * A look at a hashed one takes up to milliseconds of its loop, as it does in nginx.
 */
public final class UsersLanguage implements ExpressionLanguage {
    /** The plug-in's name. */
    public static final String NAME = "nginx.users";

    private static final String SCHEME = "Basic ";
    private static final int DIGEST_BYTES = 20;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "users and passwords, as auth_basic_user_file of nginx.conf has them";
    }

    @Override
    public Expression compile(String text) {
        var users = users(text, new ArrayList<>());
        return facts -> admits(users, facts) ? "1" : "0";
    }

    /** The names whose passwords are hashed in a way that is not known here; nobody can have these names. */
    static List<String> unknown(String text) {
        var unknown = new ArrayList<String>();
        users(text, unknown);
        return unknown;
    }

    private static Map<String, Predicate<String>> users(String text, List<String> unknown) {
        var users = new HashMap<String, Predicate<String>>();
        for (var line : text.split("\n")) {
            int colon = line.indexOf(':');
            if (line.startsWith("#") || colon < 0 || users.containsKey(line.substring(0, colon))) {
                continue;
            }
            var name = line.substring(0, colon);
            var password = line.substring(colon + 1).split("[:\r]", 2)[0];
            try {
                users.put(name, password(password));
            } catch (IllegalArgumentException otherWay) {
                unknown.add(name);
                users.put(name, given -> false);
            }
        }
        return users;
    }

    private static Predicate<String> password(String written) {
        if (written.startsWith("{PLAIN}")) {
            var clear = new Password.Clear(written.substring(7));
            return clear::is;
        }
        if (written.startsWith("{SHA}")) {
            return digested(Base64.getDecoder().decode(written.substring(5)), new byte[0]);
        }
        if (written.startsWith("{SSHA}")) {
            var both = Base64.getDecoder().decode(written.substring(6));
            if (both.length < DIGEST_BYTES) {
                throw new IllegalArgumentException("too short");
            }
            return digested(Arrays.copyOf(both, DIGEST_BYTES), Arrays.copyOfRange(both, DIGEST_BYTES, both.length));
        }
        if (written.startsWith("$apr1$")) {
            apr1("", written);
            return given -> MessageDigest.isEqual(bytes(written), bytes(apr1(given, written)));
        }
        var hashed = new Password.Hashed(written);
        return hashed::is;
    }

    private static String apr1(String given, String hash) {
        return Md5Crypt.apr1Crypt(bytes(given), hash);
    }

    private static Predicate<String> digested(byte[] digest, byte[] salt) {
        return given -> {
            try {
                var sha1 = MessageDigest.getInstance("SHA-1");
                sha1.update(bytes(given));
                return MessageDigest.isEqual(digest, sha1.digest(salt));
            } catch (NoSuchAlgorithmException missing) {
                throw new IllegalStateException("this Java has no SHA-1", missing);
            }
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static boolean admits(Map<String, Predicate<String>> users, HttpFacts facts) {
        var credentials = credentials(facts.requestFields());
        int colon = credentials == null ? -1 : credentials.indexOf(':');
        if (credentials == null || colon < 1) {
            return false;
        }
        var password = users.get(credentials.substring(0, colon));
        return password != null && password.test(credentials.substring(colon + 1));
    }

    private static @Nullable String credentials(HttpFacts.Fields fields) {
        for (int i = 0; i < fields.count(); i++) {
            if (fields.isNamed(i, "Authorization")) {
                var value = fields.value(i);
                if (!value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
                    return null;
                }
                try {
                    return new String(
                            Base64.getDecoder()
                                    .decode(value.substring(SCHEME.length()).strip()),
                            StandardCharsets.ISO_8859_1);
                } catch (IllegalArgumentException malformed) {
                    return null;
                }
            }
        }
        return null;
    }
}
