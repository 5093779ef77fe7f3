package io.steelyard.config.nginx;

import io.steelyard.api.http.ExpressionLanguage;
import io.steelyard.api.http.HttpFacts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * {@code nginx.expires}: what nginx's {@code expires} makes of an answer's field: {@code Expires} or {@code Cache-Control}, and behind it {@code
 * epoch}, {@code max}, {@code off}, a time such as {@code 30d} or {@code -1}, a time of day such as {@code @15h}, or {@code modified} and a time.
 * {@code off} is the field as the answer has it (ngx_http_headers_filter_module of nginx 1.22).
 */
public final class ExpiresLanguage implements ExpressionLanguage {
    /** The plug-in's name. */
    public static final String NAME = "nginx.expires";

    static final String FORM = "epoch, max, off, a time such as 30d or -1h, or a time of day such as @15h30m";

    private static final Duration ONE_DAY = Duration.ofDays(1);
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private final InstantSource clock;
    private final ZoneId zone;

    /** By the machine's clock and time zone. */
    public ExpiresLanguage() {
        this(InstantSource.system(), ZoneId.systemDefault());
    }

    ExpiresLanguage(InstantSource clock, ZoneId zone) {
        this.clock = clock;
        this.zone = zone;
    }

    /** From when a time counts. */
    private enum Since {
        REQUEST,
        MODIFICATION,
        /** A time of day. */
        MIDNIGHT
    }

    /** What both fields are to say. */
    private record Ready(String expires, String cacheControl) {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "Expires and Cache-Control, as expires of nginx.conf has them";
    }

    @Override
    public Expression compile(String text) {
        var words = List.of(text.strip().split("\\s+"));
        var field = words.getFirst();
        boolean isDate = field.equalsIgnoreCase("Expires");
        if (!isDate && !field.equalsIgnoreCase("Cache-Control") || words.size() < 2) {
            throw new IllegalArgumentException("'" + text + "' is not Expires or Cache-Control and " + FORM);
        }
        boolean isModified = words.size() == 3 && words.get(1).equals("modified");
        if (words.size() > 2 && !isModified) {
            throw new IllegalArgumentException("'" + words.get(1) + "' is not modified");
        }
        var value = words.getLast();
        if (!isModified) {
            switch (value) {
                case "off" -> {
                    return facts -> asItIs(facts, field);
                }
                case "epoch" -> {
                    return facts -> isDate ? "Thu, 01 Jan 1970 00:00:01 GMT" : "no-cache";
                }
                case "max" -> {
                    return facts -> isDate ? "Thu, 31 Dec 2037 23:55:55 GMT" : "max-age=315360000";
                }
                default -> {}
            }
        }
        var since = value.startsWith("@") ? Since.MIDNIGHT : isModified ? Since.MODIFICATION : Since.REQUEST;
        if (since == Since.MIDNIGHT && isModified) {
            throw new IllegalArgumentException("a time, and no time of day, behind modified");
        }
        var time = time(value, since);
        return facts -> {
            var ready = ready(facts, since, time);
            return isDate ? ready.expires() : ready.cacheControl();
        };
    }

    private static Duration time(String value, Since since) {
        boolean isSigned = value.startsWith("+") || value.startsWith("-") || since == Since.MIDNIGHT;
        Duration time;
        try {
            time = Values.seconds(isSigned ? value.substring(1) : value);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(FORM, wrong);
        }
        if (since == Since.MIDNIGHT && time.compareTo(ONE_DAY) > 0) {
            throw new IllegalArgumentException("a time of day, from @0 to @24h");
        }
        return value.startsWith("-") ? time.negated() : time;
    }

    private Ready ready(HttpFacts facts, Since since, Duration time) {
        var now = clock.instant();
        var modified = since == Since.MODIFICATION ? modified(facts) : null;
        if (time.isZero() && since != Since.MIDNIGHT) {
            return new Ready(DATE.format(now), "max-age=0");
        }
        var end = since == Since.MIDNIGHT ? next(now, time) : (modified == null ? now : modified).plus(time);
        long age = end.getEpochSecond() - now.getEpochSecond();
        return new Ready(DATE.format(end), time.isNegative() || age < 0 ? "no-cache" : "max-age=" + age);
    }

    /** The next moment at which clocks show this time of day. */
    private Instant next(Instant now, Duration timeOfDay) {
        var today = now.atZone(zone).toLocalDate();
        boolean isMidnight = timeOfDay.equals(ONE_DAY);
        var clockTime = isMidnight ? LocalTime.MIDNIGHT : LocalTime.MIDNIGHT.plus(timeOfDay);
        var first = ZonedDateTime.of(isMidnight ? today.plusDays(1) : today, clockTime, zone)
                .toInstant();
        return first.isAfter(now)
                ? first
                : ZonedDateTime.of(today.plusDays(1), clockTime, zone).toInstant();
    }

    private static @Nullable Instant modified(HttpFacts facts) {
        var said = asItIs(facts, "Last-Modified");
        if (said == null) {
            return null;
        }
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(said));
        } catch (DateTimeParseException unknown) {
            return null;
        }
    }

    private static @Nullable String asItIs(HttpFacts facts, String field) {
        var fields = facts.answerFields();
        if (fields == null) {
            return null;
        }
        var all = new StringJoiner(", ");
        boolean isThere = false;
        for (int i = 0; i < fields.count(); i++) {
            if (fields.isNamed(i, field)) {
                all.add(fields.value(i));
                isThere = true;
            }
        }
        return isThere ? all.toString() : null;
    }
}
