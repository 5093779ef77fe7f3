package io.steelyard.api.http;

import java.time.Instant;
import java.util.Objects;

/**
 * The head of a request or of an answer that broke a rule of HTTP: the last of its kind of its virtual server, kept for whoever looks into it.
 *
 * @param number how many a virtual server had before it
 * @param at when it came
 * @param isAnswer whether it is a server's answer, and not a client's request
 * @param pool the pool of the server; empty for a request
 * @param server the server, by its id; empty for a request
 * @param client whose request it is or belongs to, as {@link io.steelyard.api.proxy.OpenFlow#client}
 * @param reason which rule it broke, in plain words
 * @param octets what came of it, as far as it was read when the fault was seen; not to be changed
 * @param position where the line begins in which the fault was seen
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record BrokenMessage(
        long number,
        Instant at,
        String virtualServer,
        boolean isAnswer,
        String pool,
        String server,
        String client,
        String reason,
        byte[] octets,
        int position) {
    public BrokenMessage {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(virtualServer, "virtualServer");
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(octets, "octets");
    }
}
