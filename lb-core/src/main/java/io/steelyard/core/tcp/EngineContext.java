package io.steelyard.core.tcp;

import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.core.session.Sessions;
import java.util.List;
import java.util.function.Supplier;

/** What the engine lends the forwarders that are parts of it: its loops, and what the sessions of all virtual servers share. */
public interface EngineContext extends ForwarderContext {
    /** One each loop, in the loops' order. */
    List<TcpLoop> tcpLoops();

    Sessions sessions();

    /**
     * The one object of this type that the forwarders of this engine share, made at its first use; closed with the engine, after all of them
     * and while the loops still run. Control thread.
     */
    <T extends AutoCloseable> T shared(Class<T> type, Supplier<T> maker);
}
