/**
 * Accepting and opening TCP connections, whatever is spoken over them. {@link io.steelyard.core.tcp.TcpListeners} holds a listening socket for
 * each address on every loop; each of them hands the connections it accepts to a {@link io.steelyard.core.tcp.TcpHandler} of its loop.
 */
package io.steelyard.core.tcp;
