package io.steelyard.config.yaml;

import io.steelyard.api.http.Content;
import io.steelyard.api.http.HttpProxy;
import java.time.Duration;

/** {@link Content.RedirectToPool}. */
final class PoolRedirectionSection extends Section<Content.RedirectToPool> {
    private static final Content.RedirectToPool DEFAULTS = Content.RedirectToPool.of("");

    private final Key<Content.RedirectToPool, String> pool = required(
            "pool",
            Forms.parsed("pool name", text -> text, text -> text),
            Content.RedirectToPool::pool,
            "The pool; each of its servers has a `publicUrl`.");
    private final Key<Content.RedirectToPool, Integer> status = optional(
            "status",
            Forms.whole(302, 308),
            Content.RedirectToPool::status,
            DEFAULTS.status(),
            "307 and 308 keep the method, 302 and 303 may make it GET.");
    private final Key<Content.RedirectToPool, Duration> retryAfter = optional(
            "retryAfter",
            Forms.time(),
            Content.RedirectToPool::retryAfter,
            DEFAULTS.retryAfter(),
            "What clients are told where no server can serve (status 503).");
    private final Key<Content.RedirectToPool, HttpProxy> others = absent(
            "others",
            Forms.shortened(new HttpProxySection(), "server"),
            Content.RedirectToPool::others,
            "redirected too",
            "How requests with a body, or with another method than GET and HEAD, are served. A text alone names the pool or server.");

    private final Key<Content.RedirectToPool, String> hopParameter = optional(
            "hopParameter",
            Forms.text(),
            Content.RedirectToPool::hopParameter,
            DEFAULTS.hopParameter(),
            "A parameter of the query in which redirections are counted, where balancers may send clients to each other; none without it.");
    private final Key<Content.RedirectToPool, Integer> mostHops = optional(
            "mostHops",
            Forms.whole(1, 99),
            Content.RedirectToPool::mostHops,
            DEFAULTS.mostHops(),
            "How often a client may have been sent on before, by that count.");

    PoolRedirectionSection() {
        super("pool redirection");
    }

    @Override
    Content.RedirectToPool make(Values values) {
        return new Content.RedirectToPool(
                values.get(pool),
                values.or(status, DEFAULTS.status()),
                values.or(retryAfter, DEFAULTS.retryAfter()),
                values.find(others),
                values.or(hopParameter, DEFAULTS.hopParameter()),
                values.or(mostHops, DEFAULTS.mostHops()));
    }
}
