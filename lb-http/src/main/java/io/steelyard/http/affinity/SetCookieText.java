package io.steelyard.http.affinity;

import io.steelyard.api.Personality;
import io.steelyard.api.affinity.CookieAffinity;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The value of {@code Set-Cookie} as each program writes it. Pure. */
final class SetCookieText {
    private static final DateTimeFormatter SHORT_YEAR = DateTimeFormatter.ofPattern(
                    "EEE, dd-MMM-yy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter LONG_YEAR = DateTimeFormatter.ofPattern(
                    "EEE, dd-MMM-yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** What nginx writes for {@code expires=max}, ten years. */
    private static final long TEN_YEARS = 315_360_000;

    private static final String AT_THE_END = "Thu, 31-Dec-37 23:55:55 GMT";

    private SetCookieText() {}

    /**
     * The field's value.
     *
     * @param value of the cookie; null for a server that has none: HAProxy then has the client forget its cookie
     * @return null where there is nothing to set
     */
    static @Nullable String of(CookieAffinity rule, Personality personality, @Nullable String value, long nowSeconds) {
        return switch (personality) {
            case NGINX -> value == null ? null : nginx(rule, value, nowSeconds);
            case HAPROXY -> haproxy(rule, value);
            case NATIVE, LVS -> value == null ? null : ours(rule, value);
        };
    }

    private static String haproxy(CookieAffinity rule, @Nullable String value) {
        var text = new StringBuilder(rule.name()).append('=');
        text.append(value == null ? "; Expires=Thu, 01-Jan-1970 00:00:01 GMT" : value);
        text.append("; path=").append(rule.path().orElse("/"));
        rule.domains().forEach(domain -> text.append("; domain=").append(domain));
        if (value != null && !rule.expires().isZero()) {
            text.append("; Max-Age=").append(rule.expires().toSeconds());
        }
        text.append(rule.httpOnly() ? "; HttpOnly" : "").append(rule.secure() ? "; Secure" : "");
        rule.sameSite().ifPresent(site -> text.append("; SameSite=").append(capitalised(site)));
        rule.attributes().forEach(attribute -> text.append("; ").append(attribute));
        return text.toString();
    }

    private static String nginx(CookieAffinity rule, String value, long nowSeconds) {
        var text = new StringBuilder(rule.name()).append('=').append(value);
        long seconds = rule.expires().toSeconds();
        if (seconds > 0) {
            text.append("; expires=")
                    .append(seconds == TEN_YEARS ? AT_THE_END : date(nowSeconds + seconds))
                    .append("; max-age=")
                    .append(seconds);
        }
        rule.domains().stream()
                .findFirst()
                .ifPresent(domain -> text.append("; domain=").append(domain));
        rule.path().ifPresent(path -> text.append("; path=").append(path));
        text.append(rule.httpOnly() ? "; httponly" : "").append(rule.secure() ? "; secure" : "");
        rule.sameSite()
                .ifPresent(site -> text.append("; samesite=").append(site.name().toLowerCase(Locale.ROOT)));
        rule.attributes().forEach(attribute -> text.append("; ").append(attribute));
        return text.toString();
    }

    private static String ours(CookieAffinity rule, String value) {
        var text = new StringBuilder(rule.name()).append('=').append(value);
        text.append("; Path=").append(rule.path().orElse("/"));
        rule.domains().stream()
                .findFirst()
                .ifPresent(domain -> text.append("; Domain=").append(domain));
        if (!rule.expires().isZero()) {
            text.append("; Max-Age=").append(rule.expires().toSeconds());
        }
        text.append(rule.httpOnly() ? "; HttpOnly" : "").append(rule.secure() ? "; Secure" : "");
        rule.sameSite().ifPresent(site -> text.append("; SameSite=").append(capitalised(site)));
        rule.attributes().forEach(attribute -> text.append("; ").append(attribute));
        return text.toString();
    }

    /** Clients of old take years of four digits only from 2038 on (nginx {@code ngx_http_cookie_time}). */
    private static String date(long seconds) {
        var instant = Instant.ofEpochSecond(seconds);
        return (instant.atZone(ZoneOffset.UTC).getYear() > 2037 ? LONG_YEAR : SHORT_YEAR).format(instant);
    }

    private static String capitalised(CookieAffinity.SameSite site) {
        return site.name().charAt(0) + site.name().substring(1).toLowerCase(Locale.ROOT);
    }
}
