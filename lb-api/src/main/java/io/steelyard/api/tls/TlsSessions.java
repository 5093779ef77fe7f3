package io.steelyard.api.tls;

import java.time.Duration;

/**
 * How clients take up a session again without a whole handshake. Immutable.
 *
 * @param tickets whether a client keeps its session itself, sealed by a key that lives as long as the process (RFC 5077, RFC 8446 section 2.2); with
 *     TLS 1.3 and the native library there is no other way
 * @param cached how many sessions of TLS 1.2 are kept here; 0 for none
 * @param timeout how long a session may be taken up
 */
public record TlsSessions(boolean tickets, int cached, Duration timeout) {
    /** Tickets, no cache, five minutes. */
    public static final TlsSessions DEFAULT = new TlsSessions(true, 0, Duration.ofMinutes(5));

    public TlsSessions {
        if (cached < 0) {
            throw new IllegalArgumentException("cached is " + cached + ", expected at least 0");
        }
        if (timeout.toSeconds() < 1) {
            throw new IllegalArgumentException("timeout is " + timeout + ", expected at least a second");
        }
    }
}
