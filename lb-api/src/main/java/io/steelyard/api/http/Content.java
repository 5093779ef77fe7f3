package io.steelyard.api.http;

import io.steelyard.api.text.Template;
import java.util.Objects;

/** Where the answer to a request comes from. */
public sealed interface Content permits Content.NotFound, Content.Reply, Content.Health, Content.Counts, HttpProxy {
    /** Nowhere: status 404. */
    record NotFound() implements Content {}

    /**
     * A fixed answer.
     *
     * @param status 200 to 599; 444 closes the connection without an answer
     * @param text the body; the place to go to where the status is 301, 302, 303, 307 or 308
     * @param contentType of the body
     */
    record Reply(int status, Template text, String contentType) implements Content {
        public Reply {
            Objects.requireNonNull(text, "text");
            Objects.requireNonNull(contentType, "contentType");
            if (status < 200 || status > 599) {
                throw new IllegalArgumentException("status is " + status + ", expected 200 to 599");
            }
        }
    }

    /**
     * Whether this balancer can serve: 200 while every pool of the service has a server that is up, else 503; a line of text for each pool.
     */
    record Health() implements Content {}

    /**
     * Counts of the whole balancer's client connections and HTTP requests since it started, in the four lines of nginx's
     * {@code stub_status}.
     */
    record Counts() implements Content {}
}
