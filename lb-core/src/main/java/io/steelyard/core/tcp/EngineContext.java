package io.steelyard.core.tcp;

import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.core.session.Sessions;
import java.util.List;

/** What the engine lends the forwarders that are parts of it: its loops, and what the sessions of all virtual servers share. */
public interface EngineContext extends ForwarderContext {
    /** One each loop, in the loops' order. */
    List<TcpLoop> tcpLoops();

    Sessions sessions();
}
