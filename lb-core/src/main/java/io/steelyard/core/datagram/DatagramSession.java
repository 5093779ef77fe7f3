package io.steelyard.core.datagram;

import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease;
import io.steelyard.core.loop.Timer;
import io.steelyard.core.session.Session;
import io.steelyard.linux.DatagramBatch;
import io.steelyard.linux.Errno;
import org.jspecify.annotations.Nullable;

/**
 * One client's exchange with one server. Owned by one loop and used again for another client after it has ended, so that a session of one
 * datagram allocates nothing.
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
    // nginx's statuses of a session, for logs.
    private static final int OK = 200;
    private static final int FORBIDDEN = 403;
    private static final int TARGET_UNKNOWN = 500;
    private static final int NO_SERVER = 502;
    private static final int LIMITED = 503;

    private final DatagramWorker worker;
    private final ServerLink server;
    private final TargetLookup lookup;
    private final DatagramRate upload = new DatagramRate();
    private final DatagramRate download = new DatagramRate();

    private @Nullable Attachment attachment;

    /** Variables, limits and logs, where the virtual server has any. */
    private @Nullable Session session;

    private long sent;
    private long answered;
    private long bytesFromClient;
    private long bytesToServer;
    private long bytesToClient;
    private long lastActivityNs;
    private int status;
    private boolean isListed;

    /** Whether the server is not listened to for now, since it sent as much as the rate allows. */
    private boolean isPaused;

    /** Tells one use of this object from the next. */
    private int uses;

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
        server = new ServerLink(worker);
        lookup = new TargetLookup(worker);
    }

    /** What a session belongs to: a port, and what is done there and counted. */
    record Attachment(DatagramPort port, DatagramService service, Tally tally) {}

    /** Changes whenever the object begins to serve another client. */
    int uses() {
        return uses;
    }

    boolean isOf(Tally tally) {
        return attachment != null && attachment.tally() == tally;
    }

    boolean isOn(String pool, String serverId) {
        return attachment != null && server.isOn(pool, serverId);
    }

    /** Tells a flow of the client. */
    Flow fill(Flow flow) {
        int port = attachment == null ? 0 : attachment.port().number();
        return flow.client(clientHigh, clientLow, (int) clientPort & 0xFFFF)
                .destination(localHigh, localLow, port)
                .udp(true);
    }

    // ---- beginning

    /**
     * Begins, for the client and local address already set, and finds a server. A session that is over with that, since its client is sent
     * a text of ours, has ended again.
     *
     * @param firstBytes the length of the datagram it begins with
     * @return why that was not possible, and it has ended again; null where it was
     */
    @Nullable
    Drop begin(Attachment at, int firstBytes, long nowNs) {
        uses++;
        attachment = at;
        sent = 0;
        answered = 0;
        bytesFromClient = 0;
        bytesToServer = 0;
        bytesToClient = 0;
        lastActivityNs = nowNs;
        status = OK;
        isPaused = false;
        upload.begin(at.service().uploadRate(), nowNs);
        upload.countFirst(firstBytes);
        download.begin(at.service().downloadRate(), nowNs);
        var rules = at.service().rules();
        session =
                rules == null ? null : worker.openSession(rules, this, at.port().number(), nowNs);
        var why = findServer(at, nowNs);
        if (why != null) {
            bytesFromClient = firstBytes;
            attachment = null;
            release(nowNs);
            return why;
        }
        isListed = true;
        at.port().onSessionBegun(this);
        at.tally().opened();
        worker.onBegun(this);
        if (session != null && session.isReply()) {
            bytesFromClient = firstBytes;
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
            return connect(at, at.service().balancer(), nowNs);
        }
        if (session.isReply()) {
            return null;
        }
        var target = session.targetText();
        var known = session.known(target);
        if (known != null || !session.needsNameServer(target)) {
            return connect(at, known, nowNs);
        }
        lookup.start(session, target, this::onTarget);
        return null;
    }

    private void onTarget(@Nullable Balancer found) {
        var at = attachment;
        if (at == null) {
            return;
        }
        long nowNs = worker.timers().nowNs();
        var why = connect(at, found, nowNs);
        if (why != null) {
            at.tally().dropped(why, 1);
            end();
        } else if (lookup.take(worker.requests())) {
            bytesFromClient = 0;
            send(at, worker.requests(), 0, 1, nowNs);
        }
    }

    private @Nullable Drop connect(Attachment at, @Nullable Balancer from, long nowNs) {
        if (from == null) {
            return refused(TARGET_UNKNOWN, Drop.TARGET_UNKNOWN);
        }
        server.use(from);
        var why = server.connect(this, at.service(), session, nowNs);
        return why == null ? null : refused(NO_SERVER, why);
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
        if (lookup.isPending()) {
            keep(at, batch, from, count);
        } else if (upload.isLimited()) {
            sendWithinRate(at, batch, from, count, nowNs);
        } else {
            send(at, batch, from, count, nowNs);
        }
    }

    private void keep(Attachment at, DatagramBatch batch, int from, int count) {
        for (int slot = from; slot < from + count; slot++) {
            if (lookup.keep(batch, slot)) {
                bytesFromClient = batch.lengthBytes(slot);
            } else {
                at.tally().dropped(Drop.WAITING_FOR_NAME, 1);
            }
        }
        awaitMore(at);
    }

    /** What comes too early is lost, as with nginx. Silence is counted from when the next may come. */
    private void sendWithinRate(Attachment at, DatagramBatch batch, int from, int count, long nowNs) {
        for (int slot = from; slot < from + count && attachment != null; slot++) {
            boolean isFirst = bytesFromClient == 0 && sent == 0;
            if (!isFirst && upload.delayNs(nowNs) > 0) {
                at.tally().dropped(Drop.OVER_UPLOAD_RATE, 1);
                continue;
            }
            if (!isFirst) {
                upload.count(batch.lengthBytes(slot), nowNs);
            }
            lastActivityNs = nowNs + upload.delayNs(nowNs);
            send(at, batch, slot, 1, nowNs);
        }
    }

    private void send(Attachment at, DatagramBatch batch, int from, int count, long nowNs) {
        int end = from + count;
        for (int slot = from; slot < end; slot++) {
            bytesFromClient += batch.lengthBytes(slot);
        }
        for (int slot = from; slot < end && attachment != null; ) {
            int result = server.send(batch, slot, end - slot);
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
        int tried = serverFailed(Lease.Failure.CONNECT_ERROR, nowNs);
        sent = 0;
        answered = 0;
        var why = tried >= at.service().tries()
                ? Drop.SERVER_UNREACHABLE
                : server.connect(this, at.service(), session, nowNs);
        return why == null ? null : refused(NO_SERVER, why);
    }

    private int serverFailed(Lease.Failure failure, long nowNs) {
        int tried = server.failed(failure);
        if (session != null) {
            session.attemptEnded(bytesToServer, bytesToClient, nowNs);
        }
        bytesToServer = 0;
        return tried;
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
        int result = isPaused ? 0 : server.await(this);
        if (result < 0) {
            worker.report("no answer can be waited for: " + Errno.text(-result));
            at.tally().dropped(Drop.OUT_OF_RESOURCES, 1);
            end();
            return;
        }
        awaitMore(at);
    }

    private void awaitMore(Attachment at) {
        if (!isSet()) {
            worker.timers().set(this, lastActivityNs + at.service().idleTimeoutNs());
        }
    }

    // ---- from the server

    void onServerReadable() {
        var at = attachment;
        if (at == null) {
            return;
        }
        var batch = worker.replies();
        int count = server.receive(batch, download.isLimited() ? 1 : batch.slots());
        long nowNs = worker.timers().nowNs();
        if (count < 0) {
            if (!Errno.isTransient(count)) {
                // Its server failed, and yet nginx logs such a session as ended well.
                serverFailed(Lease.Failure.CONNECT_ERROR, nowNs);
                end();
            }
            return;
        }
        lastActivityNs = nowNs;
        server.answered(session, nowNs);
        answered += count;
        for (int slot = 0; slot < count; slot++) {
            bytesToClient += batch.lengthBytes(slot);
        }
        at.port().reply(this, at.tally(), batch, count);
        if (download.isLimited()) {
            download.count(batch.lengthBytes(0), nowNs);
        }
        settle();
        if (attachment != null && download.delayNs(nowNs) > 0) {
            pause(nowNs);
        }
    }

    /** Leaves what the server sends in its socket for as long as the rate wants; no silence is counted meanwhile. */
    private void pause(long nowNs) {
        isPaused = true;
        server.pause();
        worker.timers().set(this, nowNs + download.delayNs(nowNs));
    }

    // ---- ending

    @Override
    protected void onDeadline(long nowNs) {
        var at = attachment;
        if (at == null) {
            return;
        }
        if (isPaused) {
            isPaused = false;
            lastActivityNs = nowNs;
            settle();
            return;
        }
        long deadlineNs = lastActivityNs + at.service().idleTimeoutNs();
        if (deadlineNs - nowNs > 0) {
            worker.timers().set(this, deadlineNs);
        } else if (lookup.isPending()) {
            status = NO_SERVER;
            end();
        } else if (at.service().exchange().isAnswered(sent, answered)) {
            finish();
        } else {
            status = NO_SERVER;
            serverFailed(Lease.Failure.READ_TIMEOUT, nowNs);
            end();
        }
    }

    private void finish() {
        if (sent > 0) {
            server.completed();
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
        release(session == null ? 0 : worker.timers().nowNs());
        at.tally().closed();
        worker.onEnded(this);
        at.port().onSessionEnded();
    }

    private void release(long nowNs) {
        lookup.cancel();
        server.release();
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
}
