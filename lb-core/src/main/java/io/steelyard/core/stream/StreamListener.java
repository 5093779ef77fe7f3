package io.steelyard.core.stream;

import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.schedule.Flow;
import io.steelyard.core.loop.FdRegistration;
import io.steelyard.core.loop.Timer;
import io.steelyard.core.session.Session;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One address on one loop: a listening socket and what is done with the connections it accepts. Owned by the loop, except where a method
 * says otherwise.
 */
final class StreamListener {
    /** One for each event, as there is at least one: asking once more would mostly be a call for nothing. */
    private static final int ACCEPT_BUDGET = 1;

    private static final long EXHAUSTED_PAUSE_NS = 100_000_000L;
    private static final long LIMIT_PAUSE_NS = 10_000_000L;

    private final StreamWorker worker;
    private final ListenAddress address;
    private final SocketAddressBuffer peer;
    private final SocketAddressBuffer local;
    private final FdRegistration registration;
    private final Timer pause = new Pause();

    /** Written by the control thread, read for each accepted connection: the newest is used, an older one does no harm. */
    private volatile StreamService service;

    /** Written by the loop, read by the control thread. */
    private final AtomicLong accepted = new AtomicLong();

    private final AtomicLong refused = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();

    StreamListener(StreamWorker worker, int fd, ListenAddress address, StreamService service) {
        this.worker = worker;
        this.address = address;
        this.service = service.forOneLoop();
        peer = SocketAddressBuffer.allocate(worker.arena());
        local = SocketAddressBuffer.allocate(worker.arena());
        local.set(address.address(), address.firstPort());
        worker.needsBuffer(service.limits().bufferBytes());
        registration = worker.loop().register(fd, ready -> accept(ACCEPT_BUDGET));
        registration.interest(FdRegistration.READABLE);
    }

    StreamWorker worker() {
        return worker;
    }

    /** Any thread. */
    long accepted() {
        return accepted.getOpaque();
    }

    /** Any thread. */
    long refused() {
        return refused.getOpaque();
    }

    /** Any thread. */
    int open() {
        return open.getOpaque();
    }

    /** Control thread: what is done with connections from now on. */
    void service(StreamService changed) {
        service = changed.forOneLoop();
        worker.loop().execute(() -> worker.needsBuffer(changed.limits().bufferBytes()));
    }

    void countRefused() {
        refused.setOpaque(refused.getPlain() + 1);
    }

    void onClosed() {
        open.setOpaque(open.getPlain() - 1);
    }

    /** The address the client spoke to. */
    void fillDestination(Flow flow, int clientFd) {
        if (address.address().isAnyLocalAddress()) {
            Linux.localAddress(clientFd, local);
        }
        flow.destination(local.addressHigh(), local.addressLow(), local.port());
    }

    /** Takes what waits to be accepted, then closes the socket. Connections go on. */
    void close() {
        if (!registration.isClosed()) {
            accept(Integer.MAX_VALUE);
            worker.timers().cancel(pause);
            registration.close();
        }
    }

    private void accept(int budget) {
        for (int i = 0; i < budget; i++) {
            if (worker.limit().isReached() && budget == ACCEPT_BUDGET) {
                pause(LIMIT_PAUSE_NS);
                return;
            }
            int fd = Linux.accept(registration.fd(), peer);
            if (fd >= 0) {
                accepted(fd);
                continue;
            }
            switch (-fd) {
                case Errno.EAGAIN -> {
                    return;
                }
                case Errno.EINTR, Errno.ECONNABORTED -> {}
                case Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM -> {
                    worker.report(
                            "accepting on " + address.text() + " pauses: " + Errno.text(-fd) + Connector.remedy(-fd));
                    pause(EXHAUSTED_PAUSE_NS);
                    return;
                }
                default -> {
                    worker.report("accepting on " + address.text() + " failed: " + Errno.text(-fd));
                    pause(EXHAUSTED_PAUSE_NS);
                    return;
                }
            }
        }
    }

    private void accepted(int fd) {
        var current = service;
        accepted.setOpaque(accepted.getPlain() + 1);
        if (current.rules() == null && !admitsPeer(current)) {
            countRefused();
            Linux.close(fd);
            return;
        }
        Linux.tcpNoDelay(fd);
        Connector.applyTo(fd, current.server().options(), address.keepAlive());
        open.setOpaque(open.getPlain() + 1);
        var connection = new StreamConnection(
                worker, this, current, fd, peer.addressHigh(), peer.addressLow(), peer.port(), open(current, fd));
        worker.onOpened(connection);
        connection.begin();
    }

    private @Nullable Session open(StreamService current, int fd) {
        if (current.rules() == null) {
            return null;
        }
        if (address.address().isAnyLocalAddress()) {
            Linux.localAddress(fd, local);
        }
        return current.rules()
                .open(
                        peer.inetAddress(),
                        peer.port(),
                        local.inetAddress(),
                        local.port(),
                        worker.timers().nowNs());
    }

    /** Whether the access rules let the client in that was accepted last. */
    boolean admitsPeer(StreamService current) {
        return current.access().isEmpty() || current.admits(peer.inetAddress());
    }

    private void pause(long forNs) {
        registration.interest(0);
        worker.timers().set(pause, worker.timers().nowNs() + forNs);
    }

    /** Goes on accepting. */
    private final class Pause extends Timer {
        @Override
        protected void onDeadline(long nowNs) {
            registration.interest(FdRegistration.READABLE);
        }
    }
}
