package io.steelyard.vrrp.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.vrrp.election.PrioritySum.Reading;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrioritySumTest {
    private static final Map<String, Tracker> TRACKERS = Map.of(
            "nginx",
            Tracker.Script.of("nginx", "/bin/check"),
            "file",
            new Tracker.File("file", 1, Path.of("/x"), OptionalInt.empty(), false));

    private static PrioritySum sum(int base, Track track, Reading reading) {
        return PrioritySum.of(base, List.of(track), TRACKERS, Map.of(track.tracker(), reading));
    }

    @ParameterizedTest
    @CsvSource({
        "100, -20, false, true, 100",
        "100, -20, false, false, 80",
        "100, 20, false, true, 120",
        "100, 20, false, false, 100",
        "100, -20, true, true, 80",
        "100, 20, true, false, 120",
        "250, 20, false, true, 254",
        "10, -20, false, false, 1",
        "255, -20, false, false, 255"
    })
    void weightsAddUpWithinBounds(int base, int weight, boolean isReversed, boolean isUp, int effective) {
        var track = new Track("nginx", OptionalInt.of(weight), isReversed);
        assertThat(sum(base, track, new Reading.Level(isUp)).effective()).isEqualTo(effective);
    }

    @Test
    void aDownTrackerOfWeightZeroIsAFault() {
        assertThat(sum(100, Track.of("nginx"), new Reading.Level(false)).isFault())
                .isTrue();
        assertThat(sum(100, Track.of("nginx"), new Reading.Level(true)).isFault())
                .isFalse();
        assertThat(sum(100, new Track("nginx", OptionalInt.empty(), true), new Reading.Level(true))
                        .isFault())
                .isTrue();
    }

    @Test
    void aFilesNumberCountsTimesItsWeightAndMinus254IsAFault() {
        assertThat(sum(100, Track.of("file"), new Reading.Number(-30)).effective())
                .isEqualTo(70);
        assertThat(sum(100, Track.of("file", 2), new Reading.Number(-30)).effective())
                .isEqualTo(40);
        assertThat(sum(100, Track.of("file"), new Reading.Number(-253)).isFault())
                .isFalse();
        assertThat(sum(100, Track.of("file"), new Reading.Number(-254)).isFault())
                .isTrue();
    }

    @Test
    void aFileOfWeightZeroIsAFaultWhereItsNumberIsNotZero() {
        assertThat(sum(100, Track.of("file", 0), new Reading.Number(0)).isFault())
                .isFalse();
        var one = sum(100, Track.of("file", 0), new Reading.Number(1));
        assertThat(one.isFault()).isTrue();
        assertThat(one.effective()).isEqualTo(100);
        var reversed = new Track("file", OptionalInt.of(0), true);
        assertThat(sum(100, reversed, new Reading.Number(1)).isFault()).isFalse();
        assertThat(sum(100, reversed, new Reading.Number(0)).isFault()).isTrue();
    }

    @Test
    void onlyATrackerOfWeightZeroHoldsTheStartUp() {
        assertThat(PrioritySum.of(100, List.of(Track.of("nginx")), TRACKERS, Map.of())
                        .isKnown())
                .isFalse();
        assertThat(PrioritySum.of(100, List.of(Track.of("nginx", -20)), TRACKERS, Map.of())
                        .isKnown())
                .isTrue();
    }

    @Test
    void theSumCanBeRead() {
        assertThat(sum(100, Track.of("nginx", -20), new Reading.Level(false)).text())
                .isEqualTo("100 - 20 (nginx) = 80");
    }

    @Test
    void aScriptRisesAndFallsByItsCounter() {
        var script = RiseFall.initial(2, 3, false);
        assertThat(script.isUp()).isFalse();
        script = script.passed();
        assertThat(script.isUp()).as("the first pass is enough").isTrue();
        script = script.failed().failed();
        assertThat(script.isUp()).as("two of three failures").isTrue();
        assertThat(script.passed().failed().failed().isUp())
                .as("a pass between")
                .isTrue();
        script = script.failed();
        assertThat(script.isUp()).isFalse();
        assertThat(script.passed().isUp()).as("one of two passes").isFalse();
        assertThat(script.passed().failed().passed().isUp()).isFalse();
        assertThat(script.passed().passed().isUp()).isTrue();
        assertThat(RiseFall.initial(2, 3, true).passed().isUp()).isFalse();
    }
}
