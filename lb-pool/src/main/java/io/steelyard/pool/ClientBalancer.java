package io.steelyard.pool;

import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Event;
import io.steelyard.api.Status.PoolStatus;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * For an application that balances its own client calls, with no sockets of ours: a pool at work, with its health checks, on a control thread
 * of its own. Safe for all threads.
 *
 * <pre>{@code
 * try (var client = ClientBalancer.start(pool)) {
 *     var lease = client.newLease();
 *     while (client.pick(new Flow(), lease) == Outcome.PICKED) {
 *         try {
 *             call(lease.server().address());
 *             lease.completed();
 *             break;
 *         } catch (IOException unreachable) {
 *             lease.failed(Failure.CONNECT_ERROR);
 *         }
 *     }
 * }
 * }</pre>
 */
public final class ClientBalancer implements Balancer, AutoCloseable {
    private static final Logger LOG = System.getLogger(ClientBalancer.class.getName());

    private final ControlLoop loop;
    private final RunningPool running;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    private ClientBalancer(Builder builder) {
        var pool = resolved(builder.pool);
        loop = ControlLoop.start(
                "steelyard-" + pool.name(),
                thrown -> LOG.log(Level.ERROR, "a control task of pool " + pool.name() + " failed", thrown));
        try {
            running = loop.call(() -> RunningPool.start(pool, builder.plugins, loop, builder.seed, builder.listener));
        } catch (RuntimeException refused) {
            loop.close();
            throw refused;
        }
    }

    /**
     * Starts with every installed plug-in; events go to the log. Resolves host names, so it may block.
     *
     * @throws ConfigurationException where the pool is refused, with every problem
     */
    public static ClientBalancer start(ServerPool pool) {
        return builder(pool).start();
    }

    public static Builder builder(ServerPool pool) {
        return new Builder(pool);
    }

    @Override
    public ServerPool pool() {
        return running.balancer().pool();
    }

    @Override
    public boolean isServing() {
        return running.balancer().isServing();
    }

    @Override
    public Lease newLease() {
        return running.balancer().newLease();
    }

    @Override
    public Outcome pick(Flow flow, Lease lease) {
        return running.balancer().pick(flow, lease);
    }

    @Override
    public boolean await(Lease lease, Waiter onRoom) {
        return running.balancer().await(lease, onRoom);
    }

    @Override
    public boolean cancel(Waiter waiter) {
        return running.balancer().cancel(waiter);
    }

    /**
     * Makes {@code changed} what runs, in one step; servers that stay keep counters, health and affinity. Resolves host names, so it may
     * block.
     *
     * @throws ConfigurationException where it is refused; nothing changes then
     */
    public void apply(ServerPool changed) {
        var pool = resolved(changed);
        loop.run(() -> running.apply(pool));
    }

    /**
     * Sets what an operator wants of a server.
     *
     * @throws IllegalArgumentException where there is no such server
     */
    public void adminState(String serverId, AdminState state) {
        loop.run(() -> running.adminState(serverId, state));
    }

    /** A picture of the pool now. */
    public PoolStatus status() {
        return loop.call(running::status);
    }

    /** Ends the health checks and the control thread. Leases that are held may still be ended. Calls after the first do nothing. */
    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            loop.execute(running::close);
            loop.close();
        }
    }

    private static ServerPool resolved(ServerPool pool) {
        var resolution = HostNames.resolve(pool);
        if (!resolution.problems().isEmpty()) {
            throw new ConfigurationException(resolution.problems());
        }
        return resolution.pool();
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private final ServerPool pool;
        private Plugins plugins = Plugins.builder().build();
        private boolean hasPlugins;
        private long seed = ThreadLocalRandom.current().nextLong();
        private Consumer<Event> listener = event -> LOG.log(Level.INFO, event.toString());

        private Builder(ServerPool pool) {
            this.pool = pool;
        }

        /** The plug-ins to choose from; every installed one by default. */
        public Builder plugins(Plugins value) {
            plugins = value;
            hasPlugins = true;
            return this;
        }

        /** What random numbers start from; by default a random number. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** Told of what happens, on the control thread; it must not block. The log by default. */
        public Builder onEvent(Consumer<Event> value) {
            listener = value;
            return this;
        }

        /**
         * Starts.
         *
         * @throws ConfigurationException where the pool is refused, with every problem
         */
        public ClientBalancer start() {
            if (!hasPlugins) {
                plugins = Plugins.installed();
            }
            return new ClientBalancer(this);
        }
    }
}
