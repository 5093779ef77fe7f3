package io.steelyard.vrrp.bfd;

import static io.steelyard.vrrp.bfd.SessionPhase.ADMIN_DOWN;
import static io.steelyard.vrrp.bfd.SessionPhase.DOWN;
import static io.steelyard.vrrp.bfd.SessionPhase.INIT;
import static io.steelyard.vrrp.bfd.SessionPhase.UP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.steelyard.vrrp.bfd.SessionState.Remote;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 5880 sections 6.2 and 6.8, row by row, in virtual time. Our interval is 10 ms, we want packets each 20 ms at most, our multiplier is 3. */
class SessionMachineTest {
    private static final long MS = 1_000_000L;
    private static final long START = 5_000 * MS;
    private static final int OURS = 0xA1A2A3A4;
    private static final int THEIRS = 0xB1B2B3B4;
    private static final SessionSettings ACTIVE = new SessionSettings(20_000, 10_000, 1_000_000, 3, false, 255, 0);
    private static final SessionSettings PASSIVE = new SessionSettings(20_000, 10_000, 1_000_000, 3, true, 255, 0);
    private static final SessionEffect SEND = new SessionEffect.Send(false);
    private static final SessionEffect ANSWER = new SessionEffect.Send(true);
    private static final Offset<Long> NEARLY = within(1L);

    private SessionMachine machine = new SessionMachine(ACTIVE);
    private SessionState state = SessionState.initial(OURS);
    private List<SessionEffect> effects = List.of();
    private long nowNs = START;
    private double random;

    private void on(SessionEvent event) {
        var outcome = machine.on(state, event, nowNs, random);
        state = outcome.state();
        effects = outcome.effects();
    }

    private void begin() {
        on(new SessionEvent.Begin());
    }

    /** The neighbour sends each 15 ms, wants no more than one each 5 ms, and has a multiplier of 4. */
    private static Remote neighbour(SessionPhase phase) {
        return new Remote(THEIRS, phase, Diagnostic.NONE, 5_000, 15_000, 4, false);
    }

    private void hear(SessionPhase phase) {
        on(new SessionEvent.Heard(neighbour(phase), false, false));
    }

    private void hear(Remote remote) {
        on(new SessionEvent.Heard(remote, false, false));
    }

    /** In this state, with the poll sequence of coming up answered. */
    private void reach(SessionPhase phase) {
        begin();
        if (phase == INIT || phase == UP) {
            hear(DOWN);
        }
        if (phase == UP) {
            hear(UP);
            on(new SessionEvent.Heard(neighbour(UP), false, true));
        }
        if (phase == ADMIN_DOWN) {
            on(new SessionEvent.SwitchOff());
        }
        assertThat(state.phase()).isEqualTo(phase);
    }

    private void due(long atNs) {
        nowNs = atNs;
        on(new SessionEvent.Due());
    }

    // ---- section 6.2: states

    @ParameterizedTest
    @CsvSource({
        // ours, heard, then
        "DOWN, ADMIN_DOWN, DOWN",
        "DOWN, DOWN, INIT",
        "DOWN, INIT, UP",
        "DOWN, UP, DOWN",
        "INIT, ADMIN_DOWN, DOWN",
        "INIT, DOWN, INIT",
        "INIT, INIT, UP",
        "INIT, UP, UP",
        "UP, ADMIN_DOWN, DOWN",
        "UP, DOWN, DOWN",
        "UP, INIT, UP",
        "UP, UP, UP",
        "ADMIN_DOWN, ADMIN_DOWN, ADMIN_DOWN",
        "ADMIN_DOWN, DOWN, ADMIN_DOWN",
        "ADMIN_DOWN, INIT, ADMIN_DOWN",
        "ADMIN_DOWN, UP, ADMIN_DOWN"
    })
    void eachStateHearsEachState(SessionPhase ours, SessionPhase heard, SessionPhase then) {
        reach(ours);

        hear(heard);

        assertThat(state.phase()).isEqualTo(then);
        if (ours != then) {
            var why = then == DOWN
                    ? Diagnostic.NEIGHBOUR_SIGNALLED_DOWN
                    : then == UP ? Diagnostic.NONE : state.diagnostic();
            assertThat(state.diagnostic()).isEqualTo(why);
            assertThat(effects).containsExactly(new SessionEffect.Changed(ours, then, why), SEND);
        } else {
            assertThat(effects).isEmpty();
        }
    }

    @Test
    void nothingIsSaidBeforeTheBeginning() {
        assertThat(state.phase()).isEqualTo(ADMIN_DOWN);
        assertThat(state.sendAtNs()).isEqualTo(SessionState.NEVER);

        hear(DOWN);

        assertThat(effects).isEmpty();
        assertThat(state.sendAtNs()).isEqualTo(SessionState.NEVER);
    }

    @Test
    void beginsDownAndSpeaksAtOnce() {
        begin();

        assertThat(effects).containsExactly(new SessionEffect.Changed(ADMIN_DOWN, DOWN, Diagnostic.NONE), SEND);
        assertThat(state.sendAtNs()).isEqualTo(START + 1_000 * MS);
        assertThat(state.isPolling()).isFalse();
    }

    @Test
    void switchedOffItTellsSoAndBeginsAnew() {
        reach(UP);

        on(new SessionEvent.SwitchOff());

        assertThat(state.phase()).isEqualTo(ADMIN_DOWN);
        assertThat(state.diagnostic()).isEqualTo(Diagnostic.ADMINISTRATIVELY_DOWN);
        assertThat(effects).contains(SEND);
        assertThat(state.sendAtNs()).isNotEqualTo(SessionState.NEVER);

        begin();

        assertThat(state.phase()).isEqualTo(DOWN);
        assertThat(effects).contains(SEND);
    }

    @Test
    void whatIsSwitchedOffStaysSoThroughSilence() {
        reach(UP);
        on(new SessionEvent.SwitchOff());

        due(state.detectAtNs());

        assertThat(state.phase()).isEqualTo(ADMIN_DOWN);
        assertThat(state.diagnostic()).isEqualTo(Diagnostic.ADMINISTRATIVELY_DOWN);
        assertThat(state.remote().discriminator()).isZero();
    }

    // ---- section 6.3: discriminators

    @Test
    void theNeighboursDiscriminatorIsLearnedAndForgottenWithItsSilence() {
        reach(DOWN);
        assertThat(state.remote().discriminator()).isZero();

        hear(DOWN);
        assertThat(state.remote().discriminator()).isEqualTo(THEIRS);

        due(state.detectAtNs());
        assertThat(state.remote()).isEqualTo(Remote.UNKNOWN);
        assertThat(state.discriminator()).isEqualTo(OURS);
    }

    // ---- section 6.8.4: detection time

    @ParameterizedTest
    @CsvSource({
        // its multiplier, its interval in ms, ms until it is missed: our own required interval is 20 ms
        "4, 15, 80",
        "4, 20, 80",
        "4, 25, 100",
        "1, 1000, 1000",
        "255, 1, 5100"
    })
    void theNeighbourIsMissedAfterItsMultiplierTimesTheSlowerInterval(int multiplier, long intervalMs, long missedMs) {
        reach(UP);

        hear(new Remote(THEIRS, UP, Diagnostic.NONE, 5_000, intervalMs * 1_000, multiplier, false));

        assertThat(state.detectAtNs()).isEqualTo(nowNs + missedMs * MS);
    }

    @ParameterizedTest
    @CsvSource({"INIT", "UP"})
    void oneTickBeforeTheDetectionTimeNothingHappensAndAtItTheSessionIsDown(SessionPhase phase) {
        reach(phase);
        long missedNs = state.detectAtNs();

        due(missedNs - 1);
        assertThat(state.phase()).isEqualTo(phase);

        due(missedNs);
        assertThat(state.phase()).isEqualTo(DOWN);
        assertThat(state.diagnostic()).isEqualTo(Diagnostic.DETECTION_TIME_EXPIRED);
        assertThat(effects)
                .containsExactly(new SessionEffect.Changed(phase, DOWN, Diagnostic.DETECTION_TIME_EXPIRED), SEND);
        assertThat(state.detectAtNs()).isEqualTo(SessionState.NEVER);
    }

    @Test
    void eachPacketPutsTheDetectionOff() {
        reach(UP);
        long missedNs = state.detectAtNs();

        nowNs = missedNs - 1;
        hear(UP);

        assertThat(state.detectAtNs()).isEqualTo(missedNs - 1 + 80 * MS);
    }

    @Test
    void theClocksWrapDoesNoHarm() {
        nowNs = Long.MAX_VALUE - 10 * MS;
        reach(UP);
        assertThat(state.detectAtNs()).isNegative();

        due(nowNs + 1);
        assertThat(state.phase()).isEqualTo(UP);

        due(state.detectAtNs());
        assertThat(state.phase()).isEqualTo(DOWN);
    }

    // ---- section 6.8.7: when packets are sent

    @ParameterizedTest
    @CsvSource({
        // multiplier, random, ms: the neighbour takes a packet each 100 ms
        "3, 0.0, 100",
        "3, 0.5, 87.5",
        "3, 0.999999, 75",
        "1, 0.0, 90",
        "1, 0.999999, 75"
    })
    void intervalsAreShortenedByUpToAQuarterAndByATenthAtLeastWhereOneLossDecides(
            int multiplier, double jitter, double expectedMs) {
        machine = new SessionMachine(new SessionSettings(20_000, 10_000, 1_000_000, multiplier, false, 255, 0));
        reach(UP);
        hear(new Remote(THEIRS, UP, Diagnostic.NONE, 100_000, 15_000, 4, false));
        random = jitter;

        due(state.sendAtNs());

        assertThat(effects).containsExactly(SEND);
        assertThat((state.sendAtNs() - nowNs) / 1e6).isCloseTo(expectedMs, within(0.01));
    }

    @Test
    void whileItIsNotUpItSendsAtTheIdleInterval() {
        reach(INIT);
        nowNs = state.detectAtNs() - 1;
        hear(DOWN);

        due(state.sendAtNs());
        // The neighbour has been silent for longer than it may by then, but what it said is forgotten, not how often we
        // send.
        assertThat(state.sendAtNs()).isCloseTo(nowNs + 1_000 * MS, NEARLY);
    }

    @Test
    void upItSendsAtItsOwnIntervalOrTheNeighboursWhicheverIsSlower() {
        reach(UP);
        due(state.sendAtNs());
        assertThat(state.sendAtNs()).isEqualTo(nowNs + 10 * MS);

        hear(new Remote(THEIRS, UP, Diagnostic.NONE, 50_000, 15_000, 4, false));
        due(state.sendAtNs());

        assertThat(state.sendAtNs()).isEqualTo(nowNs + 50 * MS);
    }

    @Test
    void aFasterNeighbourIsServedFromNowOnAndNotAfterTheSlowInterval() {
        reach(UP);
        hear(new Remote(THEIRS, UP, Diagnostic.NONE, 900_000, 15_000, 20, false));
        due(state.sendAtNs());
        assertThat(state.sendAtNs()).isEqualTo(nowNs + 900 * MS);

        nowNs += MS;
        hear(UP);

        assertThat(state.sendAtNs()).isEqualTo(nowNs + 10 * MS);
    }

    @Test
    void aNeighbourThatWantsNoPacketsGetsNonePeriodically() {
        reach(UP);

        hear(new Remote(THEIRS, UP, Diagnostic.NONE, 0, 15_000, 4, false));
        assertThat(state.sendAtNs()).isEqualTo(SessionState.NEVER);

        on(new SessionEvent.Heard(new Remote(THEIRS, UP, Diagnostic.NONE, 0, 15_000, 4, false), true, false));
        assertThat(effects).containsExactly(ANSWER);

        due(state.detectAtNs());
        assertThat(effects).contains(SEND);
        assertThat(state.sendAtNs())
                .as("when it is gone it is looked for again")
                .isEqualTo(nowNs + 1_000 * MS);
    }

    @Test
    void aPassiveSessionSaysNothingBeforeItHears() {
        machine = new SessionMachine(PASSIVE);
        begin();
        assertThat(effects).doesNotContain(SEND);
        assertThat(state.sendAtNs()).isEqualTo(SessionState.NEVER);

        hear(DOWN);
        assertThat(state.phase()).isEqualTo(INIT);
        assertThat(effects).contains(SEND);
        assertThat(state.sendAtNs()).isEqualTo(nowNs + 1_000 * MS);

        due(state.detectAtNs());
        assertThat(state.phase()).isEqualTo(DOWN);
        assertThat(effects).as("it is silent again with its neighbour").doesNotContain(SEND);
        assertThat(state.sendAtNs()).isEqualTo(SessionState.NEVER);
    }

    @Test
    void aNeighbourInDemandModeIsNotSentToWhileBothAreUp() {
        reach(UP);

        hear(new Remote(THEIRS, UP, Diagnostic.NONE, 5_000, 15_000, 4, true));
        assertThat(state.sendAtNs()).isEqualTo(SessionState.NEVER);

        hear(new Remote(THEIRS, INIT, Diagnostic.NONE, 5_000, 15_000, 4, true));
        assertThat(state.sendAtNs()).isEqualTo(nowNs + 10 * MS);
    }

    // ---- section 6.5: poll sequences

    @Test
    void comingUpBeginsAPollSequenceThatAnAnswerEnds() {
        reach(INIT);
        assertThat(state.isPolling()).isFalse();

        hear(UP);
        assertThat(state.isPolling()).isTrue();

        due(state.sendAtNs());
        assertThat(state.isPolling()).as("until it is answered").isTrue();

        on(new SessionEvent.Heard(neighbour(UP), false, true));
        assertThat(state.isPolling()).isFalse();
    }

    @Test
    void aPollIsAnsweredAtOnceWhateverTheTimerSays() {
        reach(UP);
        long sendAtNs = state.sendAtNs();

        on(new SessionEvent.Heard(neighbour(UP), true, false));

        assertThat(effects).containsExactly(ANSWER);
        assertThat(state.sendAtNs()).isEqualTo(sendAtNs);
    }

    @Test
    void anAnswerThatTellsAChangeSparesTheOtherPacket() {
        reach(INIT);

        on(new SessionEvent.Heard(neighbour(UP), true, false));

        assertThat(effects).containsExactly(new SessionEffect.Changed(INIT, UP, Diagnostic.NONE), ANSWER);
        assertThat(state.isPolling()).isTrue();
    }

    @Test
    void aPollSequenceGoesOnTowardsANeighbourInDemandMode() {
        reach(INIT);

        hear(new Remote(THEIRS, UP, Diagnostic.NONE, 5_000, 15_000, 4, true));

        assertThat(state.isPolling()).isTrue();
        assertThat(state.sendAtNs()).isEqualTo(nowNs + 10 * MS);
    }

    @Test
    void equalIntervalsNeedNoPoll() {
        machine = new SessionMachine(new SessionSettings(20_000, 1_000_000, 1_000_000, 3, false, 255, 0));

        reach(INIT);
        hear(UP);

        assertThat(state.isPolling()).isFalse();
    }
}
