package io.steelyard.api.http;

import io.steelyard.api.Configuration;
import io.steelyard.api.Status;
import java.util.Map;
import java.util.Objects;

/**
 * A page about the running balancer, for people or programs.
 *
 * @implSpec Safe for all threads. {@link #document} may take its time: it is asked on a thread of its own, never on a loop.
 */
@FunctionalInterface
public interface StatusPage {
    /**
     * What a client gets.
     *
     * @param status 200 to 599
     * @param fields of the header, with the media type and without those of framing
     * @param text the body, which is sent in UTF-8
     */
    record Document(int status, Map<String, String> fields, String text) {
        public Document {
            fields = Map.copyOf(fields);
            Objects.requireNonNull(text, "text");
            if (status < 200 || status > 599) {
                throw new IllegalArgumentException("status is " + status + ", expected 200 to 599");
            }
        }
    }

    /**
     * What a request gets.
     *
     * @param target the path and query that were asked for
     * @param configuration what runs
     * @param status how it is now
     */
    Document document(String target, Configuration configuration, Status status);
}
