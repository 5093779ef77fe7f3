package io.steelyard.api.vrrp;

import io.steelyard.api.Configuration;
import io.steelyard.api.Event;
import io.steelyard.api.plugin.Plugin;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Runs virtual routers beside a balancer's own servers. Of several the one of highest priority runs them all.
 *
 * @implSpec Stateless; called on the balancer's control thread.
 */
public interface VirtualRouterProvider extends Plugin {
    /**
     * Begins with a configuration's virtual routers, of which there is at least one. Pools and listeners that they track count as down until
     * {@link RunningRouters#tell} says otherwise.
     *
     * @param events may be called on any thread; does not block
     * @throws IOException where this machine refuses what virtual routers need, with what to do; nothing runs then
     */
    RunningRouters start(Configuration configuration, Consumer<Event> events) throws IOException;
}
