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
    private final HeldRoutes routes;

    StaticHoldings(VrrpSettings settings, Kernel kernel) {
        this.settings = settings;
        this.kernel = kernel;
        routes = new HeldRoutes("static", settings.routes(), settings.rules(), kernel);
    }

    void add() {
        change(true);
        routes.addRoutes();
        routes.addRules();
    }

    void remove() {
        routes.removeRules();
        routes.removeRoutes();
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
