package io.steelyard.config.haproxy.expression;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The path, query and fragment of a request's target in another form of the same meaning: the normalizers of {@code http-request normalize-uri}
 * (HAProxy 2.6, configuration manual, section 4.2). Pure.
 */
public final class NormalizedUri {
    /** Those there are. */
    public static final List<String> NORMALIZERS = List.of(
            "fragment-encode",
            "fragment-strip",
            "path-merge-slashes",
            "path-strip-dot",
            "path-strip-dotdot",
            "percent-decode-unreserved",
            "percent-to-uppercase",
            "query-sort-by-name");

    private NormalizedUri() {}

    /** The word that a normalizer may be followed by; empty for none. */
    public static String option(String normalizer) {
        return switch (normalizer) {
            case "path-strip-dotdot" -> "full";
            case "percent-decode-unreserved", "percent-to-uppercase" -> "strict";
            default -> "";
        };
    }

    /**
     * Another form of a target from its path on.
     *
     * @param normalizer one of {@link #NORMALIZERS}
     * @param hasOption whether its {@link #option} stands behind it
     * @return empty where {@code strict} finds a percent sign without two hexadecimal digits
     * @throws IllegalArgumentException where there is no such normalizer
     */
    public static Optional<String> of(String target, String normalizer, boolean hasOption) {
        return switch (normalizer) {
            case "fragment-encode" -> Optional.of(target.replace("#", "%23"));
            case "fragment-strip" -> Optional.of(target.replaceFirst("#.*", ""));
            case "path-merge-slashes" -> Optional.of(onPath(target, path -> path.replaceAll("/+", "/")));
            case "path-strip-dot" -> Optional.of(onPath(target, NormalizedUri::withoutDots));
            case "path-strip-dotdot" -> Optional.of(onPath(target, path -> withoutParents(path, hasOption)));
            case "percent-decode-unreserved" -> percents(target, hasOption, NormalizedUri::unreserved);
            case "percent-to-uppercase" -> percents(target, hasOption, digits -> "%" + upper(digits));
            case "query-sort-by-name" -> Optional.of(sorted(target));
            default ->
                throw new IllegalArgumentException(
                        "there is no normalizer '" + normalizer + "', expected " + String.join(", ", NORMALIZERS));
        };
    }

    private static String onPath(String target, UnaryOperator<String> change) {
        int end = endOfPath(target);
        return change.apply(target.substring(0, end)) + target.substring(end);
    }

    private static int endOfPath(String target) {
        int mark = target.indexOf('?');
        int hash = target.indexOf('#');
        int end = mark < 0 ? target.length() : mark;
        return hash < 0 ? end : Math.min(end, hash);
    }

    private static String withoutDots(String path) {
        var kept = new StringBuilder();
        var segments = path.split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            boolean isLast = i == segments.length - 1;
            if (!segments[i].equals(".")) {
                kept.append(segments[i]).append(isLast ? "" : "/");
            }
        }
        return kept.toString();
    }

    /** @param isFull whether those that lead above the root are left out too, and not kept */
    private static String withoutParents(String path, boolean isFull) {
        var kept = new StringBuilder();
        var segments = path.split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            boolean isLast = i == segments.length - 1;
            boolean isParent = segments[i].equals("..");
            int cut = kept.length() < 2 ? -1 : kept.lastIndexOf("/", kept.length() - 2);
            boolean isAfterParent = kept.toString().endsWith("/../");
            if (isParent && cut >= 0 && !isAfterParent) {
                kept.setLength(cut + 1);
            } else if (!isParent || !isFull) {
                kept.append(segments[i]).append(isLast ? "" : "/");
            }
        }
        return kept.toString();
    }

    private static Optional<String> percents(String target, boolean isStrict, UnaryOperator<String> change) {
        var changed = new StringBuilder();
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c != '%') {
                changed.append(c);
            } else if (i + 2 < target.length() && isHex(target.charAt(i + 1)) && isHex(target.charAt(i + 2))) {
                changed.append(change.apply(target.substring(i + 1, i + 3)));
                i += 2;
            } else if (isStrict) {
                return Optional.empty();
            } else {
                changed.append(c);
            }
        }
        return Optional.of(changed.toString());
    }

    private static boolean isHex(char c) {
        return c < 0x80 && Character.digit(c, 16) >= 0;
    }

    /** RFC 3986, section 2.3. */
    private static String unreserved(String digits) {
        char c = (char) Integer.parseInt(digits, 16);
        boolean isUnreserved =
                c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~".indexOf(c) >= 0;
        return isUnreserved ? String.valueOf(c) : "%" + digits;
    }

    private static String upper(String digits) {
        return digits.toUpperCase(java.util.Locale.ROOT);
    }

    /** By names alone, so that several of one name stay in their order. */
    private static String sorted(String target) {
        int hash = target.indexOf('#');
        int end = hash < 0 ? target.length() : hash;
        int mark = target.indexOf('?');
        if (mark < 0 || mark > end) {
            return target;
        }
        var query = Arrays.stream(target.substring(mark + 1, end).split("&", -1))
                .sorted(Comparator.comparing(parameter -> parameter.split("=", 2)[0]))
                .collect(Collectors.joining("&"));
        return target.substring(0, mark + 1) + query + target.substring(end);
    }
}
