package io.steelyard.api.http;

import io.steelyard.api.Personality;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How the connections of a site's clients are treated. The defaults are nginx's, but for {@code ingress}.
 *
 * @param headerTimeout how long a request's header may take in all
 * @param bodyTimeout how long between two reads of a request's body
 * @param leastBodyRate octets a second that a request's body must come with on the average, after 10 s in which it was waited for; 0 for any. Requests
 *     that stay open without much to say, such as streams of gRPC, are not compatible with it
 * @param sendTimeout how long between two writes of an answer
 * @param idleTimeout how long a connection may wait for its next request; zero for none but the first
 * @param toldIdleTimeout what clients of HTTP/1 are told of that, in whole seconds ({@code Keep-Alive: timeout=N}); absent for nothing
 * @param mostRequests requests one connection serves, at least 1
 * @param mostAge after which a connection serves no further request
 * @param mostLineBytes of the request line, and of any one header field
 * @param mostHeaderBytes of a request's header in all
 * @param mostFields header fields of a request
 * @param http2 whether connections may speak HTTP/2: without TLS those that begin as that does, whatever else with HTTP/1
 * @param mostStreams requests that a connection of HTTP/2 may have under way at once, at least 1
 * @param keepsUnderscores whether fields with an underscore in their name are forwarded; they are left out otherwise
 * @param mergesSlashes whether {@code //} is {@code /} when a route is searched
 * @param ingress what becomes of the fields about the client that its requests bring
 * @param serverField the field {@code Server} of answers; empty for none
 * @param personality whose habits there are where programs differ. With {@link Personality#HAPROXY} the names of fields are sent in lower
 *     case over HTTP/1, to servers too; answers get no {@code Date} that their server did not give; clients of HTTP/1.1 are not told that
 *     their connection is kept; errors have HAProxy's own text
 */
public record HttpClientOptions(
        Duration headerTimeout,
        Duration bodyTimeout,
        int leastBodyRate,
        Duration sendTimeout,
        Duration idleTimeout,
        Optional<Duration> toldIdleTimeout,
        int mostRequests,
        Duration mostAge,
        int mostLineBytes,
        int mostHeaderBytes,
        int mostFields,
        boolean http2,
        int mostStreams,
        boolean keepsUnderscores,
        boolean mergesSlashes,
        IngressPolicy ingress,
        String serverField,
        Personality personality) {
    private static final HttpClientOptions DEFAULTS = new Builder().build();

    public HttpClientOptions {
        positive(headerTimeout, "headerTimeout");
        positive(bodyTimeout, "bodyTimeout");
        if (leastBodyRate < 0) {
            throw new IllegalArgumentException("leastBodyRate is " + leastBodyRate + ", expected at least 0");
        }
        positive(sendTimeout, "sendTimeout");
        if (idleTimeout.isNegative()) {
            throw new IllegalArgumentException("idleTimeout is negative");
        }
        toldIdleTimeout.ifPresent(told -> positive(told, "toldIdleTimeout"));
        positive(mostRequests, "mostRequests");
        positive(mostAge, "mostAge");
        positive(mostLineBytes, "mostLineBytes");
        positive(mostHeaderBytes, "mostHeaderBytes");
        positive(mostFields, "mostFields");
        positive(mostStreams, "mostStreams");
        Objects.requireNonNull(ingress, "ingress");
        Objects.requireNonNull(serverField, "serverField");
        Objects.requireNonNull(personality, "personality");
    }

    public static HttpClientOptions defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Starts with these values. */
    public Builder toBuilder() {
        var builder = new Builder();
        builder.headerTimeout = headerTimeout;
        builder.bodyTimeout = bodyTimeout;
        builder.leastBodyRate = leastBodyRate;
        builder.sendTimeout = sendTimeout;
        builder.idleTimeout = idleTimeout;
        builder.toldIdleTimeout = toldIdleTimeout;
        builder.mostRequests = mostRequests;
        builder.mostAge = mostAge;
        builder.mostLineBytes = mostLineBytes;
        builder.mostHeaderBytes = mostHeaderBytes;
        builder.mostFields = mostFields;
        builder.http2 = http2;
        builder.mostStreams = mostStreams;
        builder.keepsUnderscores = keepsUnderscores;
        builder.mergesSlashes = mergesSlashes;
        builder.ingress = ingress;
        builder.serverField = serverField;
        builder.personality = personality;
        return builder;
    }

    private static void positive(Duration value, String name) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " is " + value + ", expected more than 0");
        }
    }

    private static void positive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + ", expected at least 1");
        }
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private Duration headerTimeout = Duration.ofSeconds(60);
        private Duration bodyTimeout = Duration.ofSeconds(60);
        private int leastBodyRate;
        private Duration sendTimeout = Duration.ofSeconds(60);
        private Duration idleTimeout = Duration.ofSeconds(75);
        private Optional<Duration> toldIdleTimeout = Optional.empty();
        private int mostRequests = 1_000;
        private Duration mostAge = Duration.ofHours(1);
        private int mostLineBytes = 8 << 10;
        private int mostHeaderBytes = 32 << 10;
        private int mostFields = 100;
        private boolean http2;
        private int mostStreams = 128;
        private boolean keepsUnderscores;
        private boolean mergesSlashes = true;
        private IngressPolicy ingress = IngressPolicy.OVERWRITE;
        private String serverField = "";
        private Personality personality = Personality.NATIVE;

        private Builder() {}

        public Builder headerTimeout(Duration value) {
            headerTimeout = value;
            return this;
        }

        public Builder bodyTimeout(Duration value) {
            bodyTimeout = value;
            return this;
        }

        public Builder leastBodyRate(int value) {
            leastBodyRate = value;
            return this;
        }

        public Builder sendTimeout(Duration value) {
            sendTimeout = value;
            return this;
        }

        public Builder toldIdleTimeout(Duration value) {
            toldIdleTimeout = Optional.of(value);
            return this;
        }

        public Builder idleTimeout(Duration value) {
            idleTimeout = value;
            return this;
        }

        public Builder mostRequests(int value) {
            mostRequests = value;
            return this;
        }

        public Builder mostAge(Duration value) {
            mostAge = value;
            return this;
        }

        public Builder mostLineBytes(int value) {
            mostLineBytes = value;
            return this;
        }

        public Builder mostHeaderBytes(int value) {
            mostHeaderBytes = value;
            return this;
        }

        public Builder mostFields(int value) {
            mostFields = value;
            return this;
        }

        public Builder http2(boolean value) {
            http2 = value;
            return this;
        }

        public Builder mostStreams(int value) {
            mostStreams = value;
            return this;
        }

        public Builder keepsUnderscores(boolean value) {
            keepsUnderscores = value;
            return this;
        }

        public Builder mergesSlashes(boolean value) {
            mergesSlashes = value;
            return this;
        }

        public Builder ingress(IngressPolicy value) {
            ingress = value;
            return this;
        }

        public Builder serverField(String value) {
            serverField = value;
            return this;
        }

        public Builder personality(Personality value) {
            personality = value;
            return this;
        }

        public HttpClientOptions build() {
            return new HttpClientOptions(
                    headerTimeout,
                    bodyTimeout,
                    leastBodyRate,
                    sendTimeout,
                    idleTimeout,
                    toldIdleTimeout,
                    mostRequests,
                    mostAge,
                    mostLineBytes,
                    mostHeaderBytes,
                    mostFields,
                    http2,
                    mostStreams,
                    keepsUnderscores,
                    mergesSlashes,
                    ingress,
                    serverField,
                    personality);
        }
    }
}
