package io.steelyard.vrrp.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualMac;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InterfacePlanTest {
    private static final VirtualMac STANDARD = VirtualMac.standard();

    private static VirtualRouter.Builder builder(String name, String interfaceName, int id, VirtualMac mac) {
        return VirtualRouter.builder(name, interfaceName, id).virtualMac(mac).address("10.9." + id + ".1");
    }

    private static VirtualRouter router(String name, String interfaceName, int id, VirtualMac mac) {
        return builder(name, interfaceName, id, mac).build();
    }

    private static VirtualMac named(String name) {
        return new VirtualMac(Optional.of(name), Optional.empty(), false);
    }

    private static VirtualAddress own(String address, String interfaceName) {
        return VirtualAddress.builder(address)
                .interfaceName(interfaceName)
                .virtualMac(STANDARD)
                .build();
    }

    private static InterfacePlan plan(VirtualRouter... routers) {
        return InterfacePlan.NONE.with(List.of(routers), VrrpSettings.DEFAULT);
    }

    private static List<String> ofAddresses(InterfacePlan plan, VirtualRouter router) {
        return plan.ofAddresses(router).values().stream()
                .map(InterfacePlan.Wanted::name)
                .toList();
    }

    private static String name(InterfacePlan plan, VirtualRouter router) {
        return plan.own(router).orElseThrow().name();
    }

    /** As keepalived 2.2.7 called them. */
    @Test
    void namesThatAreTakenHaveANumberBeforeTheDot() {
        var first = builder("A", "e0", 5, STANDARD)
                .address(own("10.9.2.9", "e2"))
                .excludedAddress(own("fd00::9", "e0"))
                .excludedAddress(own("fd00::10", "e2"))
                .build();
        var second = router("B", "e1", 5, STANDARD);
        var named = router("C", "e2", 6, named("vrrp.7"));
        var last = router("D", "e1", 7, STANDARD);

        var plan = plan(first, second, named, last);

        assertThat(name(plan, first)).isEqualTo("vrrp.5");
        assertThat(ofAddresses(plan, first)).containsExactly("vrrp1.5", "vrrp6.5", "vrrp2.5");
        assertThat(name(plan, second)).isEqualTo("vrrp3.5");
        assertThat(name(plan, named)).isEqualTo("vrrp.7");
        assertThat(name(plan, last)).isEqualTo("vrrp1.7");
    }

    @Test
    void addressesThatAgreeShareAnInterface() {
        var router = builder("A", "e0", 5, STANDARD)
                .address(own("10.9.2.9", "e2"))
                .excludedAddress(own("10.9.2.10", "e2"))
                .build();

        assertThat(ofAddresses(plan(router), router)).containsExactly("vrrp1.5");
    }

    @Test
    void prefixesAreThoseOfTheSettings() {
        var router =
                builder("A", "e0", 5, STANDARD).address(own("10.9.2.9", "e2")).build();
        var both = VrrpSettings.builder()
                .interfacePrefix("vm")
                .addressInterfacePrefix("va")
                .build();
        var one = VrrpSettings.builder().interfacePrefix("vm").build();

        assertThat(InterfacePlan.NONE.with(List.of(router), both).quiet()).containsExactlyInAnyOrder("vm.5", "va.5");
        assertThat(InterfacePlan.NONE.with(List.of(router), one).quiet()).containsExactlyInAnyOrder("vm.5", "vm1.5");
    }

    @Test
    void whoHasANameKeepsItWhenOthersGoAndCome() {
        var gone = router("A", "e0", 5, STANDARD);
        var staying = router("B", "e1", 5, STANDARD);
        var come = router("C", "e2", 5, STANDARD);

        var after = plan(gone, staying).with(List.of(come, staying), VrrpSettings.DEFAULT);

        assertThat(name(after, staying)).isEqualTo("vrrp1.5");
        assertThat(name(after, come)).isEqualTo("vrrp.5");
    }
}
