package com.example.floating;

import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.VirtualRouters;

/** Run on two machines, one of them has the address at a time: {@code FloatingAddress eth0 192.0.2.10/24}. Ends with Ctrl-C. */
public final class FloatingAddress {
    private FloatingAddress() {}

    public static void main(String... arguments) throws Exception {
        var router = VirtualRouter.builder("web", arguments[0], 51)
                .address(arguments[1])
                .build();
        var routers =
                VirtualRouters.builder().router(router).onEvent(System.out::println).start();
        Runtime.getRuntime().addShutdownHook(new Thread(routers::close));
        Thread.currentThread().join();
    }
}
