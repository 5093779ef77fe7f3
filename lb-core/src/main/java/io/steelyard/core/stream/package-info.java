/**
 * TCP proxying. On each loop a {@link io.steelyard.core.stream.StreamAcceptor} takes accepted connections; a
 * {@link io.steelyard.core.stream.StreamConnection} finds each one a server and joins the two sockets by two
 * {@link io.steelyard.core.stream.Pump}s, one for each direction. A connection, both its sockets and all its buffers live on the loop that
 * accepted it.
 */
package io.steelyard.core.stream;
