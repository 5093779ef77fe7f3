package io.steelyard.config.yaml;

import io.steelyard.api.Personality;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.IngressPolicy;
import java.time.Duration;

/** {@link HttpClientOptions}. */
final class HttpClientSection extends Section<HttpClientOptions> {
    private static final HttpClientOptions DEFAULTS = HttpClientOptions.defaults();

    private final Key<HttpClientOptions, Duration> headerTimeout = optional(
            "headerTimeout",
            Forms.positiveTime(),
            HttpClientOptions::headerTimeout,
            DEFAULTS.headerTimeout(),
            "How long a request's header may take in all.");
    private final Key<HttpClientOptions, Duration> bodyTimeout = optional(
            "bodyTimeout",
            Forms.positiveTime(),
            HttpClientOptions::bodyTimeout,
            DEFAULTS.bodyTimeout(),
            "How long between two reads of a request's body.");
    private final Key<HttpClientOptions, Integer> leastBodyRate = optional(
            "leastBodyRate",
            Forms.whole(0, Integer.MAX_VALUE),
            HttpClientOptions::leastBodyRate,
            DEFAULTS.leastBodyRate(),
            "Bytes a second that a request's body must come with on the average, after 10 s in which it was waited for; 0 for any. Not for requests that stay open without much to say, such as streams of gRPC.");
    private final Key<HttpClientOptions, Duration> sendTimeout = optional(
            "sendTimeout",
            Forms.positiveTime(),
            HttpClientOptions::sendTimeout,
            DEFAULTS.sendTimeout(),
            "How long between two writes of an answer.");
    private final Key<HttpClientOptions, Duration> idleTimeout = optional(
            "idleTimeout",
            Forms.time(),
            HttpClientOptions::idleTimeout,
            DEFAULTS.idleTimeout(),
            "How long a connection may wait for its next request; `0s` closes it after the first.");
    private final Key<HttpClientOptions, Duration> toldIdleTimeout = absent(
            "toldIdleTimeout",
            Forms.positiveTime(),
            HttpClientOptions::toldIdleTimeout,
            "nothing",
            "What clients of HTTP/1 are told of that, in whole seconds: `Keep-Alive: timeout=N`.");
    private final Key<HttpClientOptions, Integer> mostRequests = optional(
            "mostRequests",
            Forms.whole(1, Integer.MAX_VALUE),
            HttpClientOptions::mostRequests,
            DEFAULTS.mostRequests(),
            "Requests one connection serves.");
    private final Key<HttpClientOptions, Duration> mostAge = optional(
            "mostAge",
            Forms.positiveTime(),
            HttpClientOptions::mostAge,
            DEFAULTS.mostAge(),
            "After which a connection serves no further request.");
    private final Key<HttpClientOptions, Integer> mostLineBytes = optional(
            "mostLineBytes",
            Forms.whole(1, Integer.MAX_VALUE),
            HttpClientOptions::mostLineBytes,
            DEFAULTS.mostLineBytes(),
            "Of the request line, and of any one header field.");
    private final Key<HttpClientOptions, Integer> mostHeaderBytes = optional(
            "mostHeaderBytes",
            Forms.whole(1, Integer.MAX_VALUE),
            HttpClientOptions::mostHeaderBytes,
            DEFAULTS.mostHeaderBytes(),
            "Of a request's header in all.");
    private final Key<HttpClientOptions, Integer> mostFields = optional(
            "mostFields",
            Forms.whole(1, Integer.MAX_VALUE),
            HttpClientOptions::mostFields,
            DEFAULTS.mostFields(),
            "Header fields of a request.");
    private final Key<HttpClientOptions, Boolean> http2 = optional(
            "http2",
            Forms.flag(),
            HttpClientOptions::http2,
            DEFAULTS.http2(),
            "Whether connections may speak HTTP/2: without TLS those that begin as that does, others go on with HTTP/1.");
    private final Key<HttpClientOptions, Integer> mostStreams = optional(
            "mostStreams",
            Forms.whole(1, Integer.MAX_VALUE),
            HttpClientOptions::mostStreams,
            DEFAULTS.mostStreams(),
            "Requests that a connection of HTTP/2 may have under way at once.");
    private final Key<HttpClientOptions, Boolean> keepsUnderscores = optional(
            "keepsUnderscores",
            Forms.flag(),
            HttpClientOptions::keepsUnderscores,
            DEFAULTS.keepsUnderscores(),
            "Whether fields with an underscore in their name are forwarded; they are left out otherwise.");
    private final Key<HttpClientOptions, Boolean> mergesSlashes = optional(
            "mergesSlashes",
            Forms.flag(),
            HttpClientOptions::mergesSlashes,
            DEFAULTS.mergesSlashes(),
            "Whether `//` is `/` when a route is searched.");
    private final Key<HttpClientOptions, IngressPolicy> ingress = optional(
            "ingress",
            Forms.word(IngressPolicy.class),
            HttpClientOptions::ingress,
            DEFAULTS.ingress(),
            "What becomes of fields about the client that a request brings, such as `X-Forwarded-For`, `X-Real-IP` and `Forwarded`: they go, and ours "
                    + "take their place; or a trusted peer's are kept and ours appended; or all stay as they are.");
    private final Key<HttpClientOptions, String> serverField = optional(
            "serverField",
            Forms.text(),
            HttpClientOptions::serverField,
            DEFAULTS.serverField(),
            "The field `Server` of answers; empty for none.");

    private final Key<HttpClientOptions, Personality> personality = optional(
            "personality",
            Forms.word(Personality.class),
            HttpClientOptions::personality,
            DEFAULTS.personality(),
            "Whose habits there are where programs differ; with `haproxy` names of fields in lower case, no `Date` of our own, and "
                    + "HAProxy's errors.");

    HttpClientSection() {
        super("http client options");
    }

    @Override
    HttpClientOptions make(Values values) {
        var builder = HttpClientOptions.builder()
                .headerTimeout(values.or(headerTimeout, DEFAULTS.headerTimeout()))
                .bodyTimeout(values.or(bodyTimeout, DEFAULTS.bodyTimeout()))
                .leastBodyRate(values.or(leastBodyRate, DEFAULTS.leastBodyRate()))
                .sendTimeout(values.or(sendTimeout, DEFAULTS.sendTimeout()))
                .idleTimeout(values.or(idleTimeout, DEFAULTS.idleTimeout()))
                .mostRequests(values.or(mostRequests, DEFAULTS.mostRequests()))
                .mostAge(values.or(mostAge, DEFAULTS.mostAge()))
                .mostLineBytes(values.or(mostLineBytes, DEFAULTS.mostLineBytes()))
                .mostHeaderBytes(values.or(mostHeaderBytes, DEFAULTS.mostHeaderBytes()))
                .mostFields(values.or(mostFields, DEFAULTS.mostFields()))
                .http2(values.or(http2, DEFAULTS.http2()))
                .mostStreams(values.or(mostStreams, DEFAULTS.mostStreams()))
                .keepsUnderscores(values.or(keepsUnderscores, DEFAULTS.keepsUnderscores()))
                .mergesSlashes(values.or(mergesSlashes, DEFAULTS.mergesSlashes()))
                .ingress(values.or(ingress, DEFAULTS.ingress()))
                .serverField(values.or(serverField, DEFAULTS.serverField()))
                .personality(values.or(personality, DEFAULTS.personality()));
        values.find(toldIdleTimeout).ifPresent(builder::toldIdleTimeout);
        return builder.build();
    }
}
