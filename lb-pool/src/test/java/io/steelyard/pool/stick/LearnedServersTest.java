package io.steelyard.pool.stick;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.affinity.StickTable;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LearnedServersTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void keyIsRememberedUntilItWasNotUsedForLong() {
        var table = LearnedServers.of(StickTable.of("t", 10, Duration.ofSeconds(10)));
        table.store("ann", "s1", 0);
        assertThat(table.find("ann", 9 * SECOND)).isEqualTo("s1");
        assertThat(table.find("ann", 18 * SECOND)).as("it was used meanwhile").isEqualTo("s1");
        assertThat(table.find("ann", 28 * SECOND)).isNull();
        assertThat(table.size()).isZero();
    }

    @Test
    void emptyKeyIsNone() {
        var table = LearnedServers.of(StickTable.of("t", 10, Duration.ofSeconds(10)));
        table.store("", "s1", 0);
        assertThat(table.find("", 0)).isNull();
        assertThat(table.size()).isZero();
    }

    @Test
    void longKeysAreCut() {
        var table = LearnedServers.of(new StickTable("t", 3, 10, Duration.ZERO, true));
        table.store("abcdef", "s1", 0);
        assertThat(table.find("abcxyz", 0)).isEqualTo("s1");
    }

    @Test
    void fullTableGivesUpTheKeyThatWasNotUsedForLongest() {
        var table = LearnedServers.of(new StickTable("t", 32, 2, Duration.ZERO, true));
        table.store("a", "s1", 0);
        table.store("b", "s2", 1);
        table.find("a", 2);
        table.store("c", "s3", 3);
        assertThat(table.find("b", 4)).isNull();
        assertThat(table.find("a", 4)).isEqualTo("s1");
        assertThat(table.find("c", 4)).isEqualTo("s3");
        assertThat(table.size()).isEqualTo(2);
    }

    @Test
    void fullTableThatPurgesNothingTakesNoNewKeyUntilOneExpires() {
        var table = LearnedServers.of(new StickTable("t", 32, 1, Duration.ofSeconds(10), false));
        table.store("a", "s1", 0);
        table.store("b", "s2", SECOND);
        assertThat(table.find("b", SECOND)).isNull();
        table.store("a", "s3", 2 * SECOND);
        assertThat(table.find("a", 2 * SECOND)).as("a known key may change").isEqualTo("s3");
        table.store("b", "s2", 12 * SECOND);
        assertThat(table.find("b", 12 * SECOND)).isEqualTo("s2");
    }

    @Test
    void tableThatStaysKeepsWhatItLearned() {
        var before = StickTables.of(List.of(StickTable.of("t", 10, Duration.ofSeconds(10))));
        before.table("t").store("a", "s1", 0);
        var longer = before.successor(List.of(StickTable.of("t", 10, Duration.ofSeconds(99))));
        assertThat(longer.table("t").find("a", 50 * SECOND)).isEqualTo("s1");
        var larger = before.successor(List.of(StickTable.of("t", 11, Duration.ofSeconds(10))));
        assertThat(larger.table("t").find("a", 0)).isNull();
    }

    @Test
    void largeTableHasRoomForAllItSays() {
        var table = LearnedServers.of(new StickTable("t", 32, 100_000, Duration.ZERO, true));
        for (int i = 0; i < 200_000; i++) {
            table.store("key" + i, "s", i);
        }
        assertThat(table.size()).isEqualTo(100_000);
    }
}
