/**
 * UDP proxying: sessions by client, many datagrams a system call.
 *
 * <p>{@link io.steelyard.core.datagram.DatagramForwarderProvider} is the way in. {@code ExchangeRules}, {@code SessionTable} and
 * {@code AccessFilter} decide and touch no socket; {@code DatagramPort} (a socket clients send to) and {@code DatagramSession} (one client's
 * exchange with one server) carry it out, on one loop each.
 */
package io.steelyard.core.datagram;
