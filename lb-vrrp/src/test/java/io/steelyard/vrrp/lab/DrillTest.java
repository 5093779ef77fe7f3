package io.steelyard.vrrp.lab;

import static io.steelyard.vrrp.lab.Pair.phase;
import static io.steelyard.vrrp.lab.Pair.router;
import static io.steelyard.vrrp.lab.Pair.status;
import static io.steelyard.vrrp.lab.Pair.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.vrrp.Preemption;
import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.vrrp.DrillReport;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.election.Effect;
import io.steelyard.vrrp.election.Phase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Adverts withheld on purpose, and what a status says. Needs root. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
class DrillTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @RegisterExtension
    private final Pair pair = new Pair();

    @Test
    void theBackupTakesOverAndGivesBack() throws Exception {
        var one = pair.start(pair.lab.one, router(150));
        until("active", () -> phase(one) == Phase.ACTIVE);
        var other = pair.start(pair.lab.other, router(100));
        until("the backup hears", () -> status(other).active().isPresent());

        var report = one.drill("a", LONG).get(30, TimeUnit.SECONDS);

        assertThat(report.outcome()).isEqualTo(DrillReport.Outcome.TAKEN_OVER_AND_BACK);
        assertThat(report.takeover()).hasValueSatisfying(takeover -> {
            assertThat(takeover.address()).isEqualTo("10.9.0.2");
            assertThat(takeover.priority()).isEqualTo(100);
            assertThat(takeover.after()).isEqualTo(report.withheld());
        });
        assertThat(report.withheld()).isLessThan(LONG);
        assertThat(report.backAfter()).isPresent();
        assertThat(report.happenings())
                .extracting(DrillReport.Happening::text)
                .contains("'a': ACTIVE -> BACKUP because of RELEASED", "'a': BACKUP -> ACTIVE because of NOBODY_HEARD");
        until(
                "all as before",
                () -> phase(other) == Phase.BACKUP
                        && Lab.has(pair.lab.one, Pair.ADDRESS)
                        && !Lab.has(pair.lab.other, Pair.ADDRESS)
                        && pair.lab.answers(Pair.ADDRESS));
        assertThat(pair.events(one)).noneMatch(event -> event.toString().contains("CONFLICT"));
        assertThat(pair.events(other)).noneMatch(event -> event.toString().contains("CONFLICT"));
    }

    @Test
    void withoutPreemptionTheOtherStaysActive() throws Exception {
        var one = pair.start(pair.lab.one, router(150).preemption(Preemption.NO));
        until("active", () -> phase(one) == Phase.ACTIVE);
        var other = pair.start(pair.lab.other, router(100));
        until("the backup hears", () -> status(other).active().isPresent());

        var report = one.drill("a", LONG).get(30, TimeUnit.SECONDS);

        assertThat(report.outcome()).isEqualTo(DrillReport.Outcome.TAKEN_OVER);
        assertThat(report.backAfter()).isEmpty();
        until("it has moved", () -> phase(one) == Phase.BACKUP && Lab.has(pair.lab.other, Pair.ADDRESS));
        assertThat(Lab.has(pair.lab.one, Pair.ADDRESS)).isFalse();
    }

    @Test
    void whereNobodyTakesOverTheRouterKeepsItsAddressesAndSaysSo() throws Exception {
        var one = pair.start(pair.lab.one, router(150));
        until("active", () -> phase(one) == Phase.ACTIVE);

        var report = one.drill("a", Duration.ofMillis(600)).get(30, TimeUnit.SECONDS);

        assertThat(report.outcome()).isEqualTo(DrillReport.Outcome.NOBODY_TOOK_OVER);
        assertThat(report.takeover()).isEmpty();
        assertThat(report.withheld()).isGreaterThanOrEqualTo(Duration.ofMillis(600));
        assertThat(phase(one)).isEqualTo(Phase.ACTIVE);
        assertThat(Lab.has(pair.lab.one, Pair.ADDRESS)).isTrue();
        long sent = status(one).counters().get("advert_sent");
        until("adverts go on", () -> status(one).counters().get("advert_sent") > sent);
    }

    @Test
    void aGroupMovesAsAWhole() throws Exception {
        var one = pair.start(
                pair.lab.one,
                VirtualRouters.builder()
                        .router(router(150).build())
                        .router(router("b", 52, 150, Pair.SECOND).build())
                        .group(SyncGroup.of("g", "a", "b")));
        until("active", () -> one.status().stream().allMatch(each -> each.phase() == Phase.ACTIVE));
        var other = pair.start(
                pair.lab.other,
                VirtualRouters.builder()
                        .router(router(100).build())
                        .router(router("b", 52, 100, Pair.SECOND).build())
                        .group(SyncGroup.of("g", "a", "b")));
        until(
                "the backups hear",
                () -> other.status().stream().allMatch(each -> each.active().isPresent()));

        var report = one.drill("b", LONG).get(30, TimeUnit.SECONDS);

        assertThat(report.outcome()).isEqualTo(DrillReport.Outcome.TAKEN_OVER_AND_BACK);
        until(
                "all as before",
                () -> one.status().stream().allMatch(each -> each.phase() == Phase.ACTIVE)
                        && other.status().stream().allMatch(each -> each.phase() == Phase.BACKUP));
    }

    @Test
    void onlyAnActiveRouterCanWithholdAdverts() throws Exception {
        var one = pair.start(pair.lab.one, router(150));

        assertThatThrownBy(() -> one.drill("nobody", LONG).get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> one.drill("a", Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        until("active", () -> phase(one) == Phase.ACTIVE);
        var running = one.drill("a", LONG);
        assertThatThrownBy(() -> one.drill("a", LONG).get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(IllegalStateException.class);
        one.close();
        assertThat(running.get(30, TimeUnit.SECONDS).outcome()).isEqualTo(DrillReport.Outcome.ENDED_EARLY);
    }

    @Test
    void aStatusTellsWhatIsKnown() throws Exception {
        var one = pair.start(pair.lab.one, router(150).excludedAddress(VirtualAddress.parse("10.9.0.102/32")));
        until("active", () -> phase(one) == Phase.ACTIVE);
        var other = pair.start(pair.lab.other, router(100));
        until("the backup hears", () -> status(other).active().isPresent());

        var active = status(one);
        assertThat(active.reason()).contains(Effect.Reason.NOBODY_HEARD);
        assertThat(active.sourceAddress()).contains("10.9.0.1");
        assertThat(active.active()).isEmpty();
        assertThat(active.untilTimer())
                .hasValueSatisfying(left -> assertThat(left).isLessThan(Duration.ofMillis(401)));
        assertThat(active.priority().text()).isEqualTo("150 = 150");
        assertThat(active.addresses())
                .extracting(address -> address.address() + " " + address.isAdvertised() + " " + address.isHeld())
                .containsExactly("10.9.0.100/24 true true", "10.9.0.102/32 false true");
        assertThat(active.defences().lifetime()).contains(Duration.ofSeconds(4));

        var backup = status(other);
        assertThat(backup.phase()).isEqualTo(Phase.BACKUP);
        assertThat(backup.active()).hasValueSatisfying(heard -> {
            assertThat(heard.address()).isEqualTo("10.9.0.1");
            assertThat(heard.priority()).isEqualTo(150);
            assertThat(heard.interval()).isEqualTo(Duration.ofMillis(400));
            assertThat(heard.count()).isPositive();
        });
        assertThat(backup.heard()).hasSize(1);
        assertThat(backup.addresses().getFirst().isHeld()).isFalse();
        assertThat(backup.inPhase()).isPositive();
    }
}
