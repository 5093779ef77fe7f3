package io.steelyard.api.http;

import io.steelyard.api.text.NamedPattern;
import io.steelyard.api.text.Template;
import java.util.Objects;

/**
 * Changes where a server's redirection leads, in the fields {@code Location} and {@code Refresh} (nginx {@code proxy_redirect}). The first
 * that matches is used.
 *
 * @param isExpression whether {@code from} is a regular expression, or else the text the place begins with
 * @param from may name variables where it is no expression
 */
public record LocationRewrite(boolean isExpression, boolean ignoresCase, Template from, Template to) {
    public LocationRewrite {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        if (isExpression) {
            NamedPattern.compile(from.toString(), ignoresCase);
        }
    }
}
