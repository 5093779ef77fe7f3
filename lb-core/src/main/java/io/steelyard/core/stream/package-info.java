/**
 * TCP proxying. On each loop a {@link io.steelyard.core.stream.StreamAcceptor} takes accepted connections. A
 * {@link io.steelyard.core.stream.StreamConnection} learns who its client is by an {@link io.steelyard.core.stream.Introduction}, finds it a
 * server by a {@link io.steelyard.core.stream.ServerSearch}, and then a {@link io.steelyard.core.stream.Relay} joins the two sockets by two
 * {@link io.steelyard.core.stream.Pump}s, one for each direction. A connection, both its sockets and all its buffers live on the loop that
 * accepted it.
 */
package io.steelyard.core.stream;
