package io.steelyard.core.datagram;

import io.steelyard.api.Personality;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease;
import io.steelyard.core.session.Session;
import io.steelyard.linux.DatagramBatch;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import org.jspecify.annotations.Nullable;

/**
 * A session's hold on a server, and the socket connected to it. Owned by one loop; used again by the next session, with its lease where
 * that has the same balancer.
 */
final class ServerLink {
    private static final int NO_SOCKET = -1;

    private final DatagramWorker worker;
    private @Nullable Balancer balancer;
    private @Nullable Lease lease;
    private int fd = NO_SOCKET;

    private boolean isAwaited;
    private boolean isConnectionReported;
    private boolean hasAnswered;

    ServerLink(DatagramWorker worker) {
        this.worker = worker;
    }

    /** Chooses what gives it a server. */
    void use(Balancer from) {
        if (lease == null || balancer != from) {
            lease = from.newLease();
            balancer = from;
        }
    }

    boolean isOn(String pool, String serverId) {
        return lease != null
                && balancer != null
                && lease.isHeld()
                && balancer.pool().name().equals(pool)
                && lease.server().id().equals(serverId);
    }

    /**
     * Picks servers until a socket is connected to one.
     *
     * @param of tells the client; its flow is filled for each pick
     * @return why there is none; null where there is
     */
    @Nullable
    Drop connect(DatagramSession of, DatagramService service, @Nullable Session session, long nowNs) {
        var from = balancer;
        var held = lease;
        if (from == null || held == null) {
            return Drop.TARGET_UNKNOWN;
        }
        while (true) {
            switch (from.pick(flow(of, from, session), held)) {
                case NONE_AVAILABLE -> {
                    return none(from, session, held.attempts() == 0 ? Drop.NO_SERVER : Drop.SERVER_UNREACHABLE);
                }
                case ALL_FULL -> {
                    return none(from, session, Drop.ALL_SERVERS_FULL);
                }
                case PICKED -> {}
            }
            if (session != null) {
                session.attempt(held.server().address().text(), nowNs);
            }
            int result = worker.connect(held.server().address(), service.source());
            if (result >= 0) {
                connected(result, from, held, session, nowNs);
                return null;
            }
            worker.report("server " + held.server().id() + " cannot be sent to: " + Errno.text(-result));
            if (DatagramWorker.isOurFault(-result)) {
                return Drop.OUT_OF_RESOURCES;
            }
            held.failed(Lease.Failure.CONNECT_ERROR);
            if (session != null) {
                session.attemptEnded(0, 0, nowNs);
            }
            if (held.attempts() >= service.tries()) {
                return Drop.SERVER_UNREACHABLE;
            }
        }
    }

    private Flow flow(DatagramSession of, Balancer from, @Nullable Session session) {
        var flow = of.fill(worker.flow().clear());
        if (session != null) {
            session.fillKey(from.pool().name(), flow);
        }
        return flow;
    }

    private static Drop none(Balancer from, @Nullable Session session, Drop why) {
        if (session != null) {
            session.nonePicked(from.pool().name());
        }
        return why;
    }

    private void connected(int socket, Balancer from, Lease held, @Nullable Session session, long nowNs) {
        fd = socket;
        hasAnswered = false;
        // With nginx a server counts as working once there is a socket to it, otherwise only when it answers.
        isConnectionReported = from.pool().personality() == Personality.NGINX;
        if (isConnectionReported) {
            held.connected();
        }
        if (session != null) {
            session.connected(nowNs);
        }
    }

    /** Lets a session wait for what the server sends. @return 0, or the negative error number */
    int await(DatagramSession session) {
        if (isAwaited) {
            return 0;
        }
        int result = worker.serverSockets().add(fd, session);
        isAwaited = result == 0;
        return result;
    }

    /** Sends slots of a batch. @return how many, at least 1, or a negative error number where not even the first */
    int send(DatagramBatch batch, int from, int count) {
        return worker.send(fd, batch, from, count);
    }

    /** Receives up to {@code most} answers. @return how many, or a negative error number */
    int receive(DatagramBatch batch, int most) {
        return batch.receive(fd, 0, most);
    }

    /** Waits no longer, until {@link #await} is called again. */
    void pause() {
        if (isAwaited) {
            isAwaited = false;
            worker.serverSockets().pause(fd);
        }
    }

    /** The server answered. */
    void answered(@Nullable Session session, long nowNs) {
        if (hasAnswered || lease == null) {
            return;
        }
        hasAnswered = true;
        if (!isConnectionReported) {
            isConnectionReported = true;
            lease.connected();
        }
        lease.firstByte();
        if (session != null) {
            session.firstByte(nowNs);
        }
    }

    /** The exchange with the server ended well. The socket stays open. */
    void completed() {
        if (lease != null) {
            lease.completed();
        }
    }

    /**
     * The server failed; the socket is closed.
     *
     * @return how many servers have been tried
     */
    int failed(Lease.Failure failure) {
        closeSocket();
        if (lease == null) {
            return 0;
        }
        lease.failed(failure);
        return lease.attempts();
    }

    /** Gives a server still held back without a verdict, and closes the socket. */
    void release() {
        closeSocket();
        if (lease != null) {
            lease.reset();
        }
    }

    private void closeSocket() {
        if (isAwaited) {
            isAwaited = false;
            worker.serverSockets().remove(fd);
        }
        if (fd != NO_SOCKET) {
            Linux.close(fd);
            fd = NO_SOCKET;
        }
    }
}
