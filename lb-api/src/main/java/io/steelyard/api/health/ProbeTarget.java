package io.steelyard.api.health;

import io.steelyard.api.pool.RealServer;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * What to probe.
 *
 * @param server the server
 * @param address the address to connect to: an {@link java.net.InetSocketAddress} or a {@link java.net.UnixDomainSocketAddress}, with the
 *     check's own port where it has one
 * @param timeout how long the whole probe may take
 * @param situation how the server stands as the probe begins
 */
public record ProbeTarget(RealServer server, SocketAddress address, Duration timeout, ServerSituation situation) {
    /** A server of which nothing is known. */
    public ProbeTarget(RealServer server, SocketAddress address, Duration timeout) {
        this(server, address, timeout, ServerSituation.UNKNOWN);
    }
}
