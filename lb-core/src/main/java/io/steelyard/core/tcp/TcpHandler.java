package io.steelyard.core.tcp;

/** What is done with the connections that one listening socket accepts. Called on the socket's loop, and made for that loop alone. */
@FunctionalInterface
public interface TcpHandler {
    /**
     * A client has connected, as {@link TcpListener#peer()} says.
     *
     * @param fd the non-blocking socket, now the handler's to close
     */
    void accepted(TcpListener listener, int fd);
}
