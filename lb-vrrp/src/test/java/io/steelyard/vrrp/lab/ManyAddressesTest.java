package io.steelyard.vrrp.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.election.Phase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Routers with as many addresses as an advert may have, and more than fit into one. Needs root. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class ManyAddressesTest {
    @RegisterExtension
    private final Pair pair = new Pair();

    @Test
    void anAdvertOf255Ipv4AddressesIsSentAndUnderstood() throws Exception {
        assertThat(exchange(255, "10.20.0.%d/16", "10.20.0.255", 1_500)).isEqualTo(255);
    }

    @Test
    void addressesThatDoNotFitIntoTheMtuAreHadAndNotAdvertised() throws Exception {
        assertThat(exchange(200, "fd00:20::%x/64", "fd00:20::c8", 1_500)).isEqualTo(89);
    }

    @Test
    void aLargerMtuHasRoomForMoreIpv6Addresses() throws Exception {
        assertThat(exchange(200, "fd00:20::%x/64", "fd00:20::c8", 9_000)).isEqualTo(200);
    }

    /** keepalived's own sample file has one with a label and without. */
    @Test
    void anAddressThatIsThereTwiceIsAdvertisedTwice() throws Exception {
        var labelled =
                VirtualAddress.builder(Pair.ADDRESS + "/24").label("eth0:1").build();
        var one = pair.start(pair.lab.one, Pair.router(200).address(labelled));
        Pair.until("one is active", () -> Pair.phase(one) == Phase.ACTIVE);
        var two = pair.start(pair.lab.other, Pair.router(100).address(labelled));
        Pair.until("two hears one", () -> received(two) > 3 && Pair.phase(two) == Phase.BACKUP);

        assertThat(Pair.status(two).counters()).containsEntry("addr_list_err", 0L);
        assertThat(pair.warned(two, RouterEvent.Kind.OTHER_ADDRESSES)).isFalse();
        assertThat(Lab.has(pair.lab.one, Pair.ADDRESS)).isTrue();
        one.close();
        assertThat(Lab.has(pair.lab.one, Pair.ADDRESS)).isFalse();
        Pair.until("two takes over", () -> Lab.has(pair.lab.other, Pair.ADDRESS));
        assertThat(Pair.status(two).counters()).containsEntry("become_master", 1L);
    }

    /** Two routers see each other, and neither finds the other's addresses wrong. @return how many addresses there are in adverts */
    private int exchange(int count, String form, String last, int mtu) throws Exception {
        for (var port : List.of("one", "other")) {
            pair.lab.wire.ip("link", "set", port, "mtu", Integer.toString(mtu));
        }
        for (var host : List.of(pair.lab.one, pair.lab.other)) {
            host.ip("link", "set", "eth0", "mtu", Integer.toString(mtu));
        }
        var one = pair.start(pair.lab.one, router(count, form, 200));
        Pair.until("one is active", () -> Pair.phase(one) == Phase.ACTIVE);
        assertThat(pair.lab.one.ip("address", "show", "dev", "eth0")).contains(" " + last + "/");
        var two = pair.start(pair.lab.other, router(count, form, 100));
        Pair.until("two hears one", () -> received(two) > 3 && Pair.phase(two) == Phase.BACKUP);
        assertThat(pair.wasActive(two)).isFalse();
        assertThat(pair.warned(two, RouterEvent.Kind.OTHER_ADDRESSES)).isFalse();
        assertThat(Pair.status(two).counters()).containsEntry("addr_list_err", 0L);

        one.close();
        Pair.until("two has all", () -> Pair.phase(two) == Phase.ACTIVE);
        Pair.until(
                "the last one too",
                () -> pair.lab.other.ip("address", "show", "dev", "eth0").contains(" " + last + "/"));
        return advertised(count, form, mtu);
    }

    private static int advertised(int count, String form, int mtu) {
        return Math.min(count, router(count, form, 100).build().mostAdvertised(mtu));
    }

    private static long received(VirtualRouters routers) {
        return Pair.status(routers).counters().get("advert_rcvd");
    }

    private static VirtualRouter.Builder router(int count, String form, int priority) {
        var builder = VirtualRouter.builder("many", "eth0", 61)
                .priority(priority)
                .advertInterval(Duration.ofMillis(400))
                .defence(Pair.defence().build());
        for (int i = 1; i <= count; i++) {
            builder.address(form.formatted(i));
        }
        return builder;
    }
}
