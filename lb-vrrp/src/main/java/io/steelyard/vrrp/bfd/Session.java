package io.steelyard.vrrp.bfd;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One session's state, moved by {@link SessionMachine}. What comes again and again, a packet like the one before it and a packet that is due, takes a
 * short way that changes deadlines alone and allocates nothing. The time and the randomness are passed in. Used by one thread.
 */
public final class Session {
    private static final List<SessionEffect> NOTHING = List.of();
    private static final List<SessionEffect> SEND = List.of(new SessionEffect.Send(false));

    private final SessionMachine machine;
    private final RandomGenerator random;

    /** All but the deadlines, which are these two. */
    private SessionState state;

    private long detectAtNs;
    private long sendAtNs;

    /** @param discriminator of no other session of this machine, not 0 */
    public Session(SessionSettings settings, int discriminator, RandomGenerator random) {
        machine = new SessionMachine(settings);
        this.random = random;
        state = SessionState.initial(discriminator);
        detectAtNs = state.detectAtNs();
        sendAtNs = state.sendAtNs();
    }

    public SessionSettings settings() {
        return machine.settings();
    }

    public SessionState state() {
        return state.at(detectAtNs, sendAtNs);
    }

    /** As in {@link SessionState}. */
    public int discriminator() {
        return state.discriminator();
    }

    /** From one packet of ours to the next, before jitter. */
    public long intervalNs() {
        return machine.intervalUs(state.phase(), state.remote()) * 1_000;
    }

    /** How long the neighbour may be silent; 0 while nothing is known of it. */
    public long detectionNs() {
        return machine.detectionNs(state.remote());
    }

    /** When {@link #due} is to be called; {@link SessionState#NEVER} for never. */
    public long nextNs() {
        if (detectAtNs == SessionState.NEVER || sendAtNs == SessionState.NEVER) {
            return Math.min(detectAtNs, sendAtNs);
        }
        return detectAtNs - sendAtNs < 0 ? detectAtNs : sendAtNs;
    }

    /** Something happened. @return what is to be done, in this order */
    public List<SessionEffect> on(SessionEvent event, long nowNs) {
        var outcome = machine.on(state(), event, nowNs, random.nextDouble());
        state = outcome.state();
        detectAtNs = state.detectAtNs();
        sendAtNs = state.sendAtNs();
        return outcome.effects();
    }

    /** A packet arrived that passed the checks. */
    public List<SessionEffect> heard(ControlFlyweight packet, long nowNs) {
        if (state.phase() == SessionPhase.UP
                && packet.phase() == SessionPhase.UP
                && !packet.isPoll()
                && !packet.isFinal()
                && state.remote().isAsIn(packet)) {
            detectAtNs = nowNs + machine.detectionNs(state.remote());
            return NOTHING;
        }
        return on(new SessionEvent.Heard(SessionState.Remote.of(packet), packet.isPoll(), packet.isFinal()), nowNs);
    }

    /** A deadline may have come. */
    public List<SessionEffect> due(long nowNs) {
        if (SessionMachine.isDue(detectAtNs, nowNs)) {
            return on(new SessionEvent.Due(), nowNs);
        }
        if (!SessionMachine.isDue(sendAtNs, nowNs)) {
            return NOTHING;
        }
        sendAtNs = nowNs + machine.jitteredNs(machine.intervalUs(state.phase(), state.remote()), random.nextDouble());
        return SEND;
    }

    /** Writes the packet that tells the present state. */
    public void put(ControlFlyweight packet, boolean isFinal) {
        packet.put(state, machine.settings(), isFinal);
    }
}
