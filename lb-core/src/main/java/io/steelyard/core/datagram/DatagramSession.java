package io.steelyard.core.datagram;

import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Lease;
import io.steelyard.core.loop.FdRegistration;
import io.steelyard.core.loop.Timer;
import io.steelyard.linux.DatagramBatch;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import org.jspecify.annotations.Nullable;

/**
 * One client's exchange with one server, over a socket of its own that is connected to the server. Owned by one loop and used again for
 * another client after it has ended, so that a session of one datagram allocates nothing.
 *
 * <pre>
 *          begin        forward: requests reached       answered, refused, silent, cut
 *   ENDED ───────► LISTED ─────────────────────► UNLISTED ──────────────► ENDED
 *                     └────────────────────────────────────────────────────►
 * </pre>
 *
 * <p>A LISTED session gets what its client sends; an UNLISTED one only waits for answers.
 */
final class DatagramSession extends Timer {
    private static final int NO_SOCKET = -1;

    private final DatagramWorker worker;

    private @Nullable Attachment attachment;
    private @Nullable Lease lease;
    private @Nullable Balancer leaseOf;
    private int fd = NO_SOCKET;

    /** Null until something has to be waited for. */
    private @Nullable FdRegistration registration;

    private long sent;
    private long answered;
    private long lastActivityNs;
    private boolean isListed;
    private boolean isConnectionReported;

    // The client, and the local address it spoke to.
    long clientHigh;
    long clientLow;
    long clientPort;
    long localHigh;
    long localLow;

    /** The worker's list of its sessions, or of those to be used again. */
    @Nullable
    DatagramSession next;

    @Nullable
    DatagramSession previous;

    DatagramSession(DatagramWorker worker) {
        this.worker = worker;
    }

    /** What a session belongs to: a port, and what is done there and counted. */
    record Attachment(DatagramPort port, DatagramService service, Tally tally) {}

    /** Whether it has ended; it may serve another client by now. */
    boolean hasEnded() {
        return attachment == null;
    }

    boolean isOf(Tally tally) {
        return attachment != null && attachment.tally() == tally;
    }

    boolean isOn(String pool, String serverId) {
        return attachment != null
                && attachment.service().poolName().equals(pool)
                && lease != null
                && lease.isHeld()
                && lease.server().id().equals(serverId);
    }

    // ---- beginning

    /**
     * Begins, for the client and local address already set, and finds a server.
     *
     * @return why that was not possible, and it has ended again; null where it was
     */
    @Nullable
    Drop begin(Attachment at, long nowNs) {
        attachment = at;
        sent = 0;
        answered = 0;
        lastActivityNs = nowNs;
        var balancer = at.service().balancer();
        if (lease == null || leaseOf != balancer) {
            lease = balancer.newLease();
            leaseOf = balancer;
        }
        var why = connect(at, lease);
        if (why != null) {
            lease.reset();
            attachment = null;
            return why;
        }
        isListed = true;
        at.port().onSessionBegun(this);
        at.tally().opened();
        worker.onBegun(this);
        return null;
    }

    private @Nullable Drop connect(Attachment at, Lease held) {
        var service = at.service();
        while (true) {
            var flow = worker.flow().clear().client(clientHigh, clientLow, (int) clientPort & 0xFFFF);
            flow.destination(localHigh, localLow, at.port().number()).udp(true);
            switch (service.balancer().pick(flow, held)) {
                case NONE_AVAILABLE -> {
                    return held.attempts() == 0 ? Drop.NO_SERVER : Drop.SERVER_UNREACHABLE;
                }
                case ALL_FULL -> {
                    return Drop.ALL_SERVERS_FULL;
                }
                case PICKED -> {}
            }
            int result = worker.connect(held.server().address(), service.source());
            if (result >= 0) {
                fd = result;
                isConnectionReported = service.isConnectionSuccess();
                if (isConnectionReported) {
                    held.connected();
                }
                return null;
            }
            if (DatagramWorker.isOurFault(-result)) {
                worker.report("cannot open a socket to " + held.server().id() + ": " + Errno.text(-result));
                return Drop.OUT_OF_RESOURCES;
            }
            worker.report("server " + held.server().id() + " cannot be sent to: " + Errno.text(-result));
            held.failed(Lease.Failure.CONNECT_ERROR);
            if (held.attempts() >= service.tries()) {
                return Drop.SERVER_UNREACHABLE;
            }
        }
    }

    // ---- from the client

    /** Whether the client's next datagram is for this session once {@code more} others have been sent. */
    boolean takesMore(int more) {
        return attachment != null && attachment.service().rules().takesMore(sent + more, answered);
    }

    /** Sends slots of a batch to the server. The session may have ended afterwards. */
    void forward(DatagramBatch batch, int from, int count, long nowNs) {
        lastActivityNs = nowNs;
        int end = from + count;
        for (int slot = from; slot < end && attachment != null; ) {
            int result = worker.send(fd, batch, slot, end - slot);
            if (result > 0) {
                sent += result;
                slot += result;
            } else {
                slot += onSendFailed(attachment, -result, end - slot);
            }
        }
        settle();
    }

    /** @return how many datagrams are given up */
    private int onSendFailed(Attachment at, int errno, int left) {
        switch (errno) {
            case Errno.EINTR -> {
                return 0;
            }
            case Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM -> {
                at.tally().dropped(Drop.SERVER_BUFFER_FULL, left);
                return left;
            }
            case Errno.EMSGSIZE -> {
                at.tally().dropped(Drop.TOO_LONG_FOR_SERVER, 1);
                return 1;
            }
            default -> {
                // An earlier datagram was refused; this one was not sent and may go to another server.
                var why = moveToAnotherServer(at);
                if (why == null) {
                    return 0;
                }
                at.tally().dropped(why, left);
                end();
                return left;
            }
        }
    }

    private @Nullable Drop moveToAnotherServer(Attachment at) {
        var held = lease;
        if (held == null || !held.isHeld()) {
            return Drop.SERVER_UNREACHABLE;
        }
        held.failed(Lease.Failure.CONNECT_ERROR);
        closeSocket();
        sent = 0;
        answered = 0;
        return held.attempts() >= at.service().tries() ? Drop.SERVER_UNREACHABLE : connect(at, held);
    }

    /** After datagrams went either way: ends what is over, else waits for what is to come. */
    private void settle() {
        var at = attachment;
        if (at == null) {
            return;
        }
        var rules = at.service().rules();
        if (rules.isFinished(sent, answered)) {
            finish();
            return;
        }
        if (isListed && !rules.takesMore(sent, answered)) {
            unlist(at);
        }
        if (registration == null) {
            registration = worker.loop().register(fd, ready -> onServerReady());
            registration.interest(FdRegistration.READABLE);
        }
        if (!isSet()) {
            worker.timers().set(this, lastActivityNs + at.service().idleTimeoutNs());
        }
    }

    // ---- from the server

    private void onServerReady() {
        var at = attachment;
        if (at == null || lease == null) {
            return;
        }
        var batch = worker.replies();
        int count = batch.receive(fd);
        if (count < 0) {
            if (!Errno.isTransient(count)) {
                lease.failed(Lease.Failure.CONNECT_ERROR);
                end();
            }
            return;
        }
        lastActivityNs = worker.timers().nowNs();
        if (answered == 0) {
            if (!isConnectionReported) {
                isConnectionReported = true;
                lease.connected();
            }
            lease.firstByte();
        }
        answered += count;
        at.port().reply(this, at.tally(), batch, count);
        settle();
    }

    // ---- ending

    @Override
    protected void onDeadline(long nowNs) {
        var at = attachment;
        if (at == null || lease == null) {
            return;
        }
        long deadlineNs = lastActivityNs + at.service().idleTimeoutNs();
        if (deadlineNs - nowNs > 0) {
            worker.timers().set(this, deadlineNs);
        } else if (at.service().rules().isAnswered(sent, answered)) {
            finish();
        } else {
            lease.failed(Lease.Failure.READ_TIMEOUT);
            end();
        }
    }

    private void finish() {
        if (lease != null && sent > 0) {
            lease.completed();
        }
        end();
    }

    /** Ends at once; a server still held is given back without a verdict. */
    void end() {
        var at = attachment;
        if (at == null) {
            return;
        }
        if (isListed) {
            unlist(at);
        }
        attachment = null;
        worker.timers().cancel(this);
        closeSocket();
        if (lease != null) {
            lease.reset();
        }
        at.tally().closed();
        worker.onEnded(this);
        at.port().onSessionEnded();
    }

    private void unlist(Attachment at) {
        isListed = false;
        at.port().unlist(this);
    }

    private void closeSocket() {
        if (registration != null) {
            registration.close();
            registration = null;
        } else if (fd != NO_SOCKET) {
            Linux.close(fd);
        }
        fd = NO_SOCKET;
    }
}
