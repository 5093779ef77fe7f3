package io.steelyard.vrrp.system;

import io.steelyard.linux.DatagramBatch;
import io.steelyard.linux.Errno;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketOption;
import io.steelyard.vrrp.bfd.ControlCounters;
import io.steelyard.vrrp.bfd.ControlFlyweight;
import io.steelyard.vrrp.bfd.ControlVerdict;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The UDP socket at which BFD packets of one family and one kind of session arrive, and the sessions they may be for. Reading allocates nothing. Used by
 * the control thread.
 */
final class BfdPort implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BfdPort.class);

    /** RFC 5881 section 4. */
    static final int SINGLE_HOP = 3784;

    /** RFC 5883 section 5. */
    static final int MULTIHOP = 4784;

    private static final int MOST_BYTES = 256;
    private static final int ON = 1;
    private static final long AGAIN_NS = 1_000_000_000L;

    private final Kind kind;
    private final ControlThread control;
    private final DatagramBatch incoming = DatagramBatch.allocate(1, MOST_BYTES);
    private final ControlFlyweight packet = new ControlFlyweight();
    private final List<RunningSession> sessions = new ArrayList<>();

    /** Of packets that are nobody's. */
    private final ControlCounters strays = new ControlCounters();

    private final Timers.Timer again;
    private @Nullable WatchedSocket socket;
    private String problem = "";

    /** Which socket a session needs. */
    record Kind(boolean isIpv6, boolean isMultihop) {
        int port() {
            return isMultihop ? MULTIHOP : SINGLE_HOP;
        }
    }

    BfdPort(Kind kind, ControlThread control) {
        this.kind = kind;
        this.control = control;
        again = control.timer(this::open);
        open();
    }

    void add(RunningSession session) {
        sessions.add(session);
    }

    /** @return whether it was the last */
    boolean remove(RunningSession session) {
        sessions.remove(session);
        return sessions.isEmpty();
    }

    boolean hasDiscriminator(int discriminator) {
        return find(discriminator) != null;
    }

    /** Why nothing can be heard; empty where it can. */
    String problem() {
        return problem;
    }

    /** Packets that were for no session. */
    long strays() {
        long sum = 0;
        for (var verdict : ControlVerdict.values()) {
            sum += strays.of(verdict);
        }
        return sum;
    }

    private void open() {
        var any = new InetSocketAddress(RouterPath.inet(new byte[kind.isIpv6() ? 16 : 4]), kind.port());
        try {
            socket = WatchedSocket.open(any, this::prepare, control, incoming, this::take);
            problem = "";
        } catch (ErrnoException failed) {
            var text = String.valueOf(failed.getMessage());
            if (!text.equals(problem)) {
                problem = text;
                LOG.warn("BFD: {}; it is tried again each second", text);
            }
            again.set(control.nowNs() + AGAIN_NS);
        }
    }

    private void prepare(int fd) throws ErrnoException {
        if (kind.isIpv6()) {
            Errno.check(Linux.ipv6Only(fd, true), "setsockopt(IPV6_V6ONLY)");
        }
        Errno.check(
                Linux.set(fd, kind.isIpv6() ? SocketOption.IPV6_RECVHOPLIMIT : SocketOption.IP_RECVTTL, ON),
                "setsockopt(IP_RECVTTL)");
    }

    private void take(int length) {
        packet.wrap(incoming.buffer(0), 0);
        long high = incoming.peer(0).addressHigh();
        long low = incoming.peer(0).addressLow();
        var verdict = ControlVerdict.of(packet, length);
        boolean isAddressed = verdict == ControlVerdict.ACCEPTED && packet.yourDiscriminator() != 0;
        var session = isAddressed ? find(packet.yourDiscriminator()) : find(high, low);
        if (session == null) {
            // What a neighbour sends for a session that is not, or is none of ours any more, is told with that
            // neighbour's.
            var neighbour = find(high, low);
            (neighbour == null ? strays : neighbour.counters())
                    .count(verdict == ControlVerdict.ACCEPTED ? ControlVerdict.UNKNOWN_SESSION : verdict);
            return;
        }
        if (verdict == ControlVerdict.ACCEPTED) {
            if (packet.isAuthenticated()) {
                verdict = ControlVerdict.AUTHENTICATION;
            } else if (!ControlVerdict.isNear(session.settings(), incoming.hopLimit(0))) {
                verdict = ControlVerdict.HOPS;
            }
        }
        session.counters().count(verdict);
        if (verdict == ControlVerdict.ACCEPTED) {
            session.heard(packet);
        }
    }

    private @Nullable RunningSession find(int discriminator) {
        for (int i = 0; i < sessions.size(); i++) {
            if (sessions.get(i).discriminator() == discriminator) {
                return sessions.get(i);
            }
        }
        return null;
    }

    private @Nullable RunningSession find(long high, long low) {
        for (int i = 0; i < sessions.size(); i++) {
            if (sessions.get(i).isWith(high, low)) {
                return sessions.get(i);
            }
        }
        return null;
    }

    @Override
    public void close() {
        again.stop();
        var open = socket;
        if (open != null) {
            open.close();
        }
    }
}
