package io.steelyard.vrrp.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.Ipvlan;
import io.steelyard.vrrp.election.Phase;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A router whose adverts go by an ipvlan; on a kernel without them, what it says then. Needs root. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(180)
class IpvlanTest {
    @RegisterExtension
    private final Pair pair = new Pair();

    private boolean hasIpvlan() throws Exception {
        boolean has = pair.lab.client.succeeds("ip", "link", "add", "probe", "link", "eth0", "type", "ipvlan");
        if (has) {
            pair.lab.client.ip("link", "del", "probe");
        }
        return has;
    }

    @Test
    void advertsComeFromItsAddressAndTheOthersStayBelow() throws Exception {
        boolean has = hasIpvlan();
        var ipvlan = new Ipvlan(Optional.empty(), Ipvlan.Mode.PRIVATE, Optional.of("10.9.0.33/24"));
        var backup = pair.start(pair.lab.other, Pair.router(50));
        Pair.until("alone", () -> Pair.phase(backup) == Phase.ACTIVE);

        var routers = pair.start(pair.lab.one, Pair.router(150).ipvlan(ipvlan));

        if (!has) {
            Pair.until("a fault", () -> Pair.phase(routers) == Phase.FAULT);
            assertThat(Pair.status(routers).unhealthy().orElseThrow()).contains("make ipvlan interface vrrp.51");
            return;
        }
        Pair.until("active", () -> Pair.phase(routers) == Phase.ACTIVE);
        Pair.until("it is heard", () -> Pair.status(backup).active().toString().contains("10.9.0.33"));
        assertThat(pair.lab.one.ip("-d", "addr", "show", "vrrp.51")).contains("ipvlan", "private", "10.9.0.33/24");
        assertThat(pair.lab.one.ip("addr", "show", "eth0")).contains(Pair.ADDRESS);
        Pair.until("it answers", () -> pair.lab.client.succeeds("ping", "-c1", "-W1", Pair.ADDRESS));
        routers.close();
        assertThat(pair.lab.one.ip("link")).doesNotContain("vrrp.51");
    }
}
