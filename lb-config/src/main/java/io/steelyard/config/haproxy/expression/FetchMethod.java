package io.steelyard.config.haproxy.expression;

/**
 * A fetch method.
 *
 * @param name such as {@code req.hdr}
 * @param type what it gives
 * @param least how many arguments at least
 * @param most how many at most
 * @param layer what must be known before it can be asked
 */
public record FetchMethod(String name, Sample.Type type, int least, int most, Layer layer) {
    /** What a fetch looks at; each layer knows what the ones before it know. */
    public enum Layer {
        /** Nothing: constants, the time, the process. */
        NOTHING,
        /** Addresses and TLS of the connection. */
        CONNECTION,
        /** The first bytes the client sent. */
        CONTENT,
        /** The head of a request. */
        REQUEST,
        /** The head of a response. */
        RESPONSE
    }
}
