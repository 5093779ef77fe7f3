package io.steelyard.schedulers.lvs;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.api.schedule.ServerLoad;
import io.steelyard.tck.PoolFixture;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kernel's hashes, tables and hashed picks; servers A, B, C are 10.0.0.1:80 to 10.0.0.3:80, clients 192.168.1.1 to 8. */
class KernelHashesTest {
    private static final int CLIENTS = 0xC0A8_0100;

    private static Supplier<Flow> clients() {
        var flow = new Flow(1);
        var last = new int[1];
        return () -> flow.clear().clientIpv4(CLIENTS | ++last[0], 0);
    }

    private static Supplier<Flow> destinations() {
        var flow = new Flow(1);
        var last = new int[1];
        return () -> flow.clear().destination(0, 0xFFFF_0000_0000L | CLIENTS + ++last[0] & 0xFFFF_FFFFL, 80);
    }

    private static Picker picker(SchedulerProvider provider, Candidates candidates, String... options) {
        var given = IntStream.range(0, options.length)
                .boxed()
                .collect(Collectors.toMap(
                        i -> options[i].split("=")[0], i -> options[i].split("=")[1]));
        return provider.create(Options.of(provider.options(), given)).build(candidates, null);
    }

    private static String picks(SchedulerProvider provider, PoolFixture pool, Supplier<Flow> flows, String... options) {
        var candidates = pool.candidates();
        return PoolFixture.sequence(candidates, picker(provider, candidates, options), flows, 8);
    }

    @Test
    void bucketsFollowTheKernelsHashes() {
        assertThat(IntStream.rangeClosed(1, 8).map(i -> BucketHash.NEW.bucket(CLIENTS | i, 8)))
                .containsExactly(136, 234, 76, 174, 16, 113, 211, 53);
        assertThat(IntStream.rangeClosed(1, 8).map(i -> BucketHash.OLD.bucket(CLIENTS | i, 8)))
                .containsExactly(177, 98, 19, 196, 117, 38, 215, 136);
        assertThat(BucketHash.OLD.bucket(0x0A01_0203, 8)).isEqualTo(19);
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource(
            delimiter = ';',
            value = {"A,B,C; ; BABABCBC", "A,B=0,C; ; -A-A-C-C", "A,B=0,C; fallback=true; CACACCCC"})
    void sourceHashPicks(String pool, String option, String picks) {
        var options = option == null ? new String[0] : new String[] {option};
        assertThat(picks(new SourceHashProvider(), PoolFixture.of(pool), clients(), options))
                .isEqualTo(picks);
    }

    @Test
    void sourceHashCanHashThePort() {
        var flow = new Flow(1);
        var port = new int[] {40_000};
        Supplier<Flow> flows = () -> flow.clear().clientIpv4(CLIENTS | 1, port[0]++);
        assertThat(picks(new SourceHashProvider(), PoolFixture.of("A,B,C"), flows, "port=true"))
                .startsWith("CBAB");
    }

    @Test
    void sourceHashOfOldKernelsSeesTheLowByteAlone() {
        var candidates = PoolFixture.of("A,B,C").candidates();
        var picker = picker(new SourceHashProvider(), candidates, "hash=old");
        assertThat(picker.pick(new Flow(1).clientIpv4(0x0A01_0203, 0)))
                .isEqualTo(picker.pick(new Flow(1).clientIpv4(0xC0A8_0103, 0)))
                .isEqualTo(19 % 3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"A=3,B=1; AAABAAABAAAB", "A,B=0,C; ABCABCABCABC", "A=300,B; AAAAAAAAAAAA"})
    void sourceHashDealsItsBucketsByWeight(String pool, String first) {
        var candidates = PoolFixture.of(pool).candidates();
        var buckets = SourceHashProvider.buckets(candidates);
        assertThat(IntStream.range(0, 12)
                        .mapToObj(i -> candidates.id(buckets[i]))
                        .collect(Collectors.joining()))
                .isEqualTo(first);
    }

    @Test
    void serverThatIsDownIsNotDealtIn() {
        assertThat(picks(new SourceHashProvider(), PoolFixture.of("A,B,C").down("B"), clients()))
                .isEqualTo(picks(new SourceHashProvider(), PoolFixture.of("A,C"), clients()))
                .doesNotContain("-");
    }

    @Test
    void drainingServerKeepsItsBuckets() {
        var draining = RealServer.builder("10.0.0.2:80").id("B").adminState(AdminState.DRAINING);
        var candidates = Candidates.builder()
                .add(RealServer.builder("10.0.0.1:80").id("A").build())
                .add(draining.build(), 1, false, new ServerLoad(), null)
                .add(RealServer.builder("10.0.0.3:80").id("C").build())
                .build();
        assertThat(PoolFixture.sequence(candidates, picker(new SourceHashProvider(), candidates), clients(), 8))
                .isEqualTo("-A-A-C-C");
    }

    @Test
    void destinationHashIgnoresWeights() {
        assertThat(picks(new DestinationHashProvider(), PoolFixture.of("A,B,C"), destinations()))
                .isEqualTo("BABABCBC");
        assertThat(picks(new DestinationHashProvider(), PoolFixture.of("A=1,B=9,C=4"), destinations()))
                .isEqualTo("BABABCBC");
    }

    @Test
    void ipv6AddressesAreFolded() {
        assertThat(ServerList.fold(0x2001_0DB8_0000_0001L, 0x0000_0000_C0A8_0101L, false))
                .isEqualTo(0x2001_0DB8 ^ 1 ^ 0xC0A8_0101);
    }

    @Test
    void sipHashAgreesWithTheKernel() {
        var hash = new KernelSipHash(2_654_435_761L, 2_654_435_761L);
        assertThat(hash.hash(0x0A00_0001 + 80)).isEqualTo(1_134_300_350);
    }

    @ParameterizedTest
    @CsvSource({"0, 3167, 700", "1, 1231, 3544", "2, 1631, 3453"})
    void serversClaimThesePlaces(int index, int first, int skip) {
        int value = KernelMaglevTable.hashedAddress(PoolFixture.of("A,B,C").candidates(), index);
        assertThat(KernelMaglevTable.firstPlace(value, 4_093)).isEqualTo(first);
        assertThat(KernelMaglevTable.skip(value, 4_093)).isEqualTo(skip);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ';',
            value = {"A,B,C; 1365; 1364; 1364", "A=1,B=2,C=3; 683; 1364; 2046", "A=1,B=100,C=1000; 60; 360; 3673"})
    void tableIsSharedByWeight(String pool, int ofA, int ofB, int ofC) {
        assertThat(counts(KernelMaglevTable.build(PoolFixture.of(pool).candidates(), null, 4_093), 3))
                .containsExactly(ofA, ofB, ofC);
    }

    private static int[] counts(KernelMaglevTable table, int servers) {
        var counts = new int[servers];
        for (int place = 0; place < table.size(); place++) {
            counts[table.server(place)]++;
        }
        return counts;
    }

    @Test
    void greatWeightsAreScaledDown() {
        assertThat(KernelMaglevTable.turns(new int[] {1, 100, 1_000})).containsExactly(1, 6, 62);
        assertThat(KernelMaglevTable.turns(new int[] {0, 65_535})).containsExactly(0, 1);
        assertThat(KernelMaglevTable.turns(new int[] {0, 0})).containsExactly(0, 0);
    }

    @Test
    void maglevPicks() {
        assertThat(picks(new MaglevHashProvider(), PoolFixture.of("A,B,C"), clients()))
                .isEqualTo("ACBCCBBB");
    }

    @Test
    void maglevTableSurvivesWeightZero() {
        for (var mode : Map.of("fallback=false", "AC-CC---", "fallback=true", "ACACCAAC")
                .entrySet()) {
            var provider = new MaglevHashProvider();
            var scheduler = provider.create(Options.of(
                    provider.options(), Map.of("fallback", mode.getKey().split("=")[1])));
            var pool = PoolFixture.of("A,B,C");
            var before = scheduler.build(pool.candidates(), null);
            var quiesced = pool.weight("B", 0).candidates();
            var picker = scheduler.build(quiesced, before);
            assertThat(PoolFixture.sequence(quiesced, picker, clients(), 8)).isEqualTo(mode.getValue());
            var back = pool.weight("B", 1).candidates();
            assertThat(PoolFixture.sequence(back, scheduler.build(back, picker), clients(), 8))
                    .isEqualTo("ACBCCBBB");
        }
    }

    @Test
    void removedServerMovesHardlyAnyOtherPlace() {
        var all = KernelMaglevTable.build(PoolFixture.of("A,B,C").candidates(), null, 4_093);
        var fewer = KernelMaglevTable.build(PoolFixture.of("A,B,C").remove("B").candidates(), null, 4_093);
        var names = new int[] {0, 2};
        long moved = IntStream.range(0, 4_093)
                .filter(place -> all.server(place) != 1 && names[fewer.server(place)] != all.server(place))
                .count();
        assertThat(moved).isEqualTo(6);
    }

    @Test
    void serversAddedWithWeightZeroLeaveTheTableEmpty() {
        assertThat(picks(new MaglevHashProvider(), PoolFixture.of("A=0,B=0"), clients()))
                .isEqualTo("--------");
    }
}
