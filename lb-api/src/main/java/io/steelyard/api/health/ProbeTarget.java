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
 */
public record ProbeTarget(RealServer server, SocketAddress address, Duration timeout) {}
