package io.steelyard.config.yaml;

import io.steelyard.api.http.LocationRewrite;
import io.steelyard.api.text.Template;

/** {@link LocationRewrite}. */
final class LocationRewriteSection extends Section<LocationRewrite> {
    private final Key<LocationRewrite, Template> from = required(
            "from",
            TemplateForm.template(),
            LocationRewrite::from,
            "What the place begins with, or a regular expression.");
    private final Key<LocationRewrite, Template> to =
            required("to", TemplateForm.template(), LocationRewrite::to, "What takes the place of what matched.");
    private final Key<LocationRewrite, Boolean> isExpression = optional(
            "expression",
            Forms.flag(),
            LocationRewrite::isExpression,
            false,
            "Whether `from` is a regular expression.");
    private final Key<LocationRewrite, Boolean> ignoresCase = optional(
            "ignoresCase", Forms.flag(), LocationRewrite::ignoresCase, false, "Whether letters' case does not matter.");

    LocationRewriteSection() {
        super("location rewrite");
    }

    @Override
    LocationRewrite make(Values values) {
        return new LocationRewrite(
                values.or(isExpression, false), values.or(ignoresCase, false), values.get(from), values.get(to));
    }
}
