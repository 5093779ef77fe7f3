package io.steelyard.core.datagram;

import io.steelyard.api.Personality;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Lease;
import io.steelyard.core.loop.FdRegistration;
import io.steelyard.core.loop.Timer;
import io.steelyard.core.session.Session;
import io.steelyard.linux.DatagramBatch;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * One client's exchange with one server, over a socket of its own that is connected to the server. Owned by one loop and used again for
 * another client after it has ended, so that a session of one datagram allocates nothing.
 *
 * <pre>
 *              a server by host name
 *          begin ──► RESOLVING ──┐     requests reached       answered, refused, silent, cut
 *   ENDED ───┴───────────────────┴► LISTED ─────────► UNLISTED ──────────────► ENDED
 *                                     └────────────────────────────────────────►
 * </pre>
 *
 * <p>A LISTED session gets what its client sends; an UNLISTED one only waits for answers.
 */
final class DatagramSession extends Timer {
    private static final int NO_SOCKET = -1;
    private static final int OK = 200;
    private static final int FORBIDDEN = 403;
    private static final int TARGET_UNKNOWN = 500;
    private static final int NO_SERVER = 502;
    private static final int LIMITED = 503;

    private final DatagramWorker worker;

    private @Nullable Attachment attachment;

    /** Variables, limits and logs, where the virtual server has any. */
    private @Nullable Session session;

    private @Nullable Lease lease;
    private @Nullable Balancer balancer;
    private int fd = NO_SOCKET;

    /** Null until something has to be waited for. */
    private @Nullable FdRegistration registration;

    private long sent;
    private long answered;
    private long bytesFromClient;
    private long bytesToServer;
    private long bytesToClient;
    private long lastActivityNs;
    private int status;
    private boolean isListed;
    private boolean isConnectionReported;
    private boolean isResolving;
    private byte @Nullable [] waiting;

    /** Tells one use of this object from the next. */
    private int use;

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

    boolean isOf(Tally tally) {
        return attachment != null && attachment.tally() == tally;
    }

    boolean isOn(String pool, String serverId) {
        return attachment != null
                && lease != null
                && balancer != null
                && lease.isHeld()
                && balancer.pool().name().equals(pool)
                && lease.server().id().equals(serverId);
    }

    // ---- beginning

    /**
     * Begins, for the client and local address already set, and finds a server. A session that is over with that, since its client is sent
     * a text of ours, has ended again.
     *
     * @return why that was not possible, and it has ended again; null where it was
     */
    @Nullable
    Drop begin(Attachment at, long nowNs) {
        use++;
        attachment = at;
        sent = 0;
        answered = 0;
        bytesFromClient = 0;
        bytesToServer = 0;
        bytesToClient = 0;
        lastActivityNs = nowNs;
        status = OK;
        var service = at.service();
        var rules = service.rules();
        session =
                rules == null ? null : worker.openSession(rules, this, at.port().number(), nowNs);
        var why = findServer(at, nowNs);
        if (why != null) {
            closeSession(nowNs);
            attachment = null;
            return why;
        }
        isListed = true;
        at.port().onSessionBegun(this);
        at.tally().opened();
        worker.onBegun(this);
        if (session != null && session.isReply()) {
            bytesToClient = at.port().replyWith(this, at.tally(), session.reply());
            end();
        }
        return null;
    }

    private @Nullable Drop findServer(Attachment at, long nowNs) {
        if (session != null && !session.enterLimits()) {
            return refused(LIMITED, Drop.CLIENT_LIMITED);
        }
        if (!at.service().access().admits(clientHigh, clientLow)) {
            return refused(FORBIDDEN, Drop.CLIENT_NOT_ADMITTED);
        }
        if (session == null || !session.hasOwnTarget()) {
            return use(at, at.service().balancer(), nowNs);
        }
        if (session.isReply()) {
            return null;
        }
        var target = session.targetText();
        var known = session.known(target);
        if (known != null || !session.needsNameServer(target)) {
            return use(at, known, nowNs);
        }
        resolve(session, target, use);
        return null;
    }

    private void resolve(Session asking, String target, int asked) {
        isResolving = true;
        Thread.ofVirtual().start(() -> {
            var found = asking.resolve(target);
            worker.loop().execute(() -> onResolved(found, asked));
        });
    }

    private void onResolved(@Nullable Balancer found, int asked) {
        var at = attachment;
        if (at == null || !isResolving || asked != use) {
            return;
        }
        isResolving = false;
        long nowNs = worker.timers().nowNs();
        var why = use(at, found, nowNs);
        var first = waiting;
        waiting = null;
        if (why != null) {
            at.tally().dropped(why, 1);
            end();
        } else if (first != null) {
            var batch = worker.requests();
            MemorySegment.copy(first, 0, batch.buffer(0), ValueLayout.JAVA_BYTE, 0, first.length);
            batch.lengthBytes(0, first.length);
            bytesFromClient -= first.length;
            forward(batch, 0, 1, nowNs);
        }
    }

    private @Nullable Drop use(Attachment at, @Nullable Balancer from, long nowNs) {
        if (from == null) {
            return refused(TARGET_UNKNOWN, Drop.TARGET_UNKNOWN);
        }
        if (lease == null || balancer != from) {
            lease = from.newLease();
            balancer = from;
        }
        return connect(at, from, lease, nowNs);
    }

    private @Nullable Drop connect(Attachment at, Balancer from, Lease held, long nowNs) {
        var service = at.service();
        while (true) {
            var flow = worker.flow().clear().client(clientHigh, clientLow, (int) clientPort & 0xFFFF);
            flow.destination(localHigh, localLow, at.port().number()).udp(true);
            if (session != null) {
                session.fillKey(from.pool().name(), flow);
            }
            switch (from.pick(flow, held)) {
                case NONE_AVAILABLE -> {
                    return none(from, held.attempts() == 0 ? Drop.NO_SERVER : Drop.SERVER_UNREACHABLE);
                }
                case ALL_FULL -> {
                    return none(from, Drop.ALL_SERVERS_FULL);
                }
                case PICKED -> {}
            }
            if (session != null) {
                session.attempt(held.server().address().text(), nowNs);
            }
            int result = worker.connect(held.server().address(), service.source());
            if (result >= 0) {
                fd = result;
                connected(from, held, nowNs);
                return null;
            }
            worker.report("server " + held.server().id() + " cannot be sent to: " + Errno.text(-result));
            if (DatagramWorker.isOurFault(-result)) {
                return refused(NO_SERVER, Drop.OUT_OF_RESOURCES);
            }
            attemptFailed(held, Lease.Failure.CONNECT_ERROR, nowNs);
            if (held.attempts() >= service.tries()) {
                return refused(NO_SERVER, Drop.SERVER_UNREACHABLE);
            }
        }
    }

    private void connected(Balancer from, Lease held, long nowNs) {
        // With nginx a server counts as working once there is a socket to it, otherwise only when it answers.
        isConnectionReported = from.pool().personality() == Personality.NGINX;
        if (isConnectionReported) {
            held.connected();
        }
        if (session != null) {
            session.connected(nowNs);
        }
    }

    private Drop none(Balancer from, Drop why) {
        if (session != null) {
            session.nonePicked(from.pool().name());
        }
        return refused(NO_SERVER, why);
    }

    private Drop refused(int withStatus, Drop why) {
        status = withStatus;
        return why;
    }

    // ---- from the client

    /** Whether the client's next datagram is for this session once {@code more} others have been sent. */
    boolean takesMore(int more) {
        return attachment != null && attachment.service().exchange().takesMore(sent + more, answered);
    }

    /** Sends slots of a batch to the server. The session may have ended afterwards. */
    void forward(DatagramBatch batch, int from, int count, long nowNs) {
        var at = attachment;
        if (at == null) {
            return;
        }
        lastActivityNs = nowNs;
        int end = from + count;
        for (int slot = from; slot < end; slot++) {
            bytesFromClient += batch.lengthBytes(slot);
        }
        if (isResolving) {
            keepFirst(at, batch, from, count);
            return;
        }
        for (int slot = from; slot < end && attachment != null; ) {
            int result = worker.send(fd, batch, slot, end - slot);
            if (result > 0) {
                sent += result;
                for (int last = slot + result; slot < last; slot++) {
                    bytesToServer += batch.lengthBytes(slot);
                }
            } else {
                slot += onSendFailed(at, -result, end - slot, nowNs);
            }
        }
        settle();
    }

    private void keepFirst(Attachment at, DatagramBatch batch, int slot, int count) {
        int kept = 0;
        if (waiting == null) {
            waiting = batch.buffer(slot).asSlice(0, batch.lengthBytes(slot)).toArray(ValueLayout.JAVA_BYTE);
            kept = 1;
        }
        if (count > kept) {
            at.tally().dropped(Drop.WAITING_FOR_NAME, count - kept);
        }
        awaitMore(at);
    }

    /** @return how many datagrams are given up */
    private int onSendFailed(Attachment at, int errno, int left, long nowNs) {
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
                var why = moveToAnotherServer(at, nowNs);
                if (why == null) {
                    return 0;
                }
                at.tally().dropped(why, left);
                end();
                return left;
            }
        }
    }

    private @Nullable Drop moveToAnotherServer(Attachment at, long nowNs) {
        var held = lease;
        var from = balancer;
        if (held == null || from == null || !held.isHeld()) {
            return refused(NO_SERVER, Drop.SERVER_UNREACHABLE);
        }
        attemptFailed(held, Lease.Failure.CONNECT_ERROR, nowNs);
        sent = 0;
        answered = 0;
        return held.attempts() >= at.service().tries()
                ? refused(NO_SERVER, Drop.SERVER_UNREACHABLE)
                : connect(at, from, held, nowNs);
    }

    private void attemptFailed(Lease held, Lease.Failure failure, long nowNs) {
        held.failed(failure);
        closeSocket();
        if (session != null) {
            session.attemptEnded(bytesToServer, bytesToClient, nowNs);
        }
        bytesToServer = 0;
    }

    /** After datagrams went either way: ends what is over, else waits for what is to come. */
    private void settle() {
        var at = attachment;
        if (at == null) {
            return;
        }
        var exchange = at.service().exchange();
        if (exchange.isFinished(sent, answered)) {
            finish();
            return;
        }
        if (isListed && !exchange.takesMore(sent, answered)) {
            unlist(at);
        }
        if (registration == null) {
            registration = worker.loop().register(fd, ready -> onServerReady());
            registration.interest(FdRegistration.READABLE);
        }
        awaitMore(at);
    }

    private void awaitMore(Attachment at) {
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
        long nowNs = worker.timers().nowNs();
        if (count < 0) {
            if (!Errno.isTransient(count)) {
                status = NO_SERVER;
                attemptFailed(lease, Lease.Failure.CONNECT_ERROR, nowNs);
                end();
            }
            return;
        }
        lastActivityNs = nowNs;
        if (answered == 0) {
            onFirstAnswer(lease, nowNs);
        }
        answered += count;
        for (int slot = 0; slot < count; slot++) {
            bytesToClient += batch.lengthBytes(slot);
        }
        at.port().reply(this, at.tally(), batch, count);
        settle();
    }

    private void onFirstAnswer(Lease held, long nowNs) {
        if (!isConnectionReported) {
            isConnectionReported = true;
            held.connected();
        }
        held.firstByte();
        if (session != null) {
            session.firstByte(nowNs);
        }
    }

    // ---- ending

    @Override
    protected void onDeadline(long nowNs) {
        var at = attachment;
        if (at == null) {
            return;
        }
        long deadlineNs = lastActivityNs + at.service().idleTimeoutNs();
        if (deadlineNs - nowNs > 0) {
            worker.timers().set(this, deadlineNs);
        } else if (isResolving) {
            status = NO_SERVER;
            end();
        } else if (at.service().exchange().isAnswered(sent, answered)) {
            finish();
        } else if (lease != null) {
            status = NO_SERVER;
            attemptFailed(lease, Lease.Failure.READ_TIMEOUT, nowNs);
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
        worker.timers().cancel(this);
        closeSocket();
        closeSession(session == null ? 0 : worker.timers().nowNs());
        attachment = null;
        at.tally().closed();
        worker.onEnded(this);
        at.port().onSessionEnded();
    }

    private void closeSession(long nowNs) {
        isResolving = false;
        waiting = null;
        if (lease != null) {
            lease.reset();
        }
        if (session != null) {
            session.attemptEnded(bytesToServer, bytesToClient, nowNs);
            session.end(status, bytesFromClient, bytesToClient, nowNs);
            session = null;
        }
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
