package io.steelyard.config.yaml;

import io.steelyard.api.http.CookieChange;
import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.Hedging;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpProxy.ForwardedPath;
import io.steelyard.api.http.LocationRewrite;
import io.steelyard.api.http.RetryRule;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.text.Template;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** {@link HttpProxy}. */
final class HttpProxySection extends Section<HttpProxy> {
    private static final HttpProxy DEFAULTS = HttpProxy.toPool("").build();

    private final Key<HttpProxy, Template> server = required(
            "server",
            TemplateForm.template(),
            HttpProxy::server,
            "A pool's name, or else the `address:port`, `host:port` or `unix:path` of a server.");
    private final Key<HttpProxy, String> prefixReplacedBy = absent(
            "prefixReplacedBy",
            Forms.text(),
            proxy -> path(proxy, ForwardedPath.PrefixReplaced.class).map(ForwardedPath.PrefixReplaced::by),
            "",
            "Stands in the place of the part of the path that the route's prefix is.");
    private final Key<HttpProxy, Template> path = absent(
            "path",
            TemplateForm.template(),
            proxy -> path(proxy, ForwardedPath.Given.class).map(ForwardedPath.Given::text),
            "what the client asked for",
            "The path and query the server is asked for, whatever the client asked for.");
    private final Key<HttpProxy, Boolean> pathInServer = absent(
            "pathInServer",
            Forms.flag(),
            proxy -> path(proxy, ForwardedPath.InServer.class).map(in -> true),
            "`false`",
            "Whether `server` may begin with `http://`, and is from its first slash on the path and query the server is asked for.");
    private final Key<HttpProxy, HttpProxy.Version> version = optional(
            "version",
            Forms.word(HttpProxy.Version.class),
            HttpProxy::version,
            DEFAULTS.version(),
            "The protocol spoken with servers.");
    private final Key<HttpProxy, List<FieldChange>> requestFields = optional(
            "requestFields",
            Forms.list(new FieldChangeSection()),
            HttpProxy::requestFields,
            List.of(),
            "Changes of the request's fields, in order, after `Host` and `Connection` got their defaults.");
    private final Key<HttpProxy, List<String>> hiddenFields = optional(
            "hiddenFields",
            Forms.list(Forms.text()),
            proxy -> proxy.hiddenFields().stream().sorted().toList(),
            List.of(),
            "Of the server's answer: lower case, not forwarded.");
    private final Key<HttpProxy, List<LocationRewrite>> locations = optional(
            "locations",
            Forms.list(new LocationRewriteSection()),
            HttpProxy::locations,
            List.of(),
            "Changes of where servers' redirections lead; the first that matches.");
    private final Key<HttpProxy, List<CookieChange>> cookies = optional(
            "cookies",
            Forms.list(new CookieChangeSection()),
            HttpProxy::cookies,
            List.of(),
            "Changes of the cookies servers set.");
    private final Key<HttpProxy, List<String>> passedTrailers = optional(
            "passedTrailers",
            Forms.list(Forms.text()),
            proxy -> proxy.passedTrailers().stream().sorted().toList(),
            List.of(),
            "Fields behind a body that are passed on: lower case, `*` for any. What decides framing, routing or rights never passes.");
    private final Key<HttpProxy, ProxyOptions> transport = optional(
            "transport",
            new ProxyOptionsSection(),
            HttpProxy::transport,
            DEFAULTS.transport(),
            "How servers are connected to; what is about whole connections has no meaning here.");
    private final Key<HttpProxy, Duration> sendTimeout = optional(
            "sendTimeout",
            Forms.time(),
            HttpProxy::sendTimeout,
            DEFAULTS.sendTimeout(),
            "How long between two writes to a server.");
    private final Key<HttpProxy, Duration> readTimeout = optional(
            "readTimeout",
            Forms.time(),
            HttpProxy::readTimeout,
            DEFAULTS.readTimeout(),
            "How long between two reads from a server.");
    private final Key<HttpProxy, RetryRule> retry =
            optional("retry", new RetrySection(), HttpProxy::retry, RetryRule.DEFAULT, "When another server is tried.");
    private final Key<HttpProxy, Hedging> hedging = absent(
            "hedging",
            Forms.shortened(new HedgingSection(), "delay"),
            HttpProxy::hedging,
            "no",
            "A second server is asked where the first is slow to answer, and the answer that begins first is taken. A time alone is the delay.");
    private final Key<HttpProxy, Boolean> buffersRequest = optional(
            "buffersRequest",
            Forms.flag(),
            HttpProxy::buffersRequest,
            DEFAULTS.buffersRequest(),
            "Whether a request's body is read as a whole before a server is asked; needed to repeat it.");
    private final Key<HttpProxy, Boolean> buffersResponse = optional(
            "buffersResponse",
            Forms.flag(),
            HttpProxy::buffersResponse,
            DEFAULTS.buffersResponse(),
            "Whether a server may be read faster than the client reads, up to `mostBufferBytes` and then `mostFileBytes`; otherwise no more is kept of an answer than is read at once.");
    private final Key<HttpProxy, Integer> mostBufferBytes = optional(
            "mostBufferBytes",
            Forms.whole(1, HttpProxy.MOST_BUFFER_BYTES),
            HttpProxy::mostBufferBytes,
            DEFAULTS.mostBufferBytes(),
            "Kept in memory of one answer that a client is slower to read.");
    private final Key<HttpProxy, Long> mostFileBytes = optional(
            "mostFileBytes",
            Forms.whole(0L, Long.MAX_VALUE),
            HttpProxy::mostFileBytes,
            DEFAULTS.mostFileBytes(),
            "Kept in a temporary file of one answer that a client is slower to read; 0 for none.");
    private final Key<HttpProxy, Boolean> serverChoosesBuffering = optional(
            "serverChoosesBuffering",
            Forms.flag(),
            HttpProxy::serverChoosesBuffering,
            DEFAULTS.serverChoosesBuffering(),
            "Whether an answer with `X-Accel-Buffering: yes` or `no` says itself whether it is buffered.");
    private final Key<HttpProxy, Boolean> interceptsErrors = optional(
            "interceptsErrors",
            Forms.flag(),
            HttpProxy::interceptsErrors,
            DEFAULTS.interceptsErrors(),
            "Whether error pages are shown for a server's answers of status 300 and above too.");

    HttpProxySection() {
        super("http proxy");
    }

    private static <P extends ForwardedPath> Optional<P> path(HttpProxy proxy, Class<P> type) {
        return Optional.of(proxy.path()).filter(type::isInstance).map(type::cast);
    }

    @Override
    HttpProxy make(Values values) {
        var builder = HttpProxy.to(values.get(server))
                .path(path(values))
                .version(values.or(version, DEFAULTS.version()))
                .hiddenFields(Set.copyOf(values.or(hiddenFields, List.of())))
                .passedTrailers(Set.copyOf(values.or(passedTrailers, List.of())))
                .transport(values.or(transport, DEFAULTS.transport()))
                .sendTimeout(values.or(sendTimeout, DEFAULTS.sendTimeout()))
                .readTimeout(values.or(readTimeout, DEFAULTS.readTimeout()))
                .retry(values.or(retry, RetryRule.DEFAULT))
                .buffersRequest(values.or(buffersRequest, DEFAULTS.buffersRequest()))
                .buffersResponse(values.or(buffersResponse, DEFAULTS.buffersResponse()))
                .mostBufferBytes(values.or(mostBufferBytes, DEFAULTS.mostBufferBytes()))
                .mostFileBytes(values.or(mostFileBytes, DEFAULTS.mostFileBytes()))
                .serverChoosesBuffering(values.or(serverChoosesBuffering, DEFAULTS.serverChoosesBuffering()))
                .interceptsErrors(values.or(interceptsErrors, DEFAULTS.interceptsErrors()));
        values.find(hedging).ifPresent(builder::hedging);
        values.or(requestFields, List.of()).forEach(builder::requestField);
        values.or(locations, List.of()).forEach(builder::location);
        values.or(cookies, List.of()).forEach(builder::cookie);
        return builder.build();
    }

    private ForwardedPath path(Values values) {
        var given = Stream.<Optional<? extends ForwardedPath>>of(
                        values.find(prefixReplacedBy).map(ForwardedPath.PrefixReplaced::new),
                        values.find(path).map(ForwardedPath.Given::new),
                        values.find(pathInServer).filter(is -> is).map(is -> new ForwardedPath.InServer()))
                .<ForwardedPath>flatMap(Optional::stream)
                .toList();
        if (given.size() > 1) {
            throw new IllegalArgumentException(
                    "an http proxy has several paths; expected one of prefixReplacedBy, path, pathInServer");
        }
        return given.isEmpty() ? new ForwardedPath.Same() : given.getFirst();
    }
}
