package io.steelyard.vrrp.election;

import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.wire.Bytes;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One election in virtual time: time moves by hand, and timers go off when they are due. */
final class Desk {
    static final InetAddress OURS = InetAddress.ofLiteral("192.0.2.10");
    static final InetAddress LOWER = InetAddress.ofLiteral("192.0.2.9");
    static final InetAddress HIGHER = InetAddress.ofLiteral("192.0.2.11");

    Election election;
    private final boolean asksBeforeClaim;
    RouterState state;
    long nowNs = 1_000_000_000_000L;

    /** Since it was last cleared. */
    final List<Effect> effects = new ArrayList<>();

    Desk(VirtualRouter.Builder router) {
        this(router, false);
    }

    Desk(VirtualRouter.Builder router, boolean asksBeforeClaim) {
        this.asksBeforeClaim = asksBeforeClaim;
        election = new Election(router.build(), OURS, asksBeforeClaim);
        state = election.initial();
    }

    static VirtualRouter.Builder router() {
        return VirtualRouter.builder("gate", "eth0", 51).address("192.0.2.1");
    }

    /** A backup that heard nobody. */
    static Desk backup(VirtualRouter.Builder router) {
        var desk = new Desk(router);
        desk.on(ElectionEvent.Start.now());
        desk.effects.clear();
        return desk;
    }

    /** An active router. */
    static Desk active(VirtualRouter.Builder router) {
        var desk = backup(router);
        desk.passUs(desk.downUs());
        if (!desk.state.isActive()) {
            throw new AssertionError("not active: " + desk.state);
        }
        desk.effects.clear();
        return desk;
    }

    List<Effect> on(ElectionEvent event) {
        var outcome = election.on(state, event, nowNs);
        state = outcome.state();
        effects.addAll(outcome.effects());
        return outcome.effects();
    }

    /** The router's configuration becomes that one; its trackers say nothing. */
    List<Effect> reconfigure(VirtualRouter.Builder router) {
        var next = router.build();
        election = new Election(next, OURS, asksBeforeClaim);
        return on(new ElectionEvent.Reconfigured(next.priority()));
    }

    List<Effect> hear(int priority, InetAddress from) {
        return hear(priority, from, 100);
    }

    List<Effect> hear(int priority, InetAddress from, int centiseconds) {
        return on(new ElectionEvent.AdvertHeard(priority, centiseconds, Bytes.high(from), Bytes.low(from)));
    }

    /** Time passes; timers go off on their own tick. */
    void passUs(long us) {
        long endNs = nowNs + us * 1_000;
        while (state.deadlineNs() != RouterState.NEVER && state.deadlineNs() <= endNs) {
            nowNs = Math.max(nowNs, state.deadlineNs());
            on(new ElectionEvent.TimerExpired());
        }
        nowNs = endNs;
    }

    void pass(Duration time) {
        passUs(time.toNanos() / 1_000);
    }

    long downUs() {
        return election.timers().downNs(state.priority(), election.timers().intervalNs()) / 1_000;
    }

    /** How long from now until the timer goes off. */
    long waitsUs() {
        return state.deadlineNs() == RouterState.NEVER ? -1 : (state.deadlineNs() - nowNs) / 1_000;
    }

    Phase phase() {
        return state.phase();
    }

    List<Integer> adverts() {
        return effects.stream()
                .filter(Effect.SendAdvert.class::isInstance)
                .map(effect -> ((Effect.SendAdvert) effect).priority())
                .toList();
    }

    boolean has(Class<? extends Effect> kind) {
        return effects.stream().anyMatch(kind::isInstance);
    }

    Effect.Reason reason() {
        return effects.stream()
                .filter(Effect.Changed.class::isInstance)
                .map(effect -> ((Effect.Changed) effect).reason())
                .reduce((first, second) -> second)
                .orElseThrow();
    }
}
