package io.steelyard.api.http;

import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.text.Template;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The answer comes from a server.
 *
 * @param server the pool of that name, else the server at that {@code address:port} or {@code host:port}
 * @param path what is asked of the server
 * @param version of the requests to servers
 * @param requestFields changes of the request's fields, in order, after {@code Host} and {@code Connection} were set to their defaults: what
 *     {@code server} says, and what the version and reuse of connections ask for
 * @param hiddenFields of the server's answer: lower case, not forwarded
 * @param locations changes of where redirections lead
 * @param cookies changes of the cookies servers set
 * @param passedTrailers fields behind a body that are passed on, in lower case, {@code *} for any: a client's where its body is chunked for
 *     the server too, a server's to a client that says {@code TE: trailers}. What decides framing, routing or rights never passes (RFC
 *     9110 section 6.5.1); empty for none, as nginx
 * @param transport how servers are connected to: connect timeout, keepalive, source address, buffer size; what is about whole
 *     connections has no meaning here
 * @param sendTimeout how long between two writes to a server
 * @param readTimeout how long between two reads from a server
 * @param retry when another server is tried
 * @param buffersRequest whether a request's body is read as a whole before a server is asked; needed to repeat it
 * @param buffersResponse whether a server may be read faster than the client reads: up to {@code mostBufferBytes}, and then up to
 *     {@code mostFileBytes}. Otherwise no more is kept of an answer than is read at once
 * @param mostBufferBytes kept in memory of one answer that a client is slower to read, 1 to 16 MiB
 * @param mostFileBytes kept in a temporary file of one answer that a client is slower to read; 0 for none
 * @param serverChoosesBuffering whether an answer with {@code X-Accel-Buffering: yes} or {@code no} says itself whether it is buffered
 * @param hedging whether a second server is asked where the first is slow; absent for no
 * @param interceptsErrors whether error pages are shown for a server's answers of status 300 and above too
 */
public record HttpProxy(
        Template server,
        ForwardedPath path,
        Version version,
        List<FieldChange> requestFields,
        Set<String> hiddenFields,
        List<LocationRewrite> locations,
        List<CookieChange> cookies,
        Set<String> passedTrailers,
        ProxyOptions transport,
        Duration sendTimeout,
        Duration readTimeout,
        RetryRule retry,
        Optional<Hedging> hedging,
        boolean buffersRequest,
        boolean buffersResponse,
        int mostBufferBytes,
        long mostFileBytes,
        boolean serverChoosesBuffering,
        boolean interceptsErrors)
        implements Content {
    /** The largest {@code mostBufferBytes}. */
    public static final int MOST_BUFFER_BYTES = 16 << 20;

    @Override
    public Optional<HttpProxy> proxy() {
        return Optional.of(this);
    }

    /** The protocol spoken with servers. */
    public enum Version {
        HTTP_1_0,
        HTTP_1_1
    }

    public HttpProxy {
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(version, "version");
        requestFields = List.copyOf(requestFields);
        hiddenFields = Set.copyOf(hiddenFields);
        locations = List.copyOf(locations);
        cookies = List.copyOf(cookies);
        passedTrailers = Set.copyOf(passedTrailers);
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(sendTimeout, "sendTimeout");
        Objects.requireNonNull(readTimeout, "readTimeout");
        Objects.requireNonNull(retry, "retry");
        Objects.requireNonNull(hedging, "hedging");
        if (mostBufferBytes < 1 || mostBufferBytes > MOST_BUFFER_BYTES) {
            throw new IllegalArgumentException(
                    "mostBufferBytes is " + mostBufferBytes + ", expected 1 to " + MOST_BUFFER_BYTES);
        }
        if (mostFileBytes < 0) {
            throw new IllegalArgumentException("mostFileBytes is " + mostFileBytes + ", expected at least 0");
        }
    }

    /** Hands requests to a pool. */
    public static Builder toPool(String pool) {
        return new Builder(Template.literal(pool));
    }

    /** Hands requests to what the text says then. */
    public static Builder to(Template server) {
        return new Builder(server);
    }

    /** The name that {@code server} says, where it says the same for every request. */
    public Optional<String> pool() {
        return server.isLiteral() && !(path instanceof ForwardedPath.InServer)
                ? Optional.of(server.toString())
                : Optional.empty();
    }

    /** What is asked of a server instead of what the client asked for. */
    public sealed interface ForwardedPath {
        /** The path and query as the client sent them, or as rules changed them. */
        record Same() implements ForwardedPath {}

        /** The text stands in the place of the part of the normalised path that the route's prefix is; the query follows. */
        record PrefixReplaced(String by) implements ForwardedPath {
            public PrefixReplaced {
                Objects.requireNonNull(by, "by");
            }
        }

        /** The text, path and query, whatever the client asked for. */
        record Given(Template text) implements ForwardedPath {
            public Given {
                Objects.requireNonNull(text, "text");
            }
        }

        /**
         * What {@code server} says may begin with {@code http://}, or {@code https://} where TLS is spoken with servers, and may hold more than a server: what stands there from its first slash
         * on is the path and query, whatever the client asked for. Where no slash is there it is as with {@link Same}.
         */
        record InServer() implements ForwardedPath {}
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private final Template server;
        private ForwardedPath path = new ForwardedPath.Same();
        private Version version = Version.HTTP_1_1;
        private final List<FieldChange> requestFields = new ArrayList<>();
        private Set<String> hiddenFields = Set.of();
        private final List<LocationRewrite> locations = new ArrayList<>();
        private final List<CookieChange> cookies = new ArrayList<>();
        private Set<String> passedTrailers = Set.of();
        private ProxyOptions transport = ProxyOptions.defaults();
        private Duration sendTimeout = Duration.ofSeconds(60);
        private Duration readTimeout = Duration.ofSeconds(60);
        private RetryRule retry = RetryRule.DEFAULT;
        private Optional<Hedging> hedging = Optional.empty();
        private boolean buffersRequest;
        private boolean buffersResponse = true;
        private int mostBufferBytes = 64 << 10;
        private long mostFileBytes;
        private boolean serverChoosesBuffering;
        private boolean interceptsErrors;

        private Builder(Template server) {
            this.server = server;
        }

        public Builder path(ForwardedPath value) {
            path = value;
            return this;
        }

        public Builder version(Version value) {
            version = value;
            return this;
        }

        public Builder requestField(FieldChange value) {
            requestFields.add(value);
            return this;
        }

        public Builder hiddenFields(Set<String> value) {
            hiddenFields = value;
            return this;
        }

        public Builder location(LocationRewrite value) {
            locations.add(value);
            return this;
        }

        public Builder cookie(CookieChange value) {
            cookies.add(value);
            return this;
        }

        public Builder passedTrailers(Set<String> value) {
            passedTrailers = value;
            return this;
        }

        public Builder transport(ProxyOptions value) {
            transport = value;
            return this;
        }

        public Builder sendTimeout(Duration value) {
            sendTimeout = value;
            return this;
        }

        public Builder readTimeout(Duration value) {
            readTimeout = value;
            return this;
        }

        public Builder retry(RetryRule value) {
            retry = value;
            return this;
        }

        public Builder hedging(Hedging value) {
            hedging = Optional.of(value);
            return this;
        }

        public Builder buffersRequest(boolean value) {
            buffersRequest = value;
            return this;
        }

        public Builder buffersResponse(boolean value) {
            buffersResponse = value;
            return this;
        }

        public Builder mostBufferBytes(int value) {
            mostBufferBytes = value;
            return this;
        }

        public Builder mostFileBytes(long value) {
            mostFileBytes = value;
            return this;
        }

        public Builder serverChoosesBuffering(boolean value) {
            serverChoosesBuffering = value;
            return this;
        }

        public Builder interceptsErrors(boolean value) {
            interceptsErrors = value;
            return this;
        }

        public HttpProxy build() {
            return new HttpProxy(
                    server,
                    path,
                    version,
                    requestFields,
                    hiddenFields,
                    locations,
                    cookies,
                    passedTrailers,
                    transport,
                    sendTimeout,
                    readTimeout,
                    retry,
                    hedging,
                    buffersRequest,
                    buffersResponse,
                    mostBufferBytes,
                    mostFileBytes,
                    serverChoosesBuffering,
                    interceptsErrors);
        }
    }
}
