package io.steelyard.core.tcp;

import io.steelyard.api.Configuration;
import io.steelyard.api.Status;
import io.steelyard.api.http.StatusPageProvider;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.core.session.Sessions;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** What the engine lends the forwarders that are parts of it: its loops, and what the sessions of all virtual servers share. */
public interface EngineContext extends ForwarderContext {
    /** One each loop, in the loops' order. */
    List<TcpLoop> tcpLoops();

    Sessions sessions();

    /** The provider of pages of a name; empty where there is none. */
    Optional<StatusPageProvider> statusPage(String name);

    /** Any thread: shows {@code viewer} what runs and how it is, on the control thread, where it must not block. */
    void look(BiConsumer<Configuration, Status> viewer);

    /**
     * The one object of this type that the forwarders of this engine share, made at its first use; closed with the engine, after all of them
     * and while the loops still run. Control thread.
     */
    <T extends AutoCloseable> T shared(Class<T> type, Supplier<T> maker);
}
