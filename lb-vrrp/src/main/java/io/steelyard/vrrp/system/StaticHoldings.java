package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.StaticGroup;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.linux.netlink.AssignedAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Addresses, routes and rules that a process has from its start to its end, whatever its virtual routers do; what routers need of them is put back
 * when somebody else takes it away. Used by the control thread.
 */
final class StaticHoldings {
    private static final Logger LOG = LoggerFactory.getLogger(StaticHoldings.class);

    private final Kernel kernel;

    /** Those of no group first. */
    private final List<Held> all = new ArrayList<>();

    private boolean isQuiet;

    private final class Held {
        private final String name;
        private final List<String> routers;
        private final List<VirtualAddress> addresses;
        private final HeldRoutes routes;
        private boolean isWhole = true;

        private Held(StaticGroup group) {
            name = "static group '" + group.name() + "'";
            routers = group.routers();
            addresses = group.addresses();
            routes = new HeldRoutes(name, group.routes(), group.rules(), true, kernel);
        }

        private Held(VrrpSettings settings) {
            name = "static";
            routers = List.of();
            addresses = settings.addresses();
            routes = new HeldRoutes(name, settings.routes(), settings.rules(), false, kernel);
        }

        private void add() {
            addresses.forEach(address -> attempt(() -> kernel.addresses().replace(assigned(address))));
            routes.addRoutes();
            routes.addRules();
        }

        private void remove() {
            removeRoutes();
            remove(addresses);
        }

        private void removeRoutes() {
            routes.removeRules();
            routes.removeRoutes();
        }

        private void remove(List<VirtualAddress> unwanted) {
            unwanted.forEach(address -> attempt(() -> kernel.addresses().remove(assigned(address))));
        }

        /** Puts back what is missing. @return whether that changed whether all is there */
        private boolean look() {
            boolean was = isWhole;
            if (!isComplete()) {
                if (was) {
                    LOG.warn("{}: something is missing and is put back", name);
                }
                // What could not be put back before is no news when it cannot be now.
                isQuiet = !was;
                routes.quiet(!was);
                add();
                isQuiet = false;
                routes.quiet(false);
            }
            isWhole = isComplete();
            return was != isWhole;
        }

        private boolean isComplete() {
            return addresses.stream().allMatch(address -> !address.isTracked() || has(address))
                    && !routes.isIncomplete();
        }
    }

    StaticHoldings(VrrpSettings settings, Kernel kernel) {
        this.kernel = kernel;
        all.add(new Held(settings));
        settings.staticGroups().forEach(group -> all.add(new Held(group)));
    }

    void add() {
        all.forEach(Held::add);
        look();
    }

    void remove() {
        all.reversed().forEach(Held::remove);
    }

    /** Adds its own in place of another's; what both have stays. */
    void addAfter(StaticHoldings before) {
        var kept = all.stream().flatMap(each -> each.addresses.stream()).toList();
        for (var old : before.all.reversed()) {
            old.remove(old.addresses.stream()
                    .filter(address -> !kept.contains(address))
                    .toList());
            all.stream()
                    .filter(each -> each.name.equals(old.name))
                    .findFirst()
                    .ifPresentOrElse(each -> each.routes.succeed(old.routes), old::removeRoutes);
        }
        add();
    }

    /** Something has changed: what routers need and is missing is put back. @return whether that makes a difference to any router */
    boolean look() {
        boolean hasTurned = false;
        for (var each : all) {
            hasTurned |= !each.routers.isEmpty() && each.look();
        }
        return hasTurned;
    }

    /** What a router needs and is not there; empty where all is. */
    Optional<String> problem(String router) {
        return all.stream()
                .filter(each -> !each.isWhole && each.routers.contains(router))
                .findFirst()
                .map(each -> each.name + " is incomplete, and what is missing cannot be put back");
    }

    private AssignedAddress assigned(VirtualAddress address) throws IOException {
        return KernelAddress.of(address, indexOf(address), AssignedAddress.FOREVER);
    }

    private int indexOf(VirtualAddress address) throws IOException {
        return kernel.interfaces()
                .link(address.interfaceName()
                        .orElseThrow(() -> new IOException("static address " + address.text() + " names no interface")))
                .orElseThrow(() -> new IOException("static address " + address.text() + ": no such interface"))
                .index();
    }

    private boolean has(VirtualAddress address) {
        try {
            return kernel.addresses().list(indexOf(address)).stream()
                    .anyMatch(found -> found.address().equals(address.address()));
        } catch (IOException noInterface) {
            LOG.debug("{}", noInterface.getMessage());
            return false;
        }
    }

    private interface Change {
        void make() throws IOException;
    }

    private void attempt(Change change) {
        try {
            change.make();
        } catch (IOException | IllegalArgumentException refused) {
            LOG.atLevel(isQuiet ? Level.DEBUG : Level.ERROR).log("{}", refused.getMessage());
        }
    }
}
