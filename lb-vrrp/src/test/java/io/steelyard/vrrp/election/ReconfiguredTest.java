package io.steelyard.vrrp.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.VrrpVersion;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What becomes of a router's state when its configuration becomes another. */
class ReconfiguredTest {
    @Test
    void whoIsActiveStaysSoSaysSoAtOnceAndTakesWhatIsNew() {
        var desk = Desk.active(Desk.router());
        desk.passUs(400_000);

        assertThat(desk.reconfigure(Desk.router().priority(120)))
                .containsExactly(
                        new Effect.SendAdvert(120),
                        new Effect.Apply(Effect.Step.ALLOW_PACKETS),
                        new Effect.Apply(Effect.Step.ADD_ADDRESSES),
                        new Effect.Apply(Effect.Step.ADD_EXCLUDED_ADDRESSES),
                        new Effect.Apply(Effect.Step.ADD_ROUTES),
                        new Effect.Apply(Effect.Step.ADD_RULES),
                        new Effect.Announce(Effect.Cause.BECAME_ACTIVE));
        assertThat(desk.phase()).isEqualTo(Phase.ACTIVE);
        assertThat(desk.waitsUs()).isEqualTo(1_000_000);
    }

    @Test
    void packetsAreRestrictedWhereTheyWereNot() {
        var desk = Desk.active(Desk.router().acceptsPackets(true));

        assertThat(desk.reconfigure(Desk.router().acceptsPackets(false)))
                .contains(new Effect.Apply(Effect.Step.RESTRICT_PACKETS))
                .doesNotContain(new Effect.Apply(Effect.Step.ALLOW_PACKETS));
    }

    @Test
    void theNextAdvertComesAfterTheNewInterval() {
        var desk = Desk.active(Desk.router());
        desk.reconfigure(Desk.router().advertInterval(Duration.ofMillis(300)));

        assertThat(desk.waitsUs()).isEqualTo(300_000);
    }

    @Test
    void aBackupWaitsAsLongAsEverFromNow() {
        var desk = Desk.backup(Desk.router());
        desk.hear(150, Desk.HIGHER);
        desk.passUs(2_000_000);

        assertThat(desk.reconfigure(Desk.router().priority(120))).isEmpty();
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        assertThat(desk.state.priority()).isEqualTo(120);
        assertThat(desk.waitsUs()).isEqualTo(desk.downUs());
    }

    @Test
    void aBackupOfVersion3KeepsTheIntervalItHasLearned() {
        var desk = Desk.backup(Desk.router().version(VrrpVersion.V3));
        desk.hear(150, Desk.HIGHER, 1_000);

        desk.reconfigure(Desk.router().version(VrrpVersion.V3).priority(120));

        assertThat(desk.state.activeIntervalNs()).isEqualTo(10_000_000_000L);
        assertThat(desk.waitsUs()).isGreaterThan(30_000_000);
    }

    @Test
    void aBackupOfVersion2GoesByItsOwnInterval() {
        var desk = Desk.backup(Desk.router().version(VrrpVersion.V2));
        desk.hear(150, Desk.HIGHER);

        desk.reconfigure(Desk.router().version(VrrpVersion.V2).advertInterval(Duration.ofSeconds(5)));

        assertThat(desk.state.activeIntervalNs()).isEqualTo(5_000_000_000L);
    }

    @Test
    void aClaimIsLookedIntoAnew() {
        var desk = new Desk(Desk.router(), true);
        desk.on(ElectionEvent.Start.now());
        desk.passUs(desk.downUs());
        assertThat(desk.state.isClaiming()).isTrue();

        assertThat(desk.reconfigure(Desk.router())).containsExactly(new Effect.AbandonClaim());
        assertThat(desk.state.isClaiming()).isFalse();
        desk.effects.clear();
        desk.passUs(desk.downUs());
        assertThat(desk.effects).contains(new Effect.SeekClaim());
    }

    @Test
    void aRouterInFaultStaysThere() {
        var desk = Desk.backup(Desk.router());
        desk.on(new ElectionEvent.Health(false));

        assertThat(desk.reconfigure(Desk.router().priority(120))).isEmpty();
        assertThat(desk.phase()).isEqualTo(Phase.FAULT);
        assertThat(desk.state.deadlineNs()).isEqualTo(RouterState.NEVER);
    }
}
