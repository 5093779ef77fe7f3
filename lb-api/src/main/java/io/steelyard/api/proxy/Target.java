package io.steelyard.api.proxy;

import io.steelyard.api.http.HttpService;
import io.steelyard.api.text.Template;
import java.util.Objects;

/** What a virtual server does with a connection or UDP session. */
public sealed interface Target {
    /**
     * Hands it to a server of a pool.
     *
     * @param name the pool's name
     */
    record Pool(String name) implements Target {
        public Pool {
            Objects.requireNonNull(name, "name");
        }
    }

    /**
     * Hands it to what the text says then: the pool of that name, else the server at that {@code address:port}, {@code host:port} or
     * {@code unix:path}. Where it is none of them the connection is closed at once (status 500).
     */
    record Named(Template text) implements Target {
        public Named {
            Objects.requireNonNull(text, "text");
        }
    }

    /** Speaks HTTP with the client, and answers each request as the service says. */
    record Http(HttpService service) implements Target {
        public Http {
            Objects.requireNonNull(service, "service");
        }
    }

    /** Sends the client this text and closes. No server takes part. */
    record Reply(Template text) implements Target {
        public Reply {
            Objects.requireNonNull(text, "text");
        }
    }
}
