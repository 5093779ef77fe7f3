package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.SplitBrainDefence.AddressProbe;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.netlink.MacAddress;
import io.steelyard.vrrp.defence.ConflictWatch;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks who has a virtual router's addresses, and hears who says so. Used by the control thread. */
final class Conflicts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Conflicts.class);
    private static final long LONGEST_CONFIRM_NS = 1_000_000_000L;
    private static final long SILENCE_NS = 30_000_000_000L;

    private final VirtualRouter router;
    private final RouterHost host;
    private final Holdings holdings;
    private final Listener listener;
    private final List<VirtualAddress> addresses;
    private final List<InetAddress> inetAddresses;
    private final ConflictWatch watch;
    private final long confirmNs;
    private final Timers.Timer askAgain;
    private @Nullable AddressClaims claims;
    private int interfaceIndex;

    /** Told on the control thread. */
    interface Listener {
        /** Another machine says that it has an address. @return whether we are active */
        boolean claimed(InetAddress address, MacAddress by);

        /** It said so more than once while we were active. */
        void conflict(InetAddress address, MacAddress by);
    }

    Conflicts(VirtualRouter router, RouterHost host, Holdings holdings, Listener listener) {
        this.router = router;
        this.host = host;
        this.holdings = holdings;
        this.listener = listener;
        addresses = holdings.all();
        inetAddresses = holdings.inetAddresses();
        confirmNs = Math.min(router.advertInterval().toNanos(), LONGEST_CONFIRM_NS);
        watch = new ConflictWatch(confirmNs, SILENCE_NS);
        askAgain = host.control().timer(this::probe);
    }

    /** Hears on that interface from now on, where a defence wants it. */
    void listen(int newInterfaceIndex) throws ErrnoException {
        var defence = router.defence();
        boolean isWanted = defence.detectsConflicts()
                || defence.addressProbe() != AddressProbe.OFF
                || !defence.backupCheck().isZero();
        if (!isWanted || claims != null && interfaceIndex == newInterfaceIndex) {
            return;
        }
        stop();
        claims = new AddressClaims(host.control(), newInterfaceIndex, inetAddresses, this::claimed);
        interfaceIndex = newInterfaceIndex;
    }

    /** Asks for all addresses; who answers is told to the listener. */
    void probe() {
        for (var address : addresses) {
            try {
                int index = holdings.indexOf(address);
                host.announcer().probe(index, host.hardwareAddress(index), address.address());
            } catch (IOException failed) {
                LOG.warn("virtual router '{}': asking for {}: {}", router.name(), address.text(), failed.getMessage());
            }
        }
    }

    /** We became active, or are it no more. */
    void forget() {
        askAgain.stop();
        watch.forget();
    }

    private void claimed(InetAddress address, MacAddress by) {
        var own = host.hardwareAddress(interfaceIndex);
        if (by.equals(own)) {
            return;
        }
        boolean isActive = listener.claimed(address, by);
        if (!router.defence().detectsConflicts() && router.defence().addressProbe() == AddressProbe.OFF) {
            return;
        }
        long nowNs = host.control().nowNs();
        switch (watch.claimed(inetAddresses.indexOf(address), by.bits(), own.bits(), isActive, nowNs)) {
            case ASK_AGAIN -> askAgain.set(nowNs + confirmNs);
            case REPORT -> listener.conflict(address, by);
            case NOTHING -> {
                // Known, or not to be known yet.
            }
        }
    }

    /** How many such claims there were while we were active. */
    long conflicts() {
        return watch.conflicts();
    }

    void stop() {
        var old = claims;
        claims = null;
        if (old != null) {
            old.close();
        }
    }

    @Override
    public void close() {
        askAgain.stop();
        stop();
    }
}
