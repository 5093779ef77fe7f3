package io.steelyard.core.tcp;

import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.TrafficCounts;
import io.steelyard.core.loop.FdRegistration;
import io.steelyard.core.loop.Timer;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One address on one loop: a listening socket and what is done with the connections it accepts. Owned by the loop, except where a method
 * says otherwise.
 */
public final class TcpListener {
    /** One for each event, as there is at least one: asking once more would mostly be a call for nothing. */
    private static final int ACCEPT_BUDGET = 1;

    private static final long EXHAUSTED_PAUSE_NS = 100_000_000L;
    private static final long LIMIT_PAUSE_NS = 10_000_000L;

    private final TcpLoop loop;
    private final ConnectionLimit limit;
    private final TrafficCounts traffic;
    private final int number;
    private final SocketAddressBuffer peer;
    private final SocketAddressBuffer local;
    private final FdRegistration registration;
    private final Timer pause = new Pause();

    /** Written by the control thread, read by the loop; only what needs no other socket ever changes, so that an older one does no harm. */
    private volatile ListenAddress address;

    /** Written by the control thread, read for each accepted connection: the newest is used, an older one does no harm. */
    private volatile TcpHandler handler;

    /** Written by the loop, read by the control thread. */
    private final AtomicLong accepted = new AtomicLong();

    private final AtomicLong refused = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();

    /**
     * @param limit of its virtual server
     * @param traffic of its virtual server
     * @param number which of its virtual server's listeners it is, from 1
     */
    TcpListener(
            TcpLoop loop,
            int fd,
            ListenAddress address,
            ConnectionLimit limit,
            TrafficCounts traffic,
            int number,
            TcpHandler handler) {
        this.loop = loop;
        this.limit = limit;
        this.traffic = traffic;
        this.number = number;
        this.address = address;
        this.handler = handler;
        peer = SocketAddressBuffer.allocate(loop.arena());
        local = SocketAddressBuffer.allocate(loop.arena());
        if (!address.isUnix()) {
            local.set(address.address(), address.firstPort());
        }
        registration = loop.loop().register(fd, ready -> accept(ACCEPT_BUDGET));
        registration.interest(FdRegistration.READABLE);
    }

    TcpLoop loop() {
        return loop;
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

    /**
     * Control thread: what is done with connections from now on.
     *
     * @param same the address, perhaps with another backlog or keepalive
     */
    void use(ListenAddress same, TcpHandler changed) {
        boolean isOtherBacklog = same.backlog() != address.backlog();
        address = same;
        handler = changed;
        if (isOtherBacklog) {
            loop.loop().execute(() -> {
                if (!registration.isClosed()) {
                    Linux.listen(registration.fd(), ListenSocket.backlog(same));
                }
            });
        }
    }

    /** Whether connections begin with a PROXY protocol header. */
    public boolean acceptsProxyProtocol() {
        return address.proxyProtocol();
    }

    /** The address listened on, with a single port. */
    public ListenAddress address() {
        return address;
    }

    /** Which of its virtual server's listeners it is, from 1: what HAProxy tells in place of the port of a client on a UNIX socket. */
    public int number() {
        return number;
    }

    /** Whether clients come by a UNIX socket, and have no address. */
    public boolean isUnix() {
        return address.isUnix();
    }

    /** The client accepted last. */
    public SocketAddressBuffer peer() {
        return peer;
    }

    /** The address that the client of this socket spoke to, empty for a UNIX socket; valid until the next call. */
    public SocketAddressBuffer local(int fd) {
        if (!address.isUnix() && address.address().isAnyLocalAddress()) {
            Linux.localAddress(fd, local);
        }
        return local;
    }

    /** Tells a flow the address that the client of this socket spoke to, where it is one. */
    public void fillDestination(Flow flow, int fd) {
        if (address.isUnix()) {
            return;
        }
        var spokenTo = local(fd);
        flow.destination(spokenTo.addressHigh(), spokenTo.addressLow(), spokenTo.port());
    }

    /** A client is not let in, or no server could serve it. */
    public void countRefused() {
        refused.setOpaque(refused.getPlain() + 1);
    }

    /** A connection counts as open from now on, until {@link #onClosed}. */
    public void onOpened() {
        loop.limit().opened();
        limit.opened();
        open.setOpaque(open.getPlain() + 1);
        traffic.flowBegan(limit.open(), loop.timers().nowNs());
    }

    /** Connections of its virtual server that are open. */
    public int openOfServer() {
        return limit.open();
    }

    /** Connections of the process that are open. */
    public int openOfProcess() {
        return loop.limit().open();
    }

    /** What passes through its virtual server. */
    public TrafficCounts traffic() {
        return traffic;
    }

    public void onClosed() {
        loop.limit().closed();
        limit.closed();
        open.setOpaque(open.getPlain() - 1);
    }

    /** Takes what waits to be accepted, then closes the socket. Connections go on. */
    void close() {
        if (!registration.isClosed()) {
            accept(Integer.MAX_VALUE);
            loop.timers().cancel(pause);
            if (address.descriptor() >= 0 || address.isUnix()) {
                registration.closeShared();
            } else {
                registration.close();
            }
        }
    }

    private void accept(int budget) {
        for (int i = 0; i < budget; i++) {
            if (budget == ACCEPT_BUDGET && (loop.limit().isReached() || limit.isReached())) {
                pause(LIMIT_PAUSE_NS);
                return;
            }
            int fd = Linux.accept(registration.fd(), peer);
            if (fd >= 0) {
                accepted.setOpaque(accepted.getPlain() + 1);
                handler.accepted(this, fd);
                continue;
            }
            switch (-fd) {
                case Errno.EAGAIN -> {
                    return;
                }
                case Errno.EINTR, Errno.ECONNABORTED -> {}
                case Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM -> {
                    loop.report(
                            "accepting on " + address.text() + " pauses: " + Errno.text(-fd) + Connector.remedy(-fd));
                    pause(EXHAUSTED_PAUSE_NS);
                    return;
                }
                default -> {
                    loop.report("accepting on " + address.text() + " failed: " + Errno.text(-fd));
                    pause(EXHAUSTED_PAUSE_NS);
                    return;
                }
            }
        }
    }

    private void pause(long forNs) {
        registration.interest(0);
        loop.timers().set(pause, loop.timers().nowNs() + forNs);
    }

    /** Goes on accepting. */
    private final class Pause extends Timer {
        @Override
        protected void onDeadline(long nowNs) {
            registration.interest(FdRegistration.READABLE);
        }
    }
}
