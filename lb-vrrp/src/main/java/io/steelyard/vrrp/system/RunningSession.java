package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.Tracker;
import io.steelyard.linux.DatagramBatch;
import io.steelyard.linux.Errno;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import io.steelyard.linux.SocketOption;
import io.steelyard.vrrp.RouterStatus;
import io.steelyard.vrrp.bfd.ControlCounters;
import io.steelyard.vrrp.bfd.ControlFlyweight;
import io.steelyard.vrrp.bfd.Session;
import io.steelyard.vrrp.bfd.SessionEffect;
import io.steelyard.vrrp.bfd.SessionEvent;
import io.steelyard.vrrp.bfd.SessionPhase;
import io.steelyard.vrrp.bfd.SessionSettings;
import io.steelyard.vrrp.bfd.SessionState;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One BFD session at work, with the socket its packets leave by: from a port of its own, 49152 to 65535 (RFC 5881 section 4). Used by the control
 * thread.
 */
final class RunningSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningSession.class);
    private static final int FIRST_PORT = 49_152;
    private static final int END_OF_PORTS = 65_536;
    private static final int MOST_TRIES = 256;
    private static final int CLOSED = -1;

    /** CS6, network control (RFC 4594 section 3.2). */
    private static final int NETWORK_CONTROL = 0xC0;

    private final Tracker.Bfd tracker;
    private final ControlThread control;
    private final Listener listener;
    private final Session session;
    private final ControlCounters counters = new ControlCounters();
    private final BfdPort port;
    private final DatagramBatch outgoing = DatagramBatch.allocate(1, ControlFlyweight.LENGTH);
    private final ControlFlyweight packet = new ControlFlyweight();
    private final Timers.Timer deadline;
    private final long neighbourHigh;
    private final long neighbourLow;
    private long sinceNs;
    private int fd = CLOSED;
    private int lastError;
    private String problem = "";

    /** Nobody is told of what the end changes. */
    private boolean isClosed;

    /** Told on the control thread. */
    interface Listener {
        void changed(Tracker.Bfd tracker, SessionEffect.Changed change);
    }

    /** @param discriminator of no other session */
    RunningSession(Tracker.Bfd tracker, int discriminator, BfdPort port, ControlThread control, Listener listener) {
        this.tracker = tracker;
        this.port = port;
        this.control = control;
        this.listener = listener;
        var neighbour = tracker.session().neighbour();
        neighbourHigh = RouterPath.high(neighbour);
        neighbourLow = RouterPath.low(neighbour);
        session = new Session(SessionSettings.of(tracker.session()), discriminator, new SplittableRandom());
        deadline = control.timer(this::due);
        sinceNs = control.nowNs();
        outgoing.peer(0).set(neighbour, tracker.session().isMultihop() ? BfdPort.MULTIHOP : BfdPort.SINGLE_HOP);
        outgoing.clearLocal(0);
        outgoing.lengthBytes(0, ControlFlyweight.LENGTH);
        packet.wrap(outgoing.buffer(0), 0);
    }

    void start() {
        carryOut(session.on(new SessionEvent.Begin(), control.nowNs()));
    }

    Tracker.Bfd tracker() {
        return tracker;
    }

    int discriminator() {
        return session.discriminator();
    }

    SessionSettings settings() {
        return session.settings();
    }

    ControlCounters counters() {
        return counters;
    }

    boolean isWith(long high, long low) {
        return neighbourHigh == high && neighbourLow == low;
    }

    /** The neighbour has told that its end is switched off. */
    boolean isSwitchedOffThere() {
        return session.state().remote().phase() == SessionPhase.ADMIN_DOWN;
    }

    void heard(ControlFlyweight received) {
        carryOut(session.heard(received, control.nowNs()));
    }

    private void due() {
        carryOut(session.due(control.nowNs()));
    }

    private void carryOut(List<SessionEffect> effects) {
        for (int i = 0; i < effects.size(); i++) {
            switch (effects.get(i)) {
                case SessionEffect.Send send -> send(send.isFinal());
                case SessionEffect.Changed change -> changed(change);
            }
        }
        long nextNs = session.nextNs();
        if (nextNs == SessionState.NEVER) {
            deadline.stop();
        } else {
            deadline.set(nextNs);
        }
    }

    private void changed(SessionEffect.Changed change) {
        sinceNs = control.nowNs();
        LOG.info(
                "BFD session '{}' with {}: {} -> {}, {}",
                tracker.name(),
                tracker.session().neighbour().getHostAddress(),
                change.from(),
                change.to(),
                change.diagnostic());
        if (!isClosed) {
            listener.changed(tracker, change);
        }
    }

    private void send(boolean isFinal) {
        if (fd == CLOSED && !open()) {
            counters.countSent(false);
            return;
        }
        session.put(packet, isFinal);
        int sent = outgoing.sendOne(fd, 0);
        counters.countSent(sent >= 0);
        if (sent < 0 && sent != lastError) {
            tell("sending to " + tracker.session().neighbour().getHostAddress() + ": " + Errno.text(sent));
        }
        lastError = Math.min(sent, 0);
    }

    private boolean open() {
        try {
            open(tracker.session().neighbour() instanceof Inet6Address);
            return true;
        } catch (ErrnoException failed) {
            closeSocket();
            tell(String.valueOf(failed.getMessage()));
            return false;
        }
    }

    private void open(boolean isIpv6) throws ErrnoException {
        fd = Errno.check(Linux.udpSocket(isIpv6), "socket");
        // The address may come later than this process.
        Errno.check(Linux.freeBind(fd, isIpv6), "setsockopt(IP_FREEBIND)");
        Errno.check(
                Linux.set(
                        fd,
                        isIpv6 ? SocketOption.IPV6_UNICAST_HOPS : SocketOption.IP_TTL,
                        tracker.session().hopLimit()),
                "setsockopt(IP_TTL)");
        Errno.check(
                Linux.set(fd, isIpv6 ? SocketOption.IPV6_TCLASS : SocketOption.IP_TOS, NETWORK_CONTROL),
                "setsockopt(IP_TOS)");
        var source = tracker.session().source().orElseGet(() -> RouterPath.inet(new byte[isIpv6 ? 16 : 4]));
        Errno.check(bind(source), "bind to a port from " + FIRST_PORT + " on at " + source.getHostAddress());
        problem = "";
    }

    private int bind(InetAddress source) {
        var local = SocketAddressBuffer.allocate();
        int result = 0;
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            local.set(source, ThreadLocalRandom.current().nextInt(FIRST_PORT, END_OF_PORTS));
            result = Linux.bind(fd, local);
            if (result != -Errno.EADDRINUSE) {
                return result;
            }
        }
        return result;
    }

    private void tell(String text) {
        if (!text.equals(problem)) {
            problem = text;
            LOG.warn("BFD session '{}': {}", tracker.name(), text);
        }
    }

    RouterStatus.TrackedSession status(long nowNs) {
        var state = session.state();
        var named = counters.byName();
        named.put("strays", port.strays());
        var trouble = port.problem().isEmpty() ? (lastError < 0 || fd == CLOSED ? problem : "") : port.problem();
        return new RouterStatus.TrackedSession(
                tracker.name(),
                tracker.session().neighbour().getHostAddress(),
                state.phase(),
                Duration.ofNanos(nowNs - sinceNs),
                state.diagnostic(),
                state.remote().phase(),
                state.remote().diagnostic(),
                Duration.ofNanos(session.intervalNs()),
                session.detectionNs() == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(session.detectionNs())),
                Optional.of(trouble).filter(text -> !text.isEmpty()),
                named);
    }

    private void closeSocket() {
        if (fd >= 0) {
            Linux.close(fd);
        }
        fd = CLOSED;
    }

    /** Tells the neighbour once that this end is switched off; the rest it learns by silence. */
    @Override
    public void close() {
        isClosed = true;
        carryOut(session.on(new SessionEvent.SwitchOff(), control.nowNs()));
        deadline.stop();
        closeSocket();
    }
}
