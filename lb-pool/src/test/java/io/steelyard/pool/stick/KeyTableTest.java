package io.steelyard.pool.stick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.steelyard.api.affinity.CountedKey;
import io.steelyard.api.affinity.Counting;
import io.steelyard.api.affinity.StickCount;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.affinity.StickTable.Counter;
import io.steelyard.api.affinity.StickTable.Keys;
import io.steelyard.api.text.Template;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables of counters in virtual time. */
class KeyTableTest {
    private long nowMs = 1_000_000;

    private KeyTable table(int capacity, boolean purges, Keys keys) {
        return KeyTable.of(
                new StickTable(
                        "t",
                        8,
                        capacity,
                        Duration.ofSeconds(60),
                        purges,
                        keys,
                        List.of(
                                Counter.of(StickCount.CONN_CNT),
                                Counter.of(StickCount.CONN_CUR),
                                Counter.of(StickCount.GPC0),
                                new Counter(StickCount.HTTP_REQ_RATE, Duration.ofSeconds(10)),
                                Counter.of(StickCount.HTTP_REQ_CNT),
                                Counter.of(StickCount.HTTP_ERR_CNT),
                                Counter.of(StickCount.HTTP_FAIL_CNT),
                                Counter.of(StickCount.SESS_CNT))),
                () -> nowMs);
    }

    private static CountedKey used(KeyTable table, String key) {
        return Objects.requireNonNull(table.use(key));
    }

    private static List<String> keys(KeyTable table) {
        return table.all().stream().map(CountedKey::key).toList();
    }

    @Test
    void aKeyCountsWhatItsTableStores() {
        var key = used(table(10, true, Keys.STRING), "a");
        assertThat(key.add(StickCount.GPC0, 2)).isEqualTo(2);
        assertThat(key.add(StickCount.GPC0, 3)).isEqualTo(5);
        key.add(StickCount.GPC1, 7);
        assertThat(key.value(StickCount.GPC0)).isEqualTo(5);
        assertThat(key.has(StickCount.GPC1)).isFalse();
        assertThat(key.value(StickCount.GPC1)).isZero();
    }

    private CountedKey keyWithArrays() {
        var specification = new StickTable(
                "t",
                8,
                10,
                Duration.ofSeconds(60),
                true,
                Keys.STRING,
                List.of(
                        Counter.of(StickCount.CONN_CNT),
                        new Counter(StickCount.GPC, Duration.ZERO, 3),
                        new Counter(StickCount.GPC_RATE, Duration.ofSeconds(10), 2),
                        Counter.of(StickCount.SESS_CNT),
                        Counter.of(StickCount.GPT)));
        return used(KeyTable.of(specification, () -> nowMs), "a");
    }

    @Test
    void anArrayCountsEachOfItsElementsByItself() {
        var key = keyWithArrays();
        for (int i = -1; i <= 3; i++) {
            key.add(StickCount.GPC, i, 10 + i);
        }
        assertThat(key.value(StickCount.GPC, -1)).isZero();
        assertThat(key.value(StickCount.GPC)).isEqualTo(10);
        assertThat(key.value(StickCount.GPC, 1)).isEqualTo(11);
        assertThat(key.value(StickCount.GPC, 2)).isEqualTo(12);
        assertThat(key.has(StickCount.GPC, 3)).isFalse();
        assertThat(key.value(StickCount.CONN_CNT)).isZero();
        assertThat(key.value(StickCount.SESS_CNT)).isZero();
        assertThat(key.has(StickCount.CONN_CNT, 1)).isFalse();
        key.set(StickCount.GPC, 2, 5);
        assertThat(key.value(StickCount.GPC, 2)).isEqualTo(5);
    }

    @Test
    void anArrayStandsForItsSingleCounters() {
        var key = keyWithArrays();
        key.add(StickCount.GPC1, 4);
        key.add(StickCount.GPC1_RATE, 20);
        nowMs += 15_000;
        assertThat(key.value(StickCount.GPC, 1)).isEqualTo(4);
        assertThat(key.value(StickCount.GPC0)).isZero();
        assertThat(key.value(StickCount.GPC_RATE, 1)).isEqualTo(10);
        assertThat(key.value(StickCount.GPC0_RATE)).isZero();
        key.set(StickCount.GPT, 7);
        assertThat(key.value(StickCount.GPT0)).isEqualTo(7);
    }

    @Test
    void aRuleCountsTheRateOfAnArrayToo() {
        var table = KeyTable.of(
                new StickTable(
                        "t",
                        8,
                        10,
                        Duration.ofSeconds(60),
                        true,
                        Keys.STRING,
                        List.of(
                                new Counter(StickCount.GPC, Duration.ZERO, 2),
                                new Counter(StickCount.GPC_RATE, Duration.ofSeconds(10), 2))),
                () -> nowMs);
        var tracked = TrackedKeys.ofConnection();
        tracked.track(0, table, "a");
        tracked.count(new Counting(0, StickCount.GPC, 1, false, Template.literal("1")), "3");
        tracked.count(new Counting(0, StickCount.GPC, 9, false, Template.literal("1")), "3");
        var key = used(table, "a");
        assertThat(key.value(StickCount.GPC, 0)).isZero();
        assertThat(key.value(StickCount.GPC, 1)).isEqualTo(3);
        assertThat(key.value(StickCount.GPC_RATE, 1)).isEqualTo(3);
    }

    @Test
    void anArrayAndWhatItStandsForAreNotInOneTable() {
        var both = List.of(new Counter(StickCount.GPC, Duration.ZERO, 2), Counter.of(StickCount.GPC1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StickTable("t", 8, 10, Duration.ZERO, true, Keys.STRING, both))
                .withMessageContaining("gpc1 and gpc,");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Counter(StickCount.GPC, Duration.ZERO, 101))
                .withMessageContaining("expected 1 to 100");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Counter(StickCount.CONN_CNT, Duration.ZERO, 2))
                .withMessageContaining("it is no array");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Counting(0, StickCount.GPC0, 1, false, Template.literal("1")))
                .withMessageContaining("it is no array");
    }

    @Test
    void aRateSlides() {
        var key = used(table(10, true, Keys.STRING), "a");
        key.add(StickCount.HTTP_REQ_RATE, 20);
        nowMs += 15_000;
        assertThat(key.value(StickCount.HTTP_REQ_RATE)).isEqualTo(10);
        key.set(StickCount.HTTP_REQ_RATE, 3);
        assertThat(key.value(StickCount.HTTP_REQ_RATE)).isEqualTo(3);
    }

    @Test
    void lookingDoesNotMakeNorKeepAKey() {
        var table = table(10, true, Keys.STRING);
        assertThat(table.find("a")).isNull();
        used(table, "a");
        nowMs += 59_999;
        assertThat(table.find("a")).isNotNull();
        nowMs += 1;
        assertThat(table.find("a")).isNull();
        assertThat(keys(table)).isEmpty();
    }

    @Test
    void whatIsTrackedNeitherExpiresNorGoes() {
        var table = table(2, true, Keys.STRING);
        var tracked = Objects.requireNonNull(table.track("a"));
        nowMs += 600_000;
        used(table, "b");
        used(table, "c");
        assertThat(keys(table)).containsExactly("a", "c");
        assertThat(table.remove("a")).isFalse();
        table.release(tracked);
        assertThat(tracked.leftMs()).isEqualTo(60_000);
        assertThat(table.remove("a")).isTrue();
        assertThat(keys(table)).containsExactly("c");
    }

    @Test
    void aFullTableGivesUpWhatWasNotUsedForLongest() {
        var table = table(2, true, Keys.STRING);
        used(table, "a");
        used(table, "b");
        // Both were used since they were looked at: the first in order goes behind the second, which goes next.
        used(table, "a");
        used(table, "c");
        assertThat(keys(table)).contains("c").hasSize(2);
    }

    @Test
    void aFullTableThatPurgesNothingStoresNothingNew() {
        var table = table(1, false, Keys.STRING);
        used(table, "a");
        assertThat(table.use("b")).isNull();
        nowMs += 60_000;
        assertThat(table.use("b")).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "STRING,abcdefghij,abcdefgh",
                "IP,10.0.0.1,10.0.0.1",
                "IP,::ffff:10.0.0.1,10.0.0.1",
                "IP,2001:db8::1,-",
                "IP,nobody,-",
                "IPV6,10.0.0.1,::ffff:10.0.0.1",
                "IPV6,2001:db8:0:0:0:0:0:1,2001:db8::1",
                "IPV6,2001:0:0:1:0:0:0:1,2001:0:0:1::1",
                "IPV6,::,::",
                "INTEGER,0012x,12",
                "INTEGER,4294967297,1",
            })
    void keysHaveOneForm(Keys keys, String text, String form) {
        var found = table(10, true, keys).use(text);
        assertThat(found == null ? null : found.key()).isEqualTo(form);
    }

    @Test
    void aChangedTableKeepsItsKeysWhereTheyMeanTheSame() {
        var table = table(10, true, Keys.STRING);
        used(table, "a").add(StickCount.GPC0, 1);
        var same = table.successor(new StickTable(
                "t",
                8,
                10,
                Duration.ofSeconds(5),
                true,
                Keys.STRING,
                table.specification().counters()));
        assertThat(keys(same)).containsExactly("a");
        var other = table.successor(new StickTable(
                "t", 8, 10, Duration.ofSeconds(60), true, Keys.STRING, List.of(Counter.of(StickCount.GPC0))));
        assertThat(keys(other)).isEmpty();
    }

    @Test
    void aConnectionIsCountedWhileItIsThere() {
        var table = table(10, true, Keys.IP);
        var connection = TrackedKeys.ofConnection();
        assertThat(connection.track(0, table, "10.0.0.1")).isTrue();
        assertThat(connection.track(0, table, "10.0.0.2")).isFalse();
        connection.countSession();
        var key = used(table, "10.0.0.1");
        assertThat(key.value(StickCount.CONN_CUR)).isEqualTo(1);
        assertThat(key.value(StickCount.SESS_CNT)).isEqualTo(1);
        assertThat(key.trackers()).isEqualTo(1);
        connection.end();
        connection.end();
        assertThat(key.value(StickCount.CONN_CUR)).isZero();
        assertThat(key.value(StickCount.CONN_CNT)).isEqualTo(1);
        assertThat(key.trackers()).isZero();
    }

    @Test
    void aRequestCountsUnderItsOwnKeysAndItsConnections() {
        var table = table(10, true, Keys.STRING);
        var connection = TrackedKeys.ofConnection();
        connection.track(0, table, "c");
        connection.countRequest();
        var request = TrackedKeys.ofRequest(connection);
        request.track(1, table, "r");
        request.countRequest(1);
        request.countAnswer(404);
        request.countAnswer(503);
        request.countAnswer(501);
        request.end();
        for (var name : List.of("c", "r")) {
            var key = used(table, name);
            assertThat(key.value(StickCount.HTTP_REQ_CNT)).as(name).isEqualTo(1);
            assertThat(key.value(StickCount.HTTP_ERR_CNT)).as(name).isEqualTo(1);
            assertThat(key.value(StickCount.HTTP_FAIL_CNT)).as(name).isEqualTo(1);
        }
        assertThat(used(table, "c").value(StickCount.CONN_CUR)).isEqualTo(1);
        assertThat(used(table, "r").value(StickCount.CONN_CUR)).isZero();
    }

    @Test
    void nothingIsLostAmongThreads() throws InterruptedException {
        var table = table(100, true, Keys.STRING);
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < 20_000; round++) {
                    var tracked = TrackedKeys.ofConnection();
                    tracked.track(0, table, "k" + round % 7);
                    tracked.end();
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        assertThat(table.all().stream()
                        .mapToLong(key -> key.value(StickCount.CONN_CNT))
                        .sum())
                .isEqualTo(80_000);
        assertThat(table.all()).allMatch(key -> key.trackers() == 0 && key.value(StickCount.CONN_CUR) == 0);
    }
}
