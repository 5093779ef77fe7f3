package io.steelyard.http.proxy;

import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Relaxation;

/** What a site's options say of the heads of requests, whichever version of HTTP they come by. */
final class HeadRules {
    private static final Leniency KEEPING_UNDERSCORES = Leniency.strict().with(Relaxation.UNDERSCORE_IN_NAME);

    private HeadRules() {}

    static HttpLimits limits(HttpClientOptions options) {
        return HttpLimits.DEFAULT.withHead(
                options.mostLineBytes(), options.mostLineBytes(), options.mostHeaderBytes(), options.mostFields());
    }

    static Leniency leniency(HttpClientOptions options) {
        var rules = options.keepsUnderscores() ? KEEPING_UNDERSCORES : Leniency.strict();
        return options.mergesSlashes() ? rules : rules.with(Relaxation.ADJACENT_SLASHES);
    }
}
