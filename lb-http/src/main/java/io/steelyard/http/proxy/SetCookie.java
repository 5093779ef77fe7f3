package io.steelyard.http.proxy;

import io.steelyard.api.http.CookieChange.Flag;
import io.steelyard.http.route.CookiePlan;
import io.steelyard.pool.variable.Evaluation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A cookie that a server sets (RFC 6265 section 4.1), taken apart to be changed by nginx's rules ({@code proxy_cookie_domain},
 * {@code proxy_cookie_path}, {@code proxy_cookie_flags}). What has no name and value is left as it came, and so is what no rule is about.
 */
final class SetCookie {
    /** A name with or without a value. */
    private static final class Attribute {
        private String name;
        private @Nullable String value;

        Attribute(String name, @Nullable String value) {
            this.name = name;
            this.value = value;
        }

        boolean isNamed(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    private final List<Attribute> attributes = new ArrayList<>();

    private SetCookie(String text) {
        int at = 0;
        while (true) {
            int end = text.indexOf(';', at);
            end = end < 0 ? text.length() : end;
            int equals = text.indexOf('=', at);
            attributes.add(
                    equals >= 0 && equals < end
                            ? new Attribute(text.substring(at, equals), text.substring(equals + 1, end))
                            : new Attribute(text.substring(at, end), null));
            if (end == text.length()) {
                return;
            }
            at = end + 1;
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }
    }

    /** The value of {@code Set-Cookie}, changed. */
    static String changed(String text, CookiePlan plan, Evaluation evaluation) {
        var cookie = new SetCookie(text);
        if (cookie.attributes.getFirst().value == null) {
            return text;
        }
        boolean isChanged = cookie.rewrite("domain", plan.domains(), true, evaluation);
        isChanged |= cookie.rewrite("path", plan.paths(), false, evaluation);
        isChanged |= cookie.changeFlags(plan.flags(), evaluation);
        return isChanged ? cookie.text() : text;
    }

    private boolean rewrite(String name, List<CookiePlan.Rewrite> rules, boolean isDomain, Evaluation evaluation) {
        if (rules.isEmpty()) {
            return false;
        }
        boolean isChanged = false;
        for (var attribute : attributes.subList(1, attributes.size())) {
            var value = attribute.value;
            if (value == null || !attribute.isNamed(name)) {
                continue;
            }
            for (var rule : rules) {
                var changed = isDomain ? domain(value, rule, evaluation) : path(value, rule, evaluation);
                if (changed != null) {
                    attribute.value = changed;
                    isChanged = true;
                    break;
                }
            }
        }
        return isChanged;
    }

    /** The domain that takes the place of another; a dot in front of that one stays. Null where the rule is not about it. */
    private static @Nullable String domain(String value, CookiePlan.Rewrite rule, Evaluation evaluation) {
        if (rule.pattern() != null) {
            return byPattern(value, rule, evaluation);
        }
        int start = value.startsWith(".") ? 1 : 0;
        return value.substring(start).equalsIgnoreCase(evaluation.raw(rule.from()))
                ? value.substring(0, start) + evaluation.raw(rule.to())
                : null;
    }

    private static @Nullable String path(String value, CookiePlan.Rewrite rule, Evaluation evaluation) {
        if (rule.pattern() != null) {
            return byPattern(value, rule, evaluation);
        }
        var from = evaluation.raw(rule.from());
        return value.startsWith(from) ? evaluation.raw(rule.to()) + value.substring(from.length()) : null;
    }

    private static @Nullable String byPattern(String value, CookiePlan.Rewrite rule, Evaluation evaluation) {
        var pattern = rule.pattern();
        return pattern != null && evaluation.matches(pattern, value) ? evaluation.raw(rule.to()) : null;
    }

    // ---- flags

    private boolean changeFlags(List<CookiePlan.Flags> rules, Evaluation evaluation) {
        var name = attributes.getFirst().name;
        for (var rule : rules) {
            var pattern = rule.pattern();
            boolean matches = pattern != null
                    ? evaluation.matches(pattern, name)
                    : name.equalsIgnoreCase(evaluation.raw(rule.name()));
            if (matches) {
                clear(rule.configured().cleared());
                set(rule.configured().set());
                return true;
            }
        }
        return false;
    }

    private void clear(Set<Flag> flags) {
        for (var flag : flags) {
            var name = name(flag);
            attributes.subList(1, attributes.size()).removeIf(attribute -> attribute.isNamed(name));
        }
    }

    private void set(Set<Flag> flags) {
        var missing = EnumSet.noneOf(Flag.class);
        missing.addAll(flags);
        for (var attribute : attributes.subList(1, attributes.size())) {
            missing.removeIf(flag -> becomes(attribute, flag));
        }
        for (var flag : missing) {
            attributes.add(new Attribute(name(flag), value(flag)));
        }
    }

    /** Whether an attribute is the flag, with its value from now on; one that has it already keeps its spelling. */
    private static boolean becomes(Attribute attribute, Flag flag) {
        if (!attribute.isNamed(name(flag))) {
            return false;
        }
        var value = value(flag);
        if (value != null && !value.equalsIgnoreCase(attribute.value)) {
            attribute.name = name(flag);
            attribute.value = value;
        }
        return true;
    }

    private static String name(Flag flag) {
        return switch (flag) {
            case SECURE -> "Secure";
            case HTTP_ONLY -> "HttpOnly";
            case SAME_SITE, SAME_SITE_STRICT, SAME_SITE_LAX, SAME_SITE_NONE -> "SameSite";
        };
    }

    private static @Nullable String value(Flag flag) {
        return switch (flag) {
            case SECURE, HTTP_ONLY, SAME_SITE -> null;
            case SAME_SITE_STRICT -> "Strict";
            case SAME_SITE_LAX -> "Lax";
            case SAME_SITE_NONE -> "None";
        };
    }

    private String text() {
        var text = new StringBuilder();
        for (var attribute : attributes) {
            if (!text.isEmpty()) {
                text.append("; ");
            }
            text.append(attribute.name);
            if (attribute.value != null) {
                text.append('=').append(attribute.value);
            }
        }
        return text.toString();
    }
}
