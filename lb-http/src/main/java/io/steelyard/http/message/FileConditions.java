package io.steelyard.http.message;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What of a file a request wants: its conditions (RFC 9110 section 13) and its range (section 14), by nginx's rules: a range
 * is heeded where it is one. Pure.
 */
public final class FileConditions {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private FileConditions() {}

    /**
     * What is sent of a file.
     *
     * @param status 200, 206, 304, 412 or 416
     * @param from the first byte of the body
     * @param bytes of the body
     */
    public record Part(int status, long from, long bytes) {}

    /** A time as HTTP writes it. */
    public static String date(long epochSeconds) {
        return DATE.format(Instant.ofEpochSecond(epochSeconds));
    }

    /** A strong tag of these two, as nginx makes it. */
    public static String tag(long modifiedSeconds, long bytes) {
        return '"' + Long.toHexString(modifiedSeconds) + '-' + Long.toHexString(bytes) + '"';
    }

    /**
     * What a request wants of a file.
     *
     * @param modifiedSeconds when the file was changed last, since 1970
     * @param bytes its length
     * @param isTagged whether it has the tag of these two, or none
     * @param isUnmodified whether it counts as not modified since a time of {@code If-Modified-Since}, in seconds since 1970
     */
    public static Part wanted(
            FieldBlock request, long modifiedSeconds, long bytes, boolean isTagged, LongPredicate isUnmodified) {
        var tag = isTagged ? tag(modifiedSeconds, bytes) : null;
        var unmodifiedSince = value(request, FieldName.IF_UNMODIFIED_SINCE);
        if (unmodifiedSince != null && seconds(unmodifiedSince) < modifiedSeconds) {
            return new Part(412, 0, 0);
        }
        var match = value(request, FieldName.IF_MATCH);
        if (match != null && !names(match, tag, false)) {
            return new Part(412, 0, 0);
        }
        var modifiedSince = value(request, FieldName.IF_MODIFIED_SINCE);
        var noneMatch = value(request, FieldName.IF_NONE_MATCH);
        boolean isKnown = (modifiedSince != null || noneMatch != null)
                && (modifiedSince == null || isUnmodified.test(seconds(modifiedSince)))
                && (noneMatch == null || names(noneMatch, tag, true));
        if (isKnown) {
            return new Part(304, 0, 0);
        }
        var range = value(request, FieldName.RANGE);
        if (range == null
                || range.length() < 7
                || !range.regionMatches(true, 0, "bytes=", 0, 6)
                || !isStill(request, tag, modifiedSeconds)) {
            return new Part(200, 0, bytes);
        }
        return part(range.substring(6), bytes);
    }

    /** Whether {@code If-Range} allows for a range. */
    private static boolean isStill(FieldBlock request, @Nullable String tag, long modifiedSeconds) {
        var still = value(request, FieldName.IF_RANGE);
        return still == null || (still.endsWith("\"") ? still.equals(tag) : seconds(still) == modifiedSeconds);
    }

    /** Several ranges are the whole file, as RFC 9110 section 14.2 allows. */
    private static Part part(String range, long bytes) {
        if (range.indexOf(',') >= 0) {
            return new Part(200, 0, bytes);
        }
        int dash = range.indexOf('-');
        var nowhere = new Part(416, 0, 0);
        if (dash < 0) {
            return nowhere;
        }
        long first = number(range.substring(0, dash).strip());
        long last = number(range.substring(dash + 1).strip());
        if (first == MALFORMED || last == MALFORMED || (first == NONE && last == NONE)) {
            return nowhere;
        }
        if (first == NONE) {
            long count = Math.min(last, bytes);
            return count == 0 ? nowhere : new Part(206, bytes - count, count);
        }
        if (last != NONE && last < first || first >= bytes) {
            return nowhere;
        }
        long end = last == NONE ? bytes : Math.min(last + 1, bytes);
        return new Part(206, first, end - first);
    }

    private static final long NONE = -1;
    private static final long MALFORMED = -2;

    private static long number(String digits) {
        if (digits.isEmpty()) {
            return NONE;
        }
        if (digits.length() > 18 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return MALFORMED;
        }
        return Long.parseLong(digits);
    }

    /** Whether a list of tags has this one, or is {@code *}. */
    private static boolean names(String list, @Nullable String tag, boolean isWeak) {
        if (list.equals("*")) {
            return true;
        }
        if (tag == null) {
            return false;
        }
        for (var one : list.split(",", -1)) {
            var written = one.strip();
            if (written.equals(tag) || isWeak && written.equals("W/" + tag)) {
                return true;
            }
        }
        return false;
    }

    /** Since 1970; before all files where it is no time. */
    private static long seconds(String date) {
        try {
            return Instant.from(DATE.parse(date)).getEpochSecond();
        } catch (DateTimeParseException noTime) {
            return -1;
        }
    }

    private static @Nullable String value(FieldBlock request, FieldName name) {
        int index = request.find(name);
        return index < 0 ? null : request.value(index).strip();
    }
}
