package io.steelyard.config.yaml;

import io.steelyard.api.http.Redirections;

/** {@link Redirections}. */
final class RedirectionsSection extends Section<Redirections> {
    private static final Redirections DEFAULTS = Redirections.DEFAULT;

    private final Key<Redirections, Boolean> isAbsolute = optional(
            "absolute",
            Forms.flag(),
            Redirections::isAbsolute,
            DEFAULTS.isAbsolute(),
            "Whether scheme and host stand before the path.");
    private final Key<Redirections, Boolean> usesSiteName = optional(
            "usesSiteName",
            Forms.flag(),
            Redirections::usesSiteName,
            DEFAULTS.usesSiteName(),
            "Whether the host is the site's first name, and not the one the client asked for.");
    private final Key<Redirections, Boolean> hasPort = optional(
            "hasPort",
            Forms.flag(),
            Redirections::hasPort,
            DEFAULTS.hasPort(),
            "Whether the listener's port follows the host where it is not the scheme's.");

    RedirectionsSection() {
        super("redirections");
    }

    @Override
    Redirections make(Values values) {
        return new Redirections(
                values.or(isAbsolute, DEFAULTS.isAbsolute()),
                values.or(usesSiteName, DEFAULTS.usesSiteName()),
                values.or(hasPort, DEFAULTS.hasPort()));
    }
}
