package io.steelyard.api.vrrp;

import io.steelyard.api.Configuration;
import java.io.IOException;

/** The virtual routers of a process at work. Safe for all threads. */
public interface RunningRouters extends AutoCloseable {
    /**
     * Makes the virtual routers of {@code changed} what runs. Those that stay as they are notice nothing.
     *
     * @throws IOException where this machine refuses it; everything is then as before
     */
    void change(Configuration changed) throws IOException;

    /**
     * Says how things stand with a {@link Tracker.Pool} or {@link Tracker.Listener}.
     *
     * @param tracker its name; one that is not there has no effect
     */
    void tell(String tracker, boolean isUp);

    /** Gives up all addresses, says so to other machines, and ends. Calls after the first do nothing. */
    @Override
    void close();
}
