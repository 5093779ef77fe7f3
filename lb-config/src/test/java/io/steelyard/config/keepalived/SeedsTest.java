package io.steelyard.config.keepalived;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Problem;
import io.steelyard.api.vrrp.Authentication;
import io.steelyard.api.vrrp.InitialState;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpVersion;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of those who keep keepalived and nginx in step. */
class SeedsTest {
    private static VirtualRouter first(String name) throws IOException {
        var result = new KeepalivedConfigurationReader().read(Read.seed(name));
        return result.configuration().orElseThrow().virtualRouters().getFirst();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0-dual-vip-lb1",
                "0-dual-vip-lb2",
                "1-lvs-dr-backup",
                "1-lvs-dr-master",
                "3-tracked-nginx-backup",
                "3-tracked-nginx-master",
                "4-nginx-ha-backup",
                "4-nginx-ha-master",
                "4-weighted-track-script"
            })
    void everyFileIsKnownAndRead(String name) throws IOException {
        var source = Read.seed(name + ".keepalived.conf");
        var reader = new KeepalivedConfigurationReader();

        assertThat(reader.recognizes(source)).isGreaterThan(90);
        assertThat(reader.read(source).configuration()).isPresent();
    }

    @Test
    void aPairHasTwoRoutersWithTurnedPriorities() throws IOException {
        var one = new KeepalivedConfigurationReader().read(Read.seed("0-dual-vip-lb1.keepalived.conf"));
        var routers = one.configuration().orElseThrow().virtualRouters();

        assertThat(routers.stream().map(VirtualRouter::virtualRouterId)).containsExactly(199, 200);
        assertThat(routers.stream().map(VirtualRouter::priority)).containsExactly(110, 100);
        assertThat(routers.getFirst().version()).isEqualTo(VrrpVersion.V2);
        assertThat(routers.getFirst().authentication()).isEqualTo(new Authentication.Password("123456"));
        assertThat(routers.getFirst().addresses().getFirst().text()).isEqualTo("192.168.0.180/32");
        assertThat(routers.getFirst().dialect().checksAddresses()).isEqualTo(VirtualRouter.AddressCheck.ON_NEW_ACTIVE);
        assertThat(one.configuration().orElseThrow().vrrp().mail().orElseThrow().to())
                .containsExactly("acassen@firewall.loc", "failover@firewall.loc", "sysadmin@firewall.loc");
    }

    @Test
    void strictModeMeansWhatKeepalivedOfTodayMakesOfIt() throws IOException {
        var result = new KeepalivedConfigurationReader().read(Read.seed("3-tracked-nginx-master.keepalived.conf"));
        var router = result.configuration().orElseThrow().virtualRouters().getFirst();

        assertThat(router.strict()).isTrue();
        assertThat(router.acceptsPackets()).isFalse();
        assertThat(router.initialState()).isEqualTo(InitialState.BACKUP);
        assertThat(router.authentication()).isEqualTo(new Authentication.None());
        assertThat(result.problems().stream()
                        .filter(problem -> problem.severity() == Problem.Severity.WARNING)
                        .map(problem -> problem.position().orElseThrow().line()))
                .containsExactly(17, 24, 25, 30);
    }

    @Test
    void virtualServersAreNamedInANotice() throws IOException {
        var result = new KeepalivedConfigurationReader().read(Read.seed("1-lvs-dr-master.keepalived.conf"));

        assertThat(result.problems().stream().map(Object::toString))
                .anyMatch(line -> line.contains(":19:1: notice: 'virtual_server' is accepted without effect"));
    }

    @Test
    void aWeightedScriptIsTracked() throws IOException {
        var result = new KeepalivedConfigurationReader().read(Read.seed("4-weighted-track-script.keepalived.conf"));
        var tracker =
                (Tracker.Script) result.configuration().orElseThrow().trackers().getFirst();

        assertThat(tracker.weight()).isEqualTo(-2);
        assertThat(tracker.command()).isEqualTo(List.of("/opt/chk_nginx.sh"));
        assertThat(first("4-weighted-track-script.keepalived.conf")
                        .tracks()
                        .getFirst()
                        .tracker())
                .isEqualTo("chk_http_port");
    }
}
