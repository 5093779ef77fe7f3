package io.steelyard.core.tcp;

import io.steelyard.api.proxy.ListenAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is known of local addresses beyond the kernel's view. Those this balancer listens on itself, over all virtual servers: one of them may be
 * opened once more, by the virtual server it moves to or beside a wildcard, where any other that is taken belongs to another program. And the
 * floating ones, which the machine has only while a virtual router is active: sockets are bound to them before that. Owned by the control thread.
 */
public final class OwnAddresses {
    private final Map<Integer, List<InetAddress>> byPort = new HashMap<>();

    private Set<InetAddress> floating = Set.of();
    private boolean isTakingOver;

    /** Empty at first. */
    public OwnAddresses() {}

    /** Whether another process of the same user may have an address that is opened: the one that gives way to this one. */
    public void takingOver(boolean isSo) {
        isTakingOver = isSo;
    }

    boolean isTakingOver() {
        return isTakingOver;
    }

    /** From now on the machine may have these at times. */
    public void floating(Set<InetAddress> addresses) {
        floating = Set.copyOf(addresses);
    }

    /** Whether a socket may be bound to an address that no interface has yet. */
    public boolean isFloating(InetAddress address) {
        return floating.contains(address);
    }

    void add(ListenAddress address) {
        if (address.isUnix()) {
            return;
        }
        byPort.computeIfAbsent(address.firstPort(), port -> new ArrayList<>()).add(address.address());
    }

    void remove(ListenAddress address) {
        byPort.getOrDefault(address.firstPort(), new ArrayList<>()).remove(address.address());
    }

    /** Whether a socket may be in the way of one at this address: one of our own, or of the process that gives way to this one. */
    boolean mayShare(ListenAddress address) {
        return isTakingOver
                || byPort.getOrDefault(address.firstPort(), List.of()).stream()
                        .anyMatch(own -> own.equals(address.address())
                                || own.isAnyLocalAddress()
                                || address.address().isAnyLocalAddress());
    }
}
