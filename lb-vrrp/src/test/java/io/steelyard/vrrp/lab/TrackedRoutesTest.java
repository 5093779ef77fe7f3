package io.steelyard.vrrp.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.proxy.Network;
import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.StaticGroup;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRoute;
import io.steelyard.api.vrrp.VirtualRule;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.election.Effect;
import io.steelyard.vrrp.election.Phase;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Routes and rules of a router that others take away, and what an earlier process left. Needs root. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class TrackedRoutesTest {
    @RegisterExtension
    private final Pair pair = new Pair();

    private VirtualRouters start(boolean isTracked) throws Exception {
        var route = VirtualRoute.builder(Network.parse("10.50.0.0/16"))
                .nextHop(VirtualRoute.NextHop.via(InetAddress.ofLiteral("10.9.0.9")))
                .tracked(isTracked)
                .build();
        var rule = VirtualRule.builder(AddressFamily.IPV4, new VirtualRule.Action.Lookup(100))
                .from(Network.parse("10.51.0.0/16"))
                .priority(300)
                .tracked(isTracked)
                .build();
        var routers = pair.start(pair.lab.one, Pair.router(100).route(route).rule(rule));
        Pair.until("active", () -> Pair.phase(routers) == Phase.ACTIVE);
        Pair.until("all is there", () -> hasRoute() && hasRule());
        return routers;
    }

    private boolean hasRoute() throws Exception {
        return pair.lab.one.ip("route").contains("10.50.0.0/16 via 10.9.0.9");
    }

    private boolean hasRule() throws Exception {
        return pair.lab.one.ip("rule").contains("300:\tfrom 10.51.0.0/16 lookup 100");
    }

    private long losses(VirtualRouters routers) {
        return pair.events(routers).stream()
                .filter(event ->
                        event instanceof RouterEvent.Changed changed && changed.reason() == Effect.Reason.ADDRESS_LOST)
                .count();
    }

    @Test
    void aRouteTakenAwayByOthersIsLost() throws Exception {
        var routers = start(true);

        pair.lab.one.ip("route", "del", "10.50.0.0/16");

        Pair.until("stepped down", () -> losses(routers) == 1);
        Pair.until("active with all", () -> Pair.phase(routers) == Phase.ACTIVE && hasRoute() && hasRule());
    }

    @Test
    void aRuleTakenAwayByOthersIsLost() throws Exception {
        var routers = start(true);

        pair.lab.one.ip("rule", "del", "priority", "300");

        Pair.until("stepped down", () -> losses(routers) == 1);
        Pair.until("active with all", () -> Pair.phase(routers) == Phase.ACTIVE && hasRoute() && hasRule());
    }

    @Test
    void whatIsNotTrackedMayGoAndStaysAway() throws Exception {
        var routers = start(false);

        pair.lab.one.ip("rule", "del", "priority", "300");
        pair.lab.one.ip("route", "del", "10.50.0.0/16");
        // Told after the others, and looked at.
        pair.lab.one.ip("addr", "del", Pair.ADDRESS + "/24", "dev", "eth0");

        Pair.until("the address was missed", () -> losses(routers) == 1);
        assertThat(pair.events(routers).stream()
                        .filter(event -> event instanceof RouterEvent.Changed changed && changed.to() == Phase.BACKUP)
                        .count())
                .isLessThanOrEqualTo(2);
    }

    @Test
    void anAddressThatWasLeftGoesThoughThereIsNoSourceAddressYet() throws Exception {
        pair.lab.one.ip("addr", "flush", "dev", "eth0");
        pair.lab.one.ip("addr", "add", Pair.ADDRESS + "/24", "dev", "eth0");

        var routers = pair.start(pair.lab.one, Pair.router(100));

        Pair.until("it is gone", () -> !Lab.has(pair.lab.one, Pair.ADDRESS));
        assertThat(Pair.phase(routers)).isEqualTo(Phase.FAULT);
        pair.lab.one.ip("addr", "add", "10.9.0.1/24", "dev", "eth0");
        Pair.until("active", () -> Pair.phase(routers) == Phase.ACTIVE && Lab.has(pair.lab.one, Pair.ADDRESS));
    }

    @Test
    void whatRoutersNeedIsPutBackAndWhereItCannotBeTheyAreFaulty() throws Exception {
        pair.lab.one.ip("link", "add", "up0", "type", "veth", "peer", "name", "up1");
        pair.lab.one.ip("link", "set", "up1", "up");
        pair.lab.one.ip("link", "set", "up0", "up");
        var group = new StaticGroup(
                "uplink",
                List.of("a"),
                List.of(VirtualAddress.builder("10.7.0.1/24")
                        .interfaceName("up0")
                        .build()),
                List.of(VirtualRoute.builder(Network.parse("10.50.0.0/16"))
                        .nextHop(VirtualRoute.NextHop.via(InetAddress.ofLiteral("10.7.0.9")))
                        .build()),
                List.of());
        var routers = pair.start(
                pair.lab.one,
                VirtualRouters.builder()
                        .router(Pair.router(100).build())
                        .settings(VrrpSettings.builder().staticGroup(group).build()));
        Pair.until("active", () -> Pair.phase(routers) == Phase.ACTIVE && hasStaticRoute());

        pair.lab.one.ip("route", "del", "10.50.0.0/16");
        Pair.until("the route is back", this::hasStaticRoute);
        pair.lab.one.ip("addr", "del", "10.7.0.1/24", "dev", "up0");
        Pair.until("the address is back", () -> Lab.has(pair.lab.one, "10.7.0.1") && hasStaticRoute());

        pair.lab.one.ip("link", "del", "up0");
        Pair.until("faulty", () -> Pair.phase(routers) == Phase.FAULT);
        assertThat(Pair.status(routers).unhealthy().orElse("")).contains("static group 'uplink' is incomplete");

        pair.lab.one.ip("link", "add", "up0", "type", "veth", "peer", "name", "up1");
        pair.lab.one.ip("link", "set", "up1", "up");
        pair.lab.one.ip("link", "set", "up0", "up");
        Pair.until("active again", () -> Pair.phase(routers) == Phase.ACTIVE && hasStaticRoute());
    }

    private boolean hasStaticRoute() throws Exception {
        return pair.lab.one.ip("route").contains("10.50.0.0/16 via 10.7.0.9");
    }

    @Test
    void packetRulesThatWereLeftGo() throws Exception {
        pair.lab.one.run("nft", "add table inet steelyard_vrrp");
        pair.lab.one.run(
                "nft", "add chain inet steelyard_vrrp input { type filter hook input priority -1; policy accept; }");
        pair.lab.one.run("nft", "add rule inet steelyard_vrrp input ip daddr " + Pair.ADDRESS + " drop");

        var routers = pair.start(pair.lab.one, Pair.router(100).acceptsPackets(true));

        Pair.until("active", () -> Pair.phase(routers) == Phase.ACTIVE);
        Pair.until("it answers", () -> pair.lab.answers(Pair.ADDRESS));
    }
}
