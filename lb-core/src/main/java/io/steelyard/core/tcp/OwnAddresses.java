package io.steelyard.core.tcp;

import io.steelyard.api.proxy.ListenAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The addresses this balancer listens on itself, over all virtual servers: one of them may be opened once more, by the virtual server it
 * moves to or beside a wildcard, where any other that is taken belongs to another program. Owned by the control thread.
 */
public final class OwnAddresses {
    private final Map<Integer, List<InetAddress>> byPort = new HashMap<>();

    /** Empty at first. */
    public OwnAddresses() {}

    void add(ListenAddress address) {
        byPort.computeIfAbsent(address.firstPort(), port -> new ArrayList<>()).add(address.address());
    }

    void remove(ListenAddress address) {
        byPort.getOrDefault(address.firstPort(), new ArrayList<>()).remove(address.address());
    }

    /** Whether a socket of our own is in the way of one at this address. */
    boolean contains(ListenAddress address) {
        return byPort.getOrDefault(address.firstPort(), List.of()).stream()
                .anyMatch(own -> own.equals(address.address())
                        || own.isAnyLocalAddress()
                        || address.address().isAnyLocalAddress());
    }
}
