package io.steelyard.vrrp.bfd;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Two sessions that speak to each other in virtual time, over a link that loses, delays and repeats. */
class TwoSessionsTest {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;

    private final MemorySegment memory = Arena.ofAuto().allocate(ControlFlyweight.LENGTH);
    private final ControlFlyweight packet = new ControlFlyweight().wrap(memory, 0);
    private final PriorityQueue<Arrival> wire = new PriorityQueue<>(Comparator.comparingLong(Arrival::atNs));
    private Random random = new Random(1);
    private double loss;
    private boolean isCut;
    private long nowNs;
    private final List<Session> sessions = new ArrayList<>();

    private record Arrival(long atNs, int to, byte[] octets) {}

    private static SessionSettings settings(boolean isPassive) {
        return new SessionSettings(10_000, 10_000, 1_000_000, 5, isPassive, 255, 0);
    }

    private void start(boolean isSecondPassive) {
        sessions.clear();
        wire.clear();
        sessions.add(new Session(settings(false), 11, random));
        sessions.add(new Session(settings(isSecondPassive), 22, random));
        for (int i = 0; i < 2; i++) {
            carryOut(i, sessions.get(i).on(new SessionEvent.Begin(), nowNs));
        }
    }

    private void carryOut(int from, List<SessionEffect> effects) {
        for (var effect : effects) {
            if (effect instanceof SessionEffect.Send send) {
                sessions.get(from).put(packet, send.isFinal());
                var octets = memory.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
                for (int copies = random.nextInt(20) == 0 ? 2 : 1; copies > 0; copies--) {
                    if (!isCut && random.nextDouble() >= loss) {
                        wire.add(new Arrival(nowNs + MS / 10 + random.nextLong(MS), 1 - from, octets));
                    }
                }
            }
        }
    }

    private void runFor(long ns) {
        long endNs = nowNs + ns;
        while (true) {
            long nextNs = Math.min(sessions.get(0).nextNs(), sessions.get(1).nextNs());
            if (!wire.isEmpty()) {
                nextNs = Math.min(nextNs, wire.peek().atNs());
            }
            if (nextNs > endNs) {
                nowNs = endNs;
                return;
            }
            nowNs = nextNs;
            if (!wire.isEmpty() && wire.peek().atNs() <= nowNs) {
                var arrival = wire.remove();
                MemorySegment.copy(MemorySegment.ofArray(arrival.octets()), 0, memory, 0, ControlFlyweight.LENGTH);
                assertThat(ControlVerdict.of(packet, ControlFlyweight.LENGTH)).isEqualTo(ControlVerdict.ACCEPTED);
                carryOut(arrival.to(), sessions.get(arrival.to()).heard(packet, nowNs));
            } else {
                for (int i = 0; i < 2; i++) {
                    carryOut(i, sessions.get(i).due(nowNs));
                }
            }
        }
    }

    private List<SessionPhase> phases() {
        return sessions.stream().map(each -> each.state().phase()).toList();
    }

    @Test
    void bothComeUpAndEndTheirPollSequencesWhoeverSpeaksFirst() {
        for (boolean isSecondPassive : new boolean[] {false, true}) {
            start(isSecondPassive);

            runFor(3 * SECOND);

            assertThat(phases()).containsOnly(SessionPhase.UP);
            assertThat(sessions).noneMatch(each -> each.state().isPolling());
            assertThat(sessions)
                    .allSatisfy(each -> assertThat(each.detectionNs()).isEqualTo(50 * MS));
        }
    }

    @Test
    void aCutIsNoticedByBothWithinTheDetectionTimeAndHealed() {
        start(false);
        runFor(3 * SECOND);

        isCut = true;
        runFor(50 * MS + 2 * MS);
        assertThat(phases()).containsOnly(SessionPhase.DOWN);
        runFor(10 * SECOND);
        assertThat(phases()).containsOnly(SessionPhase.DOWN);

        isCut = false;
        runFor(4 * SECOND);
        assertThat(phases()).containsOnly(SessionPhase.UP);
    }

    @Test
    void manyLossyLinksComeUpAndStayUpWhileFewerPacketsThanTheMultiplierAreLost() {
        for (int seed = 0; seed < 500; seed++) {
            random = new Random(seed);
            loss = 0.3;
            start(seed % 2 == 1);
            runFor(20 * SECOND);
            loss = 0;
            runFor(5 * SECOND);

            assertThat(phases()).as("seed " + seed).containsOnly(SessionPhase.UP);
            runFor(5 * SECOND);
            assertThat(phases()).as("seed " + seed).containsOnly(SessionPhase.UP);
        }
    }
}
