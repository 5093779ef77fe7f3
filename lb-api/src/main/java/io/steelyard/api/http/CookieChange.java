package io.steelyard.api.http;

import io.steelyard.api.text.NamedPattern;
import io.steelyard.api.text.Template;
import java.util.Objects;
import java.util.Set;

/** Changes a cookie that a server sets, in the field {@code Set-Cookie} of its answer (RFC 6265 section 4.1). */
public sealed interface CookieChange {
    /**
     * Changes an attribute (nginx {@code proxy_cookie_domain}, {@code proxy_cookie_path}). Of the rewrites of one attribute the first that
     * matches is used.
     *
     * @param isExpression whether {@code from} is a regular expression that matches somewhere in the attribute's value
     * @param ignoresCase whether letters match whatever their case; always so for {@link Attribute#DOMAIN}
     * @param from else what a path begins with, or what a domain is, a dot in front of it left aside; may name variables
     * @param to takes the place of what matched of a path, and of a whole domain; may name groups of the expression
     */
    record Rewrite(Attribute attribute, boolean isExpression, boolean ignoresCase, Template from, Template to)
            implements CookieChange {
        public Rewrite {
            Objects.requireNonNull(attribute, "attribute");
            Objects.requireNonNull(from, "from");
            Objects.requireNonNull(to, "to");
            if (isExpression) {
                NamedPattern.compile(from.toString(), ignoresCase);
            }
        }
    }

    /** What a {@link Rewrite} changes. */
    enum Attribute {
        DOMAIN,
        PATH
    }

    /**
     * Sets and clears flags (nginx {@code proxy_cookie_flags}). The first whose name matches is used.
     *
     * @param isExpression whether {@code name} is a regular expression that matches somewhere in the cookie's name
     * @param name else the cookie's name whatever the case; may name variables
     * @param set flags the cookie gets; those of {@code SameSite} leave each other out
     * @param cleared flags it loses
     */
    record Flags(boolean isExpression, boolean ignoresCase, Template name, Set<Flag> set, Set<Flag> cleared)
            implements CookieChange {
        public Flags {
            Objects.requireNonNull(name, "name");
            set = Set.copyOf(set);
            cleared = Set.copyOf(cleared);
            if (isExpression) {
                NamedPattern.compile(name.toString(), ignoresCase);
            }
        }
    }

    /** A flag of a cookie. {@code SAME_SITE} stands for the attribute whatever its value, and can only be cleared. */
    enum Flag {
        SECURE,
        HTTP_ONLY,
        SAME_SITE,
        SAME_SITE_STRICT,
        SAME_SITE_LAX,
        SAME_SITE_NONE
    }
}
