package io.steelyard.schedulers.consistent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.tck.PoolFixture;
import io.steelyard.tck.SeededFlows;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the consistent hashes promise beyond the contract. */
class ConsistentHashTest {
    private static final int KEYS = 4_000;

    static List<SchedulerProvider> providers() {
        return List.of(new MaglevProvider(), new RendezvousProvider(), new BoundedHashProvider());
    }

    private static Picker picker(SchedulerProvider provider, Candidates candidates) {
        return provider.create(Options.defaults(provider.options())).build(candidates, null);
    }

    private static String[] placement(Candidates candidates, Picker picker) {
        var flows = new SeededFlows(1);
        var placed = new String[KEYS];
        for (int i = 0; i < KEYS; i++) {
            placed[i] = candidates.id(picker.pick(flows.numbered(i)));
        }
        return placed;
    }

    // ---- the key

    @ParameterizedTest
    @MethodSource("providers")
    void flowWithoutKeyIsPlacedByItsClientAddressAlone(SchedulerProvider provider) {
        var candidates = PoolFixture.ofSize(50, 1).candidates();
        var picker = picker(provider, candidates);
        var flow = new Flow(1);
        var used = new HashSet<Integer>();
        for (int client = 0; client < 500; client++) {
            int first = picker.pick(flow.clear().clientIpv4(client, 1));
            assertThat(picker.pick(flow.clear().clientIpv4(client, 2))).isEqualTo(first);
            used.add(first);
        }
        assertThat(used).hasSizeGreaterThan(45);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void keyDecidesWhateverTheClient(SchedulerProvider provider) {
        var candidates = PoolFixture.ofSize(50, 1).candidates();
        var picker = picker(provider, candidates);
        var flow = new Flow(1);
        var used = new HashSet<Integer>();
        for (int key = 0; key < 500; key++) {
            int first = picker.pick(flow.clear().clientIpv4(1, 1).key("key-" + key));
            assertThat(picker.pick(flow.clear().clientIpv4(2, 1).key("key-" + key)))
                    .isEqualTo(first);
            used.add(first);
        }
        assertThat(used).hasSizeGreaterThan(45);
    }

    @Test
    void everyByteOfAKeyCounts() {
        var hashes = new HashSet<Long>();
        var flow = new Flow(1);
        int keys = 0;
        for (int length = 1; length <= 40; length++) {
            for (int at = 0; at < length; at++) {
                for (int value = 0; value < 4; value++) {
                    var bytes = "a".repeat(length).getBytes(StandardCharsets.US_ASCII);
                    bytes[at] = (byte) ('b' + value);
                    hashes.add(KeyHash.of(flow.key(bytes, 0, length)));
                    keys++;
                }
            }
        }
        assertThat(hashes).hasSize(keys);
    }

    @Test
    void hashIgnoresWhatLiesBehindTheKey() {
        var flow = new Flow(1).key("a longer key that was there before");
        long hash = KeyHash.of(flow.key("short"));
        assertThat(KeyHash.of(new Flow(1).key("short"))).isEqualTo(hash);
    }

    // ---- changes

    @ParameterizedTest
    @MethodSource("providers")
    void serverThatGoesDownMovesNoOtherKey(SchedulerProvider provider) {
        var all = PoolFixture.ofSize(20, 1, 2).candidates();
        var before = placement(all, picker(provider, all));
        var oneDown = PoolFixture.ofSize(20, 1, 2).down("s7").candidates();
        var after = placement(oneDown, picker(provider, oneDown));
        var heirs = new HashSet<String>();
        for (int i = 0; i < KEYS; i++) {
            if (before[i].equals("s7")) {
                heirs.add(after[i]);
            } else {
                assertThat(after[i]).isEqualTo(before[i]);
            }
        }
        assertThat(heirs).as("its keys spread over many").hasSizeGreaterThan(12).doesNotContain("s7");
    }

    @ParameterizedTest
    @MethodSource("providers")
    void orderOfConfigurationDoesNotMatterMuch(SchedulerProvider provider) {
        var one = PoolFixture.ofSize(10, 1).candidates();
        var other = PoolFixture.ofSize(10, 1).reversed().candidates();
        var placed = placement(one, picker(provider, one));
        var reversed = placement(other, picker(provider, other));
        int moved = 0;
        for (int i = 0; i < KEYS; i++) {
            moved += placed[i].equals(reversed[i]) ? 0 : 1;
        }
        assertThat(moved).isLessThan(KEYS / 50);
    }

    @Test
    void weightThatGrowsMovesKeysToItsServerAlone() {
        var before = PoolFixture.of("a=2,b=3,c=5").candidates();
        var after = PoolFixture.of("a=4,b=3,c=5").candidates();
        var placed = placement(before, picker(new RendezvousProvider(), before));
        var grown = placement(after, picker(new RendezvousProvider(), after));
        int toA = 0;
        for (int i = 0; i < KEYS; i++) {
            if (!placed[i].equals(grown[i])) {
                assertThat(grown[i]).isEqualTo("a");
                toA++;
            }
        }
        // From 2/10 to 4/12 of the keys.
        assertThat(toA).isBetween((int) (KEYS * 0.11), (int) (KEYS * 0.16));
    }

    @Test
    void maglevTableIsUsedAgainWhileOnlyHealthChanges() {
        var up = PoolFixture.of("a,b=2,c").candidates();
        var down = PoolFixture.of("a,b=2,c").down("b").candidates();
        var table = MaglevTable.of(up, null, 65_537);
        assertThat(MaglevTable.of(down, table, 65_537)).isSameAs(table);
        var heavier = PoolFixture.of("a,b=3,c").candidates();
        assertThat(MaglevTable.of(heavier, table, 65_537)).isNotSameAs(table);
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 251, 4_093, 65_537, 16_777_213})
    void primesAreTableSizes(long size) {
        assertThat(MaglevTable.isSize(size)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-7", "2", "65536", "65535", "33554467"})
    void otherTableSizesAreRefused(String size) {
        var provider = new MaglevProvider();
        assertThatThrownBy(() -> provider.create(Options.of(provider.options(), Map.of("table-size", size))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prime");
    }

    // ---- bounded load

    @Test
    void noServerPassesItsBoundHoweverHotAKeyIs() {
        var candidates = PoolFixture.of("a=1,b=2,c=3,d=4").candidates();
        var picker = picker(new BoundedHashProvider(), candidates);
        var flow = new Flow(1);
        for (int flows = 1; flows <= 1_000; flows++) {
            int index = picker.pick(flow.clear().key("the one hot key"));
            candidates.load(index).addActive(1);
            for (int i = 0; i < 4; i++) {
                assertThat(candidates.load(i).active())
                        .isLessThanOrEqualTo((int) Math.ceil(flows * 1.25 * candidates.weight(i) / 10));
            }
        }
    }

    @Test
    void hotKeyComesHomeWhenItsServerHasRoomAgain() {
        var fixture = PoolFixture.ofSize(10, 1);
        var candidates = fixture.candidates();
        var picker = picker(new BoundedHashProvider(), candidates);
        var flow = new Flow(1);
        int home = picker.pick(flow.clear().key("hot"));
        candidates.load(home).addActive(50);
        int second = picker.pick(flow.clear().key("hot"));
        assertThat(second).isNotEqualTo(home);
        assertThat(picker.pick(flow.clear().key("hot")))
                .as("its second choice is firm")
                .isEqualTo(second);
        candidates.load(home).addActive(-50);
        assertThat(picker.pick(flow.clear().key("hot"))).isEqualTo(home);
    }

    @Test
    void boundMustBeAboveTheFairPart() {
        var provider = new BoundedHashProvider();
        assertThatThrownBy(() -> provider.create(Options.of(provider.options(), Map.of("factor", "100"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("101 to 10000");
    }
}
