package io.steelyard.api.tls;

import java.time.Duration;
import java.util.List;

/**
 * How clients take up a session again without a whole handshake. Immutable.
 *
 * @param tickets whether a client keeps its session itself, sealed by a key that lives as long as the process (RFC 5077, RFC 8446 section 2.2); with
 *     TLS 1.3 and the native library there is no other way
 * @param ticketKeyFiles of keys that seal tickets, in place of the process's own, so that several machines share them: the first file's key
 *     seals, all open. A file is of 48 bytes (nginx {@code ssl_session_ticket_key}), or has lines of base64 with 48 bytes each, of which the last but
 *     one seals (HAProxy {@code tls-ticket-keys}). With the JDK, which has no such keys, a configuration that names one is refused
 * @param cached how many sessions of TLS 1.2 are kept here; 0 for none
 * @param timeout how long a session may be taken up
 */
public record TlsSessions(boolean tickets, List<String> ticketKeyFiles, int cached, Duration timeout) {
    /** Tickets, no cache, five minutes. */
    public static final TlsSessions DEFAULT = new TlsSessions(true, List.of(), 0, Duration.ofMinutes(5));

    public TlsSessions {
        ticketKeyFiles = List.copyOf(ticketKeyFiles);
        if (cached < 0) {
            throw new IllegalArgumentException("cached is " + cached + ", expected at least 0");
        }
        if (timeout.toSeconds() < 1) {
            throw new IllegalArgumentException("timeout is " + timeout + ", expected at least a second");
        }
    }
}
