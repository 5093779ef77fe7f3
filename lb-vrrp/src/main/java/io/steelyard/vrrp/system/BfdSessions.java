package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.Tracker;
import java.net.Inet6Address;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The BFD sessions that run, by their tracker's name, and the ports they share. Used by the control thread. */
final class BfdSessions implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ControlThread control;
    private final RunningSession.Listener listener;
    private final Map<String, RunningSession> sessions = new HashMap<>();
    private final Map<BfdPort.Kind, BfdPort> ports = new HashMap<>();

    BfdSessions(ControlThread control, RunningSession.Listener listener) {
        this.control = control;
        this.listener = listener;
    }

    void add(Tracker.Bfd tracker) {
        var port = ports.computeIfAbsent(kind(tracker), kind -> new BfdPort(kind, control));
        var session = new RunningSession(tracker, discriminator(), port, control, listener);
        sessions.put(tracker.name(), session);
        port.add(session);
        session.start();
    }

    private static BfdPort.Kind kind(Tracker.Bfd tracker) {
        return new BfdPort.Kind(
                tracker.session().neighbour() instanceof Inet6Address,
                tracker.session().isMultihop());
    }

    /** Unique, and random (RFC 5880 section 6.8.1). */
    private int discriminator() {
        while (true) {
            int drawn = RANDOM.nextInt();
            if (drawn != 0 && ports.values().stream().noneMatch(port -> port.hasDiscriminator(drawn))) {
                return drawn;
            }
        }
    }

    Optional<RunningSession> session(String tracker) {
        return Optional.ofNullable(sessions.get(tracker));
    }

    void remove(Tracker.Bfd tracker) {
        var gone = sessions.remove(tracker.name());
        if (gone != null) {
            gone.close();
            var port = ports.get(kind(tracker));
            if (port != null && port.remove(gone)) {
                port.close();
                ports.remove(kind(tracker));
            }
        }
    }

    @Override
    public void close() {
        sessions.values().forEach(RunningSession::close);
        sessions.clear();
        ports.values().forEach(BfdPort::close);
        ports.clear();
    }
}
