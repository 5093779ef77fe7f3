package io.steelyard.api.proxy;

import io.steelyard.api.plugin.Plugin;
import java.io.IOException;

/**
 * A way to carry a virtual server's traffic. Of those that support a virtual server, the one of highest priority carries it.
 *
 * @implSpec Stateless; called on the control thread.
 */
public interface ForwarderProvider extends Plugin {
    /** Whether it can carry this virtual server's protocol and forwarding mode. */
    boolean supports(VirtualServer virtualServer);

    /**
     * Begins to accept traffic. The forwarder returned accepts it on every address of the virtual server.
     *
     * @throws IOException where an address cannot be used; nothing is left open then
     */
    Forwarder open(VirtualServer virtualServer, ForwarderContext context) throws IOException;
}
