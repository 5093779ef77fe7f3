package io.steelyard.config.nginx;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a host name that {@code listen} gives, when the file is read, as nginx does. */
@FunctionalInterface
interface HostAddresses {
    /**
     * All of them, at least one.
     *
     * @throws UnknownHostException where the name has none
     */
    List<InetAddress> of(String host) throws UnknownHostException;

    /** What the system's resolver says; may take seconds. */
    static HostAddresses system() {
        return host -> List.of(InetAddress.getAllByName(host));
    }
}
