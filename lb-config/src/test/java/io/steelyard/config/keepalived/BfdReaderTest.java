package io.steelyard.config.keepalived;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.BfdSession;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.Tracker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BfdReaderTest {
    private static String bfd(String... lines) {
        return "bfd_instance gate {\n" + String.join("\n", lines) + "\n}\n";
    }

    private static Tracker.Bfd tracker(String... lines) {
        return (Tracker.Bfd)
                Read.configuration(bfd(lines) + Read.instance()).trackers().getFirst();
    }

    @Test
    void whatIsNotSaidIsAsWithKeepalived() {
        assertThat(tracker("neighbor_ip 192.0.2.254"))
                .isEqualTo(new Tracker.Bfd("gate", 0, BfdSession.with(InetAddress.ofLiteral("192.0.2.254"))));
        assertThat(tracker("neighbour_ip 2001:db8::1").session().hopLimit()).isEqualTo(64);
        assertThat(tracker("neighbour_ip 2001:db8::1", "hoplimit 255").session().hopLimit())
                .isEqualTo(255);
    }

    @Test
    void everyKeywordIsRead() {
        var tracker = tracker(
                "neighbor_ip 192.0.2.254",
                "source_ip 192.0.2.7",
                "min_rx 3.312",
                "min_tx 20",
                "idle_tx 2000",
                "multiplier 3",
                "passive",
                "ttl 64",
                "max_hops 5",
                "multihop",
                "weight -20",
                "vrrp",
                "checker");

        assertThat(tracker)
                .isEqualTo(new Tracker.Bfd(
                        "gate",
                        -20,
                        BfdSession.builder(InetAddress.ofLiteral("192.0.2.254"))
                                .source(InetAddress.ofLiteral("192.0.2.7"))
                                .requiredMinRx(Duration.ofNanos(3_312_000))
                                .desiredMinTx(Duration.ofMillis(20))
                                .idleTx(Duration.ofSeconds(2))
                                .detectMultiplier(3)
                                .passive(true)
                                .hopLimit(64)
                                .mostHops(5)
                                .multihop(true)
                                .build()));
    }

    @Test
    void routersAndGroupsTrackSessions() {
        var configuration = Read.configuration(
                bfd("neighbor_ip 192.0.2.254", "weight 10 reverse")
                        + Read.instance("track_bfd {", "gate weight 30", "}")
                        + "vrrp_sync_group G {\ngroup {\nV\n}\ntrack_bfd {\ngate weight 0 reverse\n}\nsync_group_tracking_weight\n}\n");

        assertThat(configuration.virtualRouters().getFirst().tracks())
                .containsExactly(new Track("gate", OptionalInt.of(30), true));
        assertThat(configuration.syncGroups().getFirst().tracks())
                .containsExactly(new Track("gate", OptionalInt.of(0), true));
    }

    @Test
    void sessionsForChecksAloneAreNamedAndCannotBeTracked() {
        var text = bfd("neighbor_ip 192.0.2.254", "checker");

        assertThat(Read.findings(text + Read.instance()))
                .singleElement()
                .asString()
                .startsWith("k:1:1: notice: bfd_instance 'gate' is for 'checker' alone");
        assertThat(Read.findings(text + Read.instance("track_bfd {", "gate", "}")))
                .anyMatch(line -> line.contains("there is no tracker 'gate', expected the name of a bfd_instance"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "passive | k:1:1: error: bfd_instance 'gate' has no neighbor_ip",
                "min_rx 0 | k:2:8: error: min_rx is '0', expected milliseconds from 1 to 1000",
                "min_tx 1000.5 | k:2:8: error: min_tx is '1000.5', expected milliseconds from 1 to 1000",
                "idle_tx 999 | k:2:9: error: idle_tx is '999', expected milliseconds from 1000 to 10000",
                "multiplier 11 | k:2:12: error: multiplier is '11', expected a whole number from 1 to 10",
                "ttl 0 | k:2:5: error: ttl is '0', expected a whole number from 1 to 255",
                "weight 254 | k:2:8: error: weight is '254', expected a whole number from -253 to 253",
                "neighbor_ip fe80::1 | k:1:1: error: the neighbour of a BFD session is fe80:0:0:0:0:0:0:1",
                "minrx 5 | k:2:1: error: unknown keyword 'minrx' in bfd_instance; did you mean 'min_rx'?"
            })
    void faultsSayWhatWhereAndWhatWasExpected(String line, String expected) {
        assertThat(Read.findings(bfd(line) + Read.instance())).anyMatch(found -> found.startsWith(expected));
    }

    @Test
    void aNeighbourHasOneSession() {
        var two = bfd("neighbor_ip 192.0.2.254")
                + bfd("neighbor_ip 192.0.2.254").replace("gate", "again")
                + Read.instance();

        assertThat(Read.findings(two))
                .anyMatch(line -> line.contains("tracker 'gate' has a BFD session with 192.0.2.254 already"));
    }
}
