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
        var schedule = new AnnouncementSchedule(Announcements.KEEPALIVED, 0, 0, false, false);
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
        var schedule = new AnnouncementSchedule(rules, 0, 0, false);
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
        var one = new AnnouncementSchedule(rules, 0, 0, List.of(pace), false);
        var other = new AnnouncementSchedule(rules, 0, 0, List.of(pace), false);
        var elsewhere = new AnnouncementSchedule(rules, 0, 0, List.of(new Pace()), false);
        var ipv6 = new AnnouncementSchedule(rules, 0, 0, List.of(pace), true);
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
        var schedule = new AnnouncementSchedule(rules, 0, 0, false);
        schedule.begin(Cause.LOWER_PRIORITY, 0);
        assertThat(take(schedule, 0)).hasSize(2);
        assertThat(take(schedule, SECOND)).hasSize(2);
        var none = new AnnouncementSchedule(
                Announcements.builder().lowerPriorityRepeat(0).build(), 0, 0, false);
        none.begin(Cause.LOWER_PRIORITY, 0);
        assertThat(take(none, 10 * SECOND)).isEmpty();
    }

    private static AnnouncementSchedule withRivals() {
        var rules = Announcements.builder()
                .lowerPriorityRepeat(1)
                .lowerPriorityDelay(Duration.ofSeconds(20))
                .build();
        return new AnnouncementSchedule(rules, SECOND, 4 * SECOND, false);
    }

    @Test
    void thereIsOneBurstWhenTheRivalFallsSilent() {
        var schedule = withRivals();
        schedule.begin(Cause.LOWER_PRIORITY, 0);
        schedule.begin(Cause.LOWER_PRIORITY, SECOND / 2);
        assertThat(schedule.nextNs(SECOND / 2)).isEqualTo(3 * SECOND / 2);
        assertThat(take(schedule, 3 * SECOND / 2 - 1)).isEmpty();
        assertThat(take(schedule, 3 * SECOND / 2)).hasSize(1);
        assertThat(schedule.nextNs(2 * SECOND)).as("the second burst").isEqualTo(43 * SECOND / 2);
    }

    @Test
    void aRivalThatSaysItIsGoneIsNotWaitedFor() {
        var schedule = withRivals();
        schedule.rivalGone(0);
        assertThat(take(schedule, 0)).as("there was none").isEmpty();
        schedule.begin(Cause.LOWER_PRIORITY, SECOND);
        schedule.rivalGone(SECOND + 1);
        assertThat(take(schedule, SECOND + 1)).hasSize(1);
    }

    @Test
    void aRivalThatDoesNotFallSilentIsAnnouncedAgainstAllTheSame() {
        var schedule = withRivals();
        int bursts = 0;
        for (int tenth = 0; tenth < 120; tenth++) {
            schedule.begin(Cause.LOWER_PRIORITY, tenth * SECOND / 10);
            bursts += take(schedule, tenth * SECOND / 10).size();
        }
        assertThat(bursts).isEqualTo(2);
    }

    @Test
    void whoIsNotActiveAnyMoreForgetsTheRival() {
        var schedule = withRivals();
        schedule.begin(Cause.LOWER_PRIORITY, 0);
        schedule.stop();
        assertThat(schedule.nextNs(0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void packetsOfOneKindAreApartAndTheOtherKindDoesNotWait() {
        var rules = Announcements.builder()
                .repeat(2)
                .delay(Duration.ZERO)
                .arpPacing(Duration.ofMillis(10))
                .build();
        var schedule = new AnnouncementSchedule(rules, 0, 0, false, true);
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
        var schedule = new AnnouncementSchedule(rules, 0, 0, false, false);
        schedule.begin(Cause.BECAME_ACTIVE, 0);
        assertThat(take(schedule, 0)).containsExactly(0);
        schedule.stop();
        schedule.begin(Cause.BECAME_ACTIVE, SECOND);
        assertThat(schedule.poll(SECOND)).isZero();
    }
}
