package io.steelyard.api;

import io.steelyard.api.affinity.CountedKeys;
import io.steelyard.api.health.ProbeResult.Verdict;
import io.steelyard.api.http.BrokenMessage;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.proxy.OpenFlow;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.vrrp.RunningRouters;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A running balancer. Safe for all threads; methods that change something return when it is done.
 */
public interface LoadBalancer extends AutoCloseable {
    /** What runs. */
    Configuration configuration();

    /**
     * Makes {@code changed} what runs, in one step, changing only what differs: listeners, connections, health, counters and affinity of
     * what stays survive. Removed servers drain.
     *
     * @throws ConfigurationException where it is refused; everything is then as before
     */
    void apply(Configuration changed);

    /** Sets a server's state, as an operator's will that outlives its health.
     *
     * @throws IllegalArgumentException where there is no such pool or server
     */
    void adminState(String pool, String server, AdminState state);

    /**
     * Sets what is known of a server's health, as if a check had found that now, and often enough; it goes on, and may find otherwise.
     *
     * @param check the index of the check among the server's own, or else the pool's; 0 for a server that has none
     * @throws IllegalArgumentException where there is no such pool, server or check
     */
    void health(String pool, String server, int check, Verdict found);

    /**
     * Lets a check of a server probe, or not. A server that is not probed keeps the health it had.
     *
     * @param check the index of the check among the server's own, or else the pool's
     * @throws IllegalArgumentException where there is no such pool, server or check
     */
    void probing(String pool, String server, int check, boolean isOn);

    /**
     * Lets a virtual server accept new flows, or gives its addresses up until it is let again. Flows that exist go on. It holds until the
     * virtual server is no longer configured.
     *
     * @throws IllegalArgumentException where there is no such virtual server
     * @throws ConfigurationException where an address is not free any more; it goes on to accept nothing
     */
    void accepting(String virtualServer, boolean isOn);

    /** A pool at work, for an application that sends traffic itself; absent where there is none of the name. */
    Optional<Balancer> balancer(String pool);

    /** A stick table at work, with its counters; absent where there is none of the name. */
    default Optional<CountedKeys> stickTable(String name) {
        return Optional.empty();
    }

    /** The flows that are open: connections of TCP, requests of HTTP under way. Sessions of UDP are only counted, in {@link #status}. */
    List<OpenFlow> flows();

    /** Ends one of {@link #flows}: a request that is not answered yet is answered with an error. @return false where there is none of this number (any more) */
    boolean endFlow(long id);

    /** Ends all flows on a server, as {@link #endFlow}. An unknown one has none. */
    void endFlows(String pool, String server);

    /** The last messages of HTTP that were none: at most one request and one answer of each virtual server. */
    List<BrokenMessage> brokenMessages();

    /** The name servers that were asked for servers with one address each, by section. */
    default List<NameServerStatus> nameServers() {
        return List.of();
    }

    /** A picture of servers and listeners now. */
    Status status();

    /** The virtual routers that run beside; absent where the configuration never had any. */
    default Optional<RunningRouters> virtualRouters() {
        return Optional.empty();
    }

    /** Calls {@code listener} for each event from now on, on the control thread; it must not block. */
    void onEvent(Consumer<Event> listener);

    /** Closes the access logs and opens them again by name, after they were moved away. */
    void reopenLogs();

    /** Accepts nothing new, waits until the open flows have finished or {@code limit} has passed, then closes. */
    void drain(Duration limit);

    /** Ends all flows and frees everything. Calls after the first do nothing. */
    @Override
    void close();
}
