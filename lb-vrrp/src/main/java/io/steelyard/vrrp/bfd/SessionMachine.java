package io.steelyard.vrrp.bfd;

import io.steelyard.vrrp.bfd.SessionState.Remote;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides what a session does, as RFC 5880 says: asynchronous mode, no echo function, no authentication. Pure: {@code (state, event, now, random) →
 * (state, effects)}. Immutable; safe for all threads.
 *
 * <p>One thing the RFC leaves open: after a neighbour has been silent for the detection time, not only its discriminator is forgotten (section 6.8.1)
 * but all it said, so that one that wanted no packets and came back as another is spoken to again.
 */
public final class SessionMachine {
    private static final long NS_PER_US = 1_000;

    private final SessionSettings settings;

    public SessionMachine(SessionSettings settings) {
        this.settings = settings;
    }

    public SessionSettings settings() {
        return settings;
    }

    /** @param random 0 to 1, without 1: how much of the jitter is taken off the next interval */
    public SessionOutcome on(SessionState state, SessionEvent event, long nowNs, double random) {
        var draft = new Draft(state);
        switch (event) {
            case SessionEvent.Begin begin -> begin(draft);
            case SessionEvent.SwitchOff off -> change(draft, SessionPhase.ADMIN_DOWN, Diagnostic.ADMINISTRATIVELY_DOWN);
            case SessionEvent.Heard heard -> heard(draft, heard, nowNs);
            case SessionEvent.Due due -> due(draft, nowNs);
        }
        plan(draft, state, nowNs, random);
        return draft.outcome();
    }

    private static final class Draft {
        private final int discriminator;
        private final List<SessionEffect> effects = new ArrayList<>();
        private SessionPhase phase;
        private Diagnostic diagnostic;
        private Remote remote;
        private boolean isPolling;
        private boolean hasBegun;
        private long detectAtNs;
        private long sendAtNs;

        /** A packet goes out whatever the timer says. */
        private boolean mustSend;

        private boolean mustAnswer;

        private Draft(SessionState state) {
            discriminator = state.discriminator();
            phase = state.phase();
            diagnostic = state.diagnostic();
            remote = state.remote();
            isPolling = state.isPolling();
            hasBegun = state.hasBegun();
            detectAtNs = state.detectAtNs();
            sendAtNs = state.sendAtNs();
        }

        private SessionOutcome outcome() {
            return new SessionOutcome(
                    new SessionState(
                            phase, diagnostic, discriminator, remote, isPolling, hasBegun, detectAtNs, sendAtNs),
                    effects);
        }
    }

    private void begin(Draft draft) {
        draft.hasBegun = true;
        if (draft.phase == SessionPhase.ADMIN_DOWN) {
            change(draft, SessionPhase.DOWN, Diagnostic.NONE);
        }
    }

    /** RFC 5880 section 6.8.6, from the point on where the session is found. */
    private void heard(Draft draft, SessionEvent.Heard heard, long nowNs) {
        draft.remote = heard.remote();
        if (heard.isFinal()) {
            draft.isPolling = false;
        }
        if (draft.phase == SessionPhase.ADMIN_DOWN) {
            return;
        }
        switch (heard.remote().phase()) {
            case ADMIN_DOWN -> goDown(draft, Diagnostic.NEIGHBOUR_SIGNALLED_DOWN);
            case DOWN -> {
                if (draft.phase == SessionPhase.DOWN) {
                    change(draft, SessionPhase.INIT, draft.diagnostic);
                } else if (draft.phase == SessionPhase.UP) {
                    goDown(draft, Diagnostic.NEIGHBOUR_SIGNALLED_DOWN);
                }
            }
            case INIT -> change(draft, SessionPhase.UP, Diagnostic.NONE);
            case UP -> {
                if (draft.phase == SessionPhase.INIT) {
                    change(draft, SessionPhase.UP, Diagnostic.NONE);
                }
            }
        }
        draft.mustAnswer = heard.isPoll();
        draft.detectAtNs = nowNs + detectionNs(draft.remote);
    }

    private void due(Draft draft, long nowNs) {
        if (isDue(draft.detectAtNs, nowNs)) {
            draft.detectAtNs = SessionState.NEVER;
            draft.remote = Remote.UNKNOWN;
            if (draft.phase != SessionPhase.ADMIN_DOWN) {
                goDown(draft, Diagnostic.DETECTION_TIME_EXPIRED);
            }
        }
        draft.mustSend |= isDue(draft.sendAtNs, nowNs);
    }

    private void goDown(Draft draft, Diagnostic why) {
        if (draft.phase != SessionPhase.DOWN) {
            change(draft, SessionPhase.DOWN, why);
        }
    }

    private void change(Draft draft, SessionPhase to, Diagnostic why) {
        var from = draft.phase;
        if (from == to) {
            return;
        }
        draft.phase = to;
        draft.diagnostic = why;
        draft.effects.add(new SessionEffect.Changed(from, to, why));
        // Section 6.8.7: what differs from the last packet is said at once.
        draft.mustSend = true;
        if (settings.desiredMinTxUs(from) != settings.desiredMinTxUs(to)) {
            // Section 6.8.3: a change of an interval begins a poll sequence.
            draft.isPolling = true;
        }
    }

    /** Sends what is to be sent, and sets when the next packet is due. */
    private void plan(Draft draft, SessionState before, long nowNs, double random) {
        if (draft.mustAnswer) {
            draft.effects.add(new SessionEffect.Send(true));
        }
        boolean maySpeak = draft.hasBegun && !(settings.isPassive() && draft.remote.discriminator() == 0);
        boolean isSent = draft.mustSend && maySpeak;
        if (isSent && !draft.mustAnswer) {
            draft.effects.add(new SessionEffect.Send(false));
        }
        if (!maySpeak || !isPeriodic(draft.phase, draft.remote, draft.isPolling)) {
            draft.sendAtNs = SessionState.NEVER;
            return;
        }
        long nextNs = nowNs + jitteredNs(intervalUs(draft.phase, draft.remote), random);
        boolean isEarlier = draft.sendAtNs == SessionState.NEVER || nextNs - draft.sendAtNs < 0;
        boolean isOther = intervalUs(draft.phase, draft.remote) != intervalUs(before.phase(), before.remote());
        if (isSent || draft.sendAtNs == SessionState.NEVER || isOther && isEarlier) {
            draft.sendAtNs = nextNs;
        }
    }

    /** Section 6.8.7: whether packets go out without being asked for. */
    private static boolean isPeriodic(SessionPhase phase, Remote remote, boolean isPolling) {
        boolean isDemanded = remote.isDemand() && phase == SessionPhase.UP && remote.phase() == SessionPhase.UP;
        return remote.requiredMinRxUs() != 0 && (!isDemanded || isPolling);
    }

    /** Section 6.8.2: from one packet to the next, before jitter. */
    long intervalUs(SessionPhase phase, Remote remote) {
        return Math.max(settings.desiredMinTxUs(phase), remote.requiredMinRxUs());
    }

    /** Section 6.8.7: 75 to 100 percent, and not more than 90 where one lost packet ends the session. */
    long jitteredNs(long intervalUs, double random) {
        double greatest = settings.detectMultiplier() == 1 ? 0.90 : 1.0;
        return (long) (intervalUs * NS_PER_US * (greatest - (greatest - 0.75) * random));
    }

    /** Section 6.8.4: how long the neighbour may be silent. */
    public long detectionNs(Remote remote) {
        return remote.detectMultiplier() * Math.max(settings.requiredMinRxUs(), remote.desiredMinTxUs()) * NS_PER_US;
    }

    static boolean isDue(long deadlineNs, long nowNs) {
        return deadlineNs != SessionState.NEVER && deadlineNs - nowNs <= 0;
    }
}
