package io.steelyard.vrrp.lab;

import static io.steelyard.vrrp.lab.Pair.phase;
import static io.steelyard.vrrp.lab.Pair.router;
import static io.steelyard.vrrp.lab.Pair.status;
import static io.steelyard.vrrp.lab.Pair.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.election.Phase;
import io.steelyard.vrrp.witness.WitnessServer;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Two routers and a witness at the client's place, on a network that is cut. Needs root. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(180)
class WitnessTest {
    private static final String KEY = "a key of the test's own";
    private static final int PORT = 7946;

    @TempDir
    private Path folder;

    private Pair pair;
    private WitnessServer witness;

    @BeforeEach
    void createPair() throws Exception {
        assumeTrue(Lab.missing().isEmpty(), Lab::missing);
        pair = Pair.create(folder);
        startWitness();
    }

    private void startWitness() throws Exception {
        await("the witness's port")
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(BindException.class)
                .until(this::isWitnessStarted);
    }

    /** A program that another test begins has all our sockets for a moment, even one that is closed: its port is taken until then. */
    private boolean isWitnessStarted() throws Exception {
        witness = pair.lab.client.call(() -> WitnessServer.builder()
                .address(new InetSocketAddress("10.9.0.9", PORT))
                .key(KEY)
                .longestLease(Duration.ofSeconds(3))
                .start());
        return true;
    }

    @AfterEach
    void close() throws Exception {
        if (pair != null) {
            pair.close();
        }
        if (witness != null) {
            witness.close();
        }
    }

    private static SplitBrainDefence defence() {
        return Pair.defence()
                .witness(SplitBrainDefence.Witness.of("steelyard", Map.of("address", "10.9.0.9:" + PORT, "key", KEY)))
                .build();
    }

    private VirtualRouters start(PrivateNetwork host, int priority) throws Exception {
        return pair.start(host, router(priority).defence(defence()));
    }

    @Test
    void cutApartTheyHaveOneHolder() throws Exception {
        var one = start(pair.lab.one, 150);
        until("active", () -> phase(one) == Phase.ACTIVE && Lab.has(pair.lab.one, Pair.ADDRESS));
        var other = start(pair.lab.other, 100);
        until("the backup hears", () -> status(other).active().isPresent());

        pair.lab.cut("one", "other");
        pair.lab.cut("other", "one");

        until("the backup is refused the lease", () -> pair.warned(other, RouterEvent.Kind.LEASE_REFUSED));
        assertThat(pair.wasActive(other)).isFalse();
        assertThat(phase(other)).isEqualTo(Phase.BACKUP);
        assertThat(Lab.has(pair.lab.other, Pair.ADDRESS)).isFalse();
        assertThat(Lab.has(pair.lab.one, Pair.ADDRESS)).isTrue();
        assertThat(phase(one)).isEqualTo(Phase.ACTIVE);
        assertThat(status(one).defences().lease()).hasValueSatisfying(lease -> {
            assertThat(lease.left()).isPresent();
            assertThat(lease.epoch()).isPositive();
            assertThat(lease.answered()).isPresent();
        });
        assertThat(witness.leases()).hasSize(1);
    }

    @Test
    void aHolderThatIsCutFromAllLosesTheAddressBeforeTheOtherHasIt() throws Exception {
        var one = start(pair.lab.one, 150);
        until("active", () -> phase(one) == Phase.ACTIVE && Lab.has(pair.lab.one, Pair.ADDRESS));
        var other = start(pair.lab.other, 100);
        until("the backup hears", () -> status(other).active().isPresent());

        for (var place : new String[] {"other", "client"}) {
            pair.lab.cut("one", place);
            pair.lab.cut(place, "one");
        }

        until("the other has it", () -> {
            boolean isThere = Lab.has(pair.lab.other, Pair.ADDRESS);
            assertThat(isThere && Lab.has(pair.lab.one, Pair.ADDRESS))
                    .as("both")
                    .isFalse();
            return isThere;
        });
        assertThat(pair.warned(one, RouterEvent.Kind.LEASE_LOST)).isTrue();
        assertThat(phase(one)).isEqualTo(Phase.BACKUP);
        until("it knows why it does not claim", () -> pair.warned(one, RouterEvent.Kind.WITNESS_SILENT));

        pair.lab.heal();
        until("the higher priority has it again", () -> phase(one) == Phase.ACTIVE && phase(other) == Phase.BACKUP);
    }

    @Test
    void aWitnessThatStartsAnewCostsNobodyTheAddress() throws Exception {
        var one = start(pair.lab.one, 150);
        until("active", () -> phase(one) == Phase.ACTIVE);
        witness.close();
        startWitness();

        until("it has granted again", () -> witness.granted() > 2);

        assertThat(pair.events(one)).noneMatch(event -> event.toString().contains("LEASE_LOST"));
        assertThat(phase(one)).isEqualTo(Phase.ACTIVE);
    }

    @Test
    void whatCannotBeIsRefusedAtTheStart() {
        var unknown = Pair.defence()
                .witness(SplitBrainDefence.Witness.of("oracle", Map.of()))
                .build();
        assertThatThrownBy(() -> pair.start(pair.lab.one, router(100).defence(unknown)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no witness 'oracle', expected one of etcd, steelyard");
        var both = VirtualRouters.builder()
                .router(router(100).defence(defence()).build())
                .router(Pair.router("b", 51, 100, Pair.SECOND)
                        .defence(defence())
                        .build());
        assertThatThrownBy(() -> pair.start(pair.lab.one, both)).hasMessageContaining("would share the lease");
    }
}
