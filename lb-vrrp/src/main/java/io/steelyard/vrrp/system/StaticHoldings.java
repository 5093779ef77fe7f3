package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.linux.netlink.AssignedAddress;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Addresses, routes and rules that a process has from its start to its end, whatever its virtual routers do. Used by the control thread. */
final class StaticHoldings {
    private static final Logger LOG = LoggerFactory.getLogger(StaticHoldings.class);

    private final VrrpSettings settings;
    private final Kernel kernel;

    StaticHoldings(VrrpSettings settings, Kernel kernel) {
        this.settings = settings;
        this.kernel = kernel;
    }

    void add() {
        change(true);
    }

    void remove() {
        change(false);
    }

    private void change(boolean isAdding) {
        for (var address : settings.addresses()) {
            attempt(() -> {
                int index = kernel.interfaces()
                        .link(address.interfaceName()
                                .orElseThrow(() ->
                                        new IOException("static address " + address.text() + " names no interface")))
                        .orElseThrow(() -> new IOException("static address " + address.text() + ": no such interface"))
                        .index();
                var wanted = KernelAddress.of(address, index, AssignedAddress.FOREVER);
                if (isAdding) {
                    kernel.addresses().replace(wanted);
                } else {
                    kernel.addresses().remove(wanted);
                }
            });
        }
        for (var route : settings.routes()) {
            attempt(() -> {
                var wanted = KernelRoute.of(route, 0, kernel.interfaces());
                if (isAdding) {
                    kernel.routes().replace(wanted);
                } else {
                    kernel.routes().remove(wanted);
                }
            });
        }
        for (var rule : settings.rules()) {
            attempt(() -> {
                kernel.rules().remove(KernelRoute.of(rule));
                if (isAdding) {
                    kernel.rules().add(KernelRoute.of(rule));
                }
            });
        }
    }

    private interface Change {
        void make() throws IOException;
    }

    private static void attempt(Change change) {
        try {
            change.make();
        } catch (IOException | IllegalArgumentException refused) {
            LOG.error("{}", refused.getMessage());
        }
    }
}
