package io.steelyard.vrrp.announce;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.Announcements;
import io.steelyard.vrrp.election.Effect.Cause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnnouncementScheduleTest {
    private static final long SECOND = 1_000_000_000L;

    private static List<Integer> take(AnnouncementSchedule schedule, long nowNs) {
        var taken = new ArrayList<Integer>();
        for (int address = schedule.poll(nowNs); address != AnnouncementSchedule.NONE; address = schedule.poll(nowNs)) {
            taken.add(address);
        }
        return taken;
    }

    @Test
    void eachAddressIsAnnouncedFiveTimesAndAgainAfterFiveSeconds() {
        var schedule = new AnnouncementSchedule(Announcements.KEEPALIVED, false, false);
        assertThat(schedule.nextNs(0)).isEqualTo(Long.MAX_VALUE);
        schedule.begin(Cause.BECAME_ACTIVE, 0);
        assertThat(take(schedule, 0)).containsExactly(0, 1, 0, 1, 0, 1, 0, 1, 0, 1);
        assertThat(schedule.nextNs(0)).isEqualTo(5 * SECOND);
        assertThat(take(schedule, 5 * SECOND - 1)).isEmpty();
        assertThat(take(schedule, 5 * SECOND)).hasSize(10);
        assertThat(take(schedule, 500 * SECOND)).isEmpty();
    }

    @Test
    void whileActiveItIsRepeatedByTheRefresh() {
        var rules = Announcements.builder()
                .delay(Duration.ZERO)
                .repeat(1)
                .refresh(Duration.ofSeconds(60))
                .refreshRepeat(2)
                .build();
        var schedule = new AnnouncementSchedule(rules, false);
        schedule.begin(Cause.BECAME_ACTIVE, 0);
        assertThat(take(schedule, 0)).hasSize(1);
        assertThat(take(schedule, 60 * SECOND - 1)).isEmpty();
        assertThat(take(schedule, 60 * SECOND)).hasSize(2);
        assertThat(take(schedule, 120 * SECOND)).hasSize(2);
        schedule.stop();
        assertThat(take(schedule, 180 * SECOND)).isEmpty();
        assertThat(schedule.nextNs(180 * SECOND)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void routersOfOneInterfaceKeepThePauseTogether() {
        var rules = Announcements.builder()
                .repeat(2)
                .delay(Duration.ZERO)
                .arpPacing(Duration.ofSeconds(1))
                .build();
        var pace = new Pace();
        var one = new AnnouncementSchedule(rules, List.of(pace), false);
        var other = new AnnouncementSchedule(rules, List.of(pace), false);
        var elsewhere = new AnnouncementSchedule(rules, List.of(new Pace()), false);
        var ipv6 = new AnnouncementSchedule(rules, List.of(pace), true);
        for (var schedule : List.of(one, other, elsewhere, ipv6)) {
            schedule.begin(Cause.BECAME_ACTIVE, 0);
        }

        assertThat(take(one, 0)).hasSize(1);
        assertThat(take(other, 0)).isEmpty();
        assertThat(other.nextNs(0)).isEqualTo(SECOND);
        assertThat(take(elsewhere, 0)).hasSize(1);
        assertThat(take(ipv6, 0)).hasSize(2);
        assertThat(take(other, SECOND)).hasSize(1);
        assertThat(take(one, SECOND)).isEmpty();
        assertThat(take(one, 2 * SECOND)).hasSize(1);
        assertThat(take(other, 3 * SECOND)).hasSize(1);
    }

    @Test
    void aLowerPriorityHasCountsOfItsOwn() {
        var rules = Announcements.builder()
                .lowerPriorityRepeat(2)
                .lowerPriorityDelay(Duration.ofSeconds(1))
                .build();
        var schedule = new AnnouncementSchedule(rules, false);
        schedule.begin(Cause.LOWER_PRIORITY, 0);
        assertThat(take(schedule, 0)).hasSize(2);
        assertThat(take(schedule, SECOND)).hasSize(2);
        var none = new AnnouncementSchedule(
                Announcements.builder().lowerPriorityRepeat(0).build(), false);
        none.begin(Cause.LOWER_PRIORITY, 0);
        assertThat(take(none, 10 * SECOND)).isEmpty();
    }

    @Test
    void packetsOfOneKindAreApartAndTheOtherKindDoesNotWait() {
        var rules = Announcements.builder()
                .repeat(2)
                .delay(Duration.ZERO)
                .arpPacing(Duration.ofMillis(10))
                .build();
        var schedule = new AnnouncementSchedule(rules, false, true);
        schedule.begin(Cause.BECAME_ACTIVE, 0);
        assertThat(take(schedule, 0)).containsExactly(0, 1, 1);
        assertThat(schedule.nextNs(0)).isEqualTo(10_000_000);
        assertThat(take(schedule, 9_999_999)).isEmpty();
        assertThat(take(schedule, 10_000_000)).containsExactly(0);
    }

    @Test
    void stoppingInTheMiddleBeginsAnewNextTime() {
        var rules = Announcements.builder()
                .repeat(3)
                .delay(Duration.ZERO)
                .arpPacing(Duration.ofMillis(10))
                .build();
        var schedule = new AnnouncementSchedule(rules, false, false);
        schedule.begin(Cause.BECAME_ACTIVE, 0);
        assertThat(take(schedule, 0)).containsExactly(0);
        schedule.stop();
        schedule.begin(Cause.BECAME_ACTIVE, SECOND);
        assertThat(schedule.poll(SECOND)).isZero();
    }
}
