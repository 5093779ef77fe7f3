package io.steelyard.api;

import io.steelyard.api.affinity.CountedKeys;
import io.steelyard.api.pool.AdminState;
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

    /** A pool at work, for an application that sends traffic itself; absent where there is none of the name. */
    Optional<Balancer> balancer(String pool);

    /** A stick table at work, with its counters; absent where there is none of the name. */
    default Optional<CountedKeys> stickTable(String name) {
        return Optional.empty();
    }

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
