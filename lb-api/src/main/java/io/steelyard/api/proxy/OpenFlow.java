package io.steelyard.api.proxy;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A flow that is open: a TCP connection, or a request of HTTP that is being answered.
 *
 * @param id no other flow of the balancer ever has it
 * @param virtualServer by name
 * @param client its address and port, or {@code unix:N} for one on a virtual server's listener N that is a UNIX socket
 * @param pool whose servers serve it; empty while that is not known
 * @param server the server it is on, by its id; empty while it has none
 * @param age since when it is open
 */
public record OpenFlow(long id, String virtualServer, String client, String pool, String server, Duration age) {
    public OpenFlow {
        Objects.requireNonNull(virtualServer, "virtualServer");
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(age, "age");
    }

    /**
     * How a client is told.
     *
     * @param address null for one on a UNIX socket
     * @param port its port; for one on a UNIX socket, which of the virtual server's listeners it came by
     */
    public static String clientText(@Nullable InetAddress address, int port) {
        if (address == null) {
            return "unix:" + port;
        }
        var host = address.getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
