package io.steelyard.admin.runtime;

import io.steelyard.api.ConfigurationException;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.Status.ListenerStatus;
import io.steelyard.api.proxy.VirtualServer;
import java.util.HashSet;
import java.util.Set;

/** The commands that stop frontends, let them listen again, and bound their connections. One thread at a time. */
final class FrontendChanges {
    private final LoadBalancer balancer;
    private final Set<String> shutDown = new HashSet<>();

    FrontendChanges(LoadBalancer balancer) {
        this.balancer = balancer;
    }

    private VirtualServer find(String name) {
        if (name.isEmpty()) {
            throw new RefusedCommandException("A frontend name is expected.");
        }
        return balancer.configuration().virtualServers().stream()
                .filter(server -> server.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RefusedCommandException("No such frontend."));
    }

    private boolean isPaused(String name) {
        return balancer.status().listeners().stream()
                .filter(listener -> listener.name().equals(name))
                .anyMatch(ListenerStatus::isPaused);
    }

    /** Whether it was shut down, and is not to listen again. */
    boolean isShutDown(String name) {
        return shutDown.contains(name);
    }

    String listen(String name, boolean isOn) {
        find(name);
        if (shutDown.contains(name)) {
            throw new RefusedCommandException(
                    "Frontend was previously shut down, cannot " + (isOn ? "enable." : "disable."));
        }
        if (isPaused(name) != isOn) {
            throw new RefusedCommandException("All sockets are already " + (isOn ? "enabled." : "disabled."));
        }
        try {
            balancer.accepting(name, isOn);
        } catch (ConfigurationException taken) {
            throw new RefusedCommandException(
                    "Failed to resume frontend, check logs for precise cause (port conflict?): "
                            + taken.problems().getFirst().text());
        }
        return "";
    }

    String shutDown(String name) {
        find(name);
        if (!shutDown.add(name)) {
            throw new RefusedCommandException("Frontend was already shut down.");
        }
        balancer.accepting(name, false);
        return "";
    }

    String maxConnections(String name, int most) {
        var changed = find(name);
        var now = balancer.configuration();
        balancer.apply(now.withVirtualServers(now.virtualServers().stream()
                .map(server -> server == changed
                        ? server.toBuilder()
                                .options(server.options().toBuilder()
                                        .maxConnections(most)
                                        .build())
                                .build()
                        : server)
                .toList()));
        return "";
    }

    /** The configuration was read again: every frontend listens. */
    void forget() {
        shutDown.clear();
        balancer.status().listeners().stream()
                .filter(ListenerStatus::isPaused)
                .forEach(listener -> balancer.accepting(listener.name(), true));
    }
}
