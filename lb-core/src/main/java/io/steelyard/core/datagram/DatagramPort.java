package io.steelyard.core.datagram;

import io.steelyard.core.loop.FdRegistration;
import io.steelyard.core.loop.Timer;
import io.steelyard.linux.DatagramBatch;
import io.steelyard.linux.Errno;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One local address and port on one loop: the socket clients send to, and their sessions. Owned by the loop.
 *
 * <p>A virtual server attaches to it. Without one, sessions that exist go on, answers included, and new clients are turned away; whoever
 * attaches next takes clients at once, so that the socket stays the same while a virtual server is replaced by another.
 */
final class DatagramPort {
    /** Batches received for one event, so that a flood on one port leaves time for the others. */
    private static final int BATCHES = 4;

    private static final long FAILURE_PAUSE_NS = 100_000_000L;

    private final DatagramWorker worker;
    private final PortGroup group;
    private final boolean isIpv6;
    private final boolean isWildcard;
    private final long boundHigh;
    private final long boundLow;
    private final SessionTable<DatagramSession> sessions;
    private final FdRegistration registration;
    private final Timer pause = new Pause();

    /** Who is attached. While one virtual server takes over from another both are; the last serves. */
    private final List<DatagramSession.Attachment> attachments = new ArrayList<>(2);

    /** Who serves new clients. */
    private DatagramSession.@Nullable Attachment attachment;

    /** Counts what is dropped while nobody is attached: the last one who was. */
    private Tally tally = new Tally();

    /** Sessions that use the socket. Written by the loop, read by whoever wants to close it. */
    private final AtomicInteger open = new AtomicInteger();

    DatagramPort(DatagramWorker worker, PortGroup group, int fd) {
        this.worker = worker;
        this.group = group;
        isIpv6 = group.isIpv6();
        isWildcard = group.isWildcard();
        boundHigh = group.addressHigh();
        boundLow = group.addressLow();
        sessions = new SessionTable<>(worker.hashSeed());
        registration = worker.loop().register(fd, ready -> receive());
        registration.interest(FdRegistration.READABLE);
    }

    DatagramWorker worker() {
        return worker;
    }

    /** The port's number. */
    int number() {
        return group.number();
    }

    /** Any thread. */
    int open() {
        return open.get();
    }

    // ---- who is served here

    /** Serves new clients by {@code service}, in the place of what {@code counts} was attached with before. */
    void attach(DatagramService service, Tally counts) {
        var added = new DatagramSession.Attachment(this, service, counts);
        for (int i = 0; i < attachments.size(); i++) {
            if (attachments.get(i).tally() == counts) {
                attachments.set(i, added);
                serveLast();
                return;
            }
        }
        attachments.add(added);
        serveLast();
    }

    /** Takes what clients have sent so far; new clients are served by who else is attached, or not at all. */
    void detach(Tally counts) {
        if (attachment != null && attachment.tally() == counts) {
            receive();
        }
        attachments.removeIf(other -> other.tally() == counts);
        serveLast();
    }

    private void serveLast() {
        attachment = attachments.isEmpty() ? null : attachments.getLast();
        tally = attachment == null ? tally : attachment.tally();
    }

    void close() {
        worker.timers().cancel(pause);
        registration.close();
    }

    // ---- from clients

    private void receive() {
        var batch = worker.requests();
        long nowNs = worker.timers().nowNs();
        for (int i = 0; i < BATCHES; i++) {
            int count = batch.receive(registration.fd());
            if (count < 0) {
                if (!Errno.isTransient(count)) {
                    worker.report("receiving on " + group.text() + " failed: " + Errno.text(-count));
                    registration.interest(0);
                    worker.timers().set(pause, nowNs + FAILURE_PAUSE_NS);
                }
                return;
            }
            dispatch(batch, count, nowNs);
            if (count < batch.slots()) {
                return;
            }
        }
    }

    private void dispatch(DatagramBatch batch, int count, long nowNs) {
        for (int slot = 0; slot < count; ) {
            var session = session(batch, slot, nowNs);
            if (session == null) {
                slot++;
                continue;
            }
            int end = slot + 1;
            while (end < count && isFrom(session, batch, end) && session.takesMore(end - slot)) {
                end++;
            }
            session.forward(batch, slot, end - slot, nowNs);
            slot = end;
        }
    }

    /** The session a datagram belongs to, begun where there is none; null where it is dropped. */
    private @Nullable DatagramSession session(DatagramBatch batch, int slot, long nowNs) {
        var peer = batch.peer(slot);
        long high = peer.addressHigh();
        long low = peer.addressLow();
        long port = peer.port() | (long) peer.scope() << 16;
        long localHigh = isWildcard ? batch.localHigh(slot) : boundHigh;
        long localLow = isWildcard ? batch.localLow(slot) : boundLow;
        var known = sessions.find(high, low, port, localHigh, localLow);
        if (known != null) {
            return known;
        }
        var at = attachment;
        if (at == null) {
            tally.dropped(Drop.NOT_LISTENING, 1);
            return null;
        }
        Drop why;
        if (worker.limit().isReached()) {
            why = Drop.TOO_MANY_SESSIONS;
        } else {
            var session = worker.idleSession();
            session.clientHigh = high;
            session.clientLow = low;
            session.clientPort = port;
            session.localHigh = localHigh;
            session.localLow = localLow;
            why = session.begin(at, batch.lengthBytes(slot), nowNs);
            if (why == null) {
                return session;
            }
            worker.giveBack(session);
        }
        at.tally().dropped(why, 1);
        return null;
    }

    private boolean isFrom(DatagramSession session, DatagramBatch batch, int slot) {
        var peer = batch.peer(slot);
        return peer.addressLow() == session.clientLow
                && (peer.port() | (long) peer.scope() << 16) == session.clientPort
                && peer.addressHigh() == session.clientHigh
                && (!isWildcard
                        || (batch.localLow(slot) == session.localLow && batch.localHigh(slot) == session.localHigh));
    }

    // ---- to clients

    /**
     * Sends a session's client a text of ours.
     *
     * @return the bytes sent
     */
    int replyWith(DatagramSession session, Tally counts, byte[] text) {
        var batch = worker.replies();
        if (text.length == 0) {
            return 0;
        }
        if (text.length > batch.bytesPerSlot()) {
            counts.dropped(Drop.CLIENT_UNREACHABLE, 1);
            return 0;
        }
        MemorySegment.copy(text, 0, batch.buffer(0), ValueLayout.JAVA_BYTE, 0, text.length);
        batch.lengthBytes(0, text.length);
        reply(session, counts, batch, 1);
        return text.length;
    }

    /** Sends the first slots of a batch to a session's client, from the address it spoke to. */
    void reply(DatagramSession session, Tally counts, DatagramBatch batch, int count) {
        for (int slot = 0; slot < count; slot++) {
            address(batch, slot, session);
        }
        for (int slot = 0; slot < count; ) {
            int result = batch.send(registration.fd(), slot, count - slot);
            if (result > 0) {
                slot += result;
                continue;
            }
            switch (-result) {
                case Errno.EINTR -> {}
                case Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM -> {
                    counts.dropped(Drop.CLIENT_BUFFER_FULL, count - slot);
                    return;
                }
                default -> {
                    counts.dropped(Drop.CLIENT_UNREACHABLE, 1);
                    slot++;
                }
            }
        }
    }

    private void address(DatagramBatch batch, int slot, DatagramSession session) {
        int scope = (int) (session.clientPort >>> 16);
        int port = (int) session.clientPort & 0xFFFF;
        var peer = batch.peer(slot);
        if (isIpv6) {
            peer.setIpv6(session.clientHigh, session.clientLow, port);
            peer.setScope(scope);
        } else {
            peer.set(session.clientHigh, session.clientLow, port);
        }
        if (isWildcard) {
            batch.local(slot, session.localHigh, session.localLow, scope);
        } else {
            batch.clearLocal(slot);
        }
    }

    // ---- sessions

    /** A session uses the socket, and gets what its client sends. */
    void onSessionBegun(DatagramSession session) {
        open.set(open.getPlain() + 1);
        sessions.put(
                session.clientHigh,
                session.clientLow,
                session.clientPort,
                session.localHigh,
                session.localLow,
                session);
    }

    /** The client's next datagram begins another session. */
    void unlist(DatagramSession session) {
        sessions.remove(
                session.clientHigh,
                session.clientLow,
                session.clientPort,
                session.localHigh,
                session.localLow,
                session);
    }

    void onSessionEnded() {
        open.set(open.getPlain() - 1);
        if (open.getPlain() == 0 && attachment == null) {
            group.closeIfUnused();
        }
    }

    /** Goes on receiving. */
    private final class Pause extends Timer {
        @Override
        protected void onDeadline(long nowNs) {
            registration.interest(FdRegistration.READABLE);
        }
    }
}
