package io.steelyard.core.session;

import io.steelyard.api.Personality;
import io.steelyard.api.pool.PassiveHealth;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.SchedulerSpec;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease;

/** One server that a connection's target named by its address: always picked, once for each flow. Immutable, safe for all threads. */
final class SingleServer implements Balancer {
    private final ServerPool pool;
    private final RealServer server;

    SingleServer(String name, ServerAddress address) {
        server = RealServer.builder(name, address).build();
        pool = ServerPool.builder(name)
                .personality(Personality.NGINX)
                .scheduler(SchedulerSpec.of("single"))
                .passiveHealth(new PassiveHealth.Off())
                .server(server)
                .build();
    }

    @Override
    public ServerPool pool() {
        return pool;
    }

    @Override
    public boolean isServing() {
        return true;
    }

    @Override
    public Lease newLease() {
        return new OnlyLease(server);
    }

    @Override
    public Outcome pick(Flow flow, Lease lease) {
        return ((OnlyLease) lease).take() ? Outcome.PICKED : Outcome.NONE_AVAILABLE;
    }

    @Override
    public boolean await(Lease lease, Waiter onRoom) {
        return false;
    }

    @Override
    public boolean cancel(Waiter waiter) {
        return false;
    }

    /** One thread at a time. */
    private static final class OnlyLease implements Lease {
        private final RealServer server;
        private boolean isHeld;
        private int attempts;

        OnlyLease(RealServer server) {
            this.server = server;
        }

        boolean take() {
            if (isHeld) {
                throw new IllegalStateException("the lease still holds its server");
            }
            if (attempts > 0) {
                return false;
            }
            attempts = 1;
            isHeld = true;
            return true;
        }

        @Override
        public boolean isHeld() {
            return isHeld;
        }

        @Override
        public RealServer server() {
            return server;
        }

        @Override
        public int attempts() {
            return attempts;
        }

        @Override
        public void connected() {}

        @Override
        public void firstByte() {}

        @Override
        public void completed() {
            isHeld = false;
        }

        @Override
        public void failed(Failure failure) {
            isHeld = false;
        }

        @Override
        public void cancelled() {
            isHeld = false;
        }

        @Override
        public void reset() {
            isHeld = false;
            attempts = 0;
        }
    }
}
