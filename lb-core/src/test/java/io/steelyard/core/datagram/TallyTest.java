package io.steelyard.core.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TallyTest {
    private final Tally tally = new Tally();

    @Test
    void countsEachDatagramUnderItsReason() {
        tally.dropped(Drop.NO_SERVER, 3);
        tally.dropped(Drop.NO_SERVER, 2);
        tally.dropped(Drop.CLIENT_BUFFER_FULL, 4);
        assertThat(tally.dropped(Drop.NO_SERVER)).isEqualTo(5);
        assertThat(tally.dropped(Drop.CLIENT_BUFFER_FULL)).isEqualTo(4);
        assertThat(tally.dropped(Drop.CLIENT_UNREACHABLE)).isZero();
    }

    @Test
    void onlyWhatWouldHaveBegunASessionIsRefused() {
        tally.dropped(Drop.NOT_LISTENING, 2);
        tally.dropped(Drop.CLIENT_NOT_ADMITTED, 3);
        assertThat(tally.refused()).isEqualTo(5);
        tally.dropped(Drop.WAITING_FOR_NAME, 1);
        tally.dropped(Drop.OVER_UPLOAD_RATE, 1);
        assertThat(tally.refused()).isEqualTo(5);
    }

    @Test
    void sessionsAreOpenUntilTheyAreClosedAndAcceptedForGood() {
        tally.opened();
        tally.opened();
        tally.closed();
        assertThat(tally.open()).isOne();
        assertThat(tally.accepted()).isEqualTo(2);
    }
}
