package io.steelyard.vrrp.lab;

import static io.steelyard.vrrp.lab.Pair.phase;
import static io.steelyard.vrrp.lab.Pair.router;
import static io.steelyard.vrrp.lab.Pair.status;
import static io.steelyard.vrrp.lab.Pair.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.SplitBrainDefence.Reachability;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.election.Phase;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Machines that reach nobody, and the client as their gateway. Needs root. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(180)
class IsolationTest {
    @RegisterExtension
    private final Pair pair = new Pair();

    @BeforeEach
    void createPair() throws Exception {
        for (var host : List.of(pair.lab.one, pair.lab.other)) {
            host.ip("route", "add", "default", "via", "10.9.0.9");
        }
    }

    private static SplitBrainDefence reaching(Reachability rules) {
        return Pair.defence().reachability(rules).build();
    }

    private void isolate(String host) throws Exception {
        for (var other : List.of("one", "other", "client")) {
            if (!other.equals(host)) {
                pair.lab.cut(host, other);
                pair.lab.cut(other, host);
            }
        }
    }

    @Test
    void aBackupThatIsCutOffDoesNotClaimThoughItsVoteIsSlow() throws Exception {
        var slow = new Reachability(true, List.of(), 1, Duration.ofSeconds(2), Duration.ofSeconds(1), 3, false);
        var one = pair.start(pair.lab.one, router(150));
        until("active", () -> phase(one) == Phase.ACTIVE);
        var other = pair.start(pair.lab.other, router(100).defence(reaching(slow)));
        until(
                "the backup hears and reaches",
                () -> status(other).active().isPresent()
                        && status(other)
                                .defences()
                                .reachability()
                                .orElseThrow()
                                .hosts()
                                .getFirst()
                                .answered()
                                .isPresent());

        isolate("other");

        until("told", () -> pair.warned(other, RouterEvent.Kind.ISOLATED));
        until(
                "the vote",
                () -> status(other).defences().reachability().orElseThrow().isIsolated());
        assertThat(pair.wasActive(other)).isFalse();
        assertThat(phase(other)).isEqualTo(Phase.BACKUP);
        assertThat(Lab.has(pair.lab.other, Pair.ADDRESS)).isFalse();

        pair.lab.heal();
        until(
                "it hears again",
                () -> !status(other).defences().reachability().orElseThrow().isIsolated()
                        && status(other).active().isPresent());
        one.close();
        until("it claims as ever", () -> phase(other) == Phase.ACTIVE);
    }

    @Test
    void anActiveRouterThatIsCutOffLetsGoWhereThatIsWanted() throws Exception {
        var rules = new Reachability(true, List.of(), 1, Duration.ofMillis(200), Duration.ofSeconds(1), 3, true);
        var one = pair.start(pair.lab.one, router(150).defence(reaching(rules)));
        until("active", () -> phase(one) == Phase.ACTIVE && Lab.has(pair.lab.one, Pair.ADDRESS));

        isolate("one");
        until("it lets go", () -> phase(one) == Phase.FAULT && !Lab.has(pair.lab.one, Pair.ADDRESS));

        pair.lab.heal();
        until("it comes back", () -> phase(one) == Phase.ACTIVE && Lab.has(pair.lab.one, Pair.ADDRESS));
    }

    @Test
    void hostsOfTheUsersChoiceAreAskedOverIpv6Too() throws Exception {
        var rules = new Reachability(
                false,
                List.of(InetAddress.ofLiteral("10.9.0.9"), InetAddress.ofLiteral("2001:db8::9")),
                2,
                Duration.ofMillis(200),
                Duration.ofSeconds(1),
                3,
                false);
        var one = pair.start(pair.lab.one, router(150).defence(reaching(rules)));
        until("both answered", () -> phase(one) == Phase.ACTIVE);
        assertThat(status(one).defences().reachability().orElseThrow().hosts())
                .extracting(host -> host.address() + " " + host.answered().isPresent())
                .containsExactly("10.9.0.9 true", "2001:db8:0:0:0:0:0:9 true");
    }

    @Test
    void aBackupTellsThatASecondMachineHasTheAddress() throws Exception {
        var one = pair.start(pair.lab.one, router(150));
        until("active", () -> phase(one) == Phase.ACTIVE);
        var other = pair.start(pair.lab.other, checking(100));
        until("the backup hears", () -> status(other).active().isPresent());

        pair.lab.client.ip("addr", "add", Pair.ADDRESS + "/32", "dev", "eth0");

        until(
                "told",
                () -> pair.events(other).stream()
                        .anyMatch(event -> event instanceof RouterEvent.Warning warning
                                && warning.kind() == RouterEvent.Kind.ADDRESS_CONFLICT
                                && warning.text().endsWith("all say that they have " + Pair.ADDRESS)));
        assertThat(phase(other)).isEqualTo(Phase.BACKUP);
    }

    @Test
    void aBackupTellsThatNobodyHasTheAddress() throws Exception {
        var one = pair.start(pair.lab.one, router(150));
        until("active", () -> phase(one) == Phase.ACTIVE);
        var other = pair.start(pair.lab.other, checking(100));
        until("the backup hears", () -> status(other).active().isPresent());

        // The active router goes on sending adverts, and its answers for the address are lost.
        pair.lab.wire.run("nft", "add rule bridge cuts forward iifname one ether type arp drop");

        until("told", () -> pair.warned(other, RouterEvent.Kind.ADDRESS_MISSING));
        assertThat(phase(other)).isEqualTo(Phase.BACKUP);
    }

    private static VirtualRouter.Builder checking(int priority) {
        return router(priority)
                .defence(Pair.defence().backupCheck(Duration.ofSeconds(1)).build());
    }

    /** Started in another order: the address is claimed by a second machine while the first is alone. */
    @Test
    void aRouterAloneChecksNothing() throws Exception {
        VirtualRouters one = pair.start(pair.lab.one, checking(150));
        until(
                "active",
                () -> phase(one) == Phase.ACTIVE && status(one).inPhase().compareTo(Duration.ofSeconds(2)) > 0);
        assertThat(pair.events(one)).noneMatch(RouterEvent.Warning.class::isInstance);
    }
}
