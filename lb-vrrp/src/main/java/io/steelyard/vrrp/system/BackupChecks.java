package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.netlink.MacAddress;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.defence.BackupCheck;
import io.steelyard.vrrp.election.Phase;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has a backup ask from time to time who has the addresses, and compares the answers with the active router. Used by the control thread. */
final class BackupChecks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackupChecks.class);

    /** How long answers are waited for. */
    private static final long WINDOW_NS = 500_000_000L;

    private final RunningRouter running;
    private final RouterHost host;
    private final Conflicts conflicts;
    private final List<InetAddress> addresses;
    private final long everyNs;
    private final long virtualLink;
    private final Timers.Timer next;
    private final Timers.Timer end;
    private @Nullable BackupCheck check;
    private @Nullable AddressClaims active;
    private InetAddress asked = RouterPath.inet(new byte[4]);

    BackupChecks(RunningRouter running, RouterHost host, Conflicts conflicts) {
        this.running = running;
        this.host = host;
        this.conflicts = conflicts;
        VirtualRouter router = running.router();
        // Others are on other interfaces, where nobody listens.
        addresses = router.addresses().stream()
                .filter(address -> address.interfaceName().isEmpty())
                .map(VirtualAddress::address)
                .toList();
        everyNs = router.defence().backupCheck().toNanos();
        virtualLink = everyNs > 0 ? VirtualInterfaces.hardwareAddress(router).bits() : 0;
        next = host.control().timer(this::begin);
        end = host.control().timer(this::end);
    }

    void start() {
        if (everyNs > 0) {
            next.set(host.control().nowNs() + everyNs);
        }
    }

    private boolean isBackupOfSomebody() {
        return running.state().phase() == Phase.BACKUP && running.state().activePriority() != 0;
    }

    private void begin() {
        next.set(host.control().nowNs() + everyNs);
        var path = running.attachment().path();
        if (path == null || !isBackupOfSomebody() || check != null) {
            return;
        }
        asked = RouterPath.inet(running.state().activeHigh(), running.state().activeLow());
        int index = path.interfaceIndex();
        var begun = new BackupCheck(addresses.size(), virtualLink);
        try {
            active = new AddressClaims(
                    host.control(), index, List.of(asked), (address, by) -> begun.activeAnswered(by.bits()));
            host.announcer().probe(index, host.hardwareAddress(index), asked);
        } catch (ErrnoException failed) {
            LOG.warn(
                    "virtual router '{}': asking for the active router: {}",
                    running.router().name(),
                    failed.getMessage());
            stopHearing();
            return;
        }
        check = begun;
        conflicts.probe();
        end.set(host.control().nowNs() + WINDOW_NS);
    }

    /** Somebody has an address of ours. */
    void answered(InetAddress address, MacAddress by) {
        var begun = check;
        int place = addresses.indexOf(address);
        if (begun != null && place >= 0) {
            begun.answered(place, by.bits());
        }
    }

    private void end() {
        stopHearing();
        var ended = check;
        check = null;
        boolean isSame = RouterPath.inet(
                        running.state().activeHigh(), running.state().activeLow())
                .equals(asked);
        // Who is active may have changed meanwhile: then the answers say nothing.
        if (ended == null || !isBackupOfSomebody() || !isSame) {
            return;
        }
        for (var finding : ended.findings()) {
            var address = addresses.get(finding.address()).getHostAddress();
            switch (finding) {
                case BackupCheck.Finding.NobodyHasIt nobody ->
                    running.warn(
                            RouterEvent.Kind.ADDRESS_MISSING,
                            asked.getHostAddress() + " says that it is active, and nobody answers for " + address);
                case BackupCheck.Finding.SeveralHaveIt several ->
                    running.warn(
                            RouterEvent.Kind.ADDRESS_CONFLICT,
                            several.links().stream().map(MacAddress::new).toList() + " all say that they have "
                                    + address);
                case BackupCheck.Finding.StrangerHasIt stranger ->
                    running.warn(
                            RouterEvent.Kind.ADDRESS_CONFLICT,
                            new MacAddress(stranger.link()) + " says that it has " + address
                                    + ", but the active router " + asked.getHostAddress() + " is "
                                    + new MacAddress(stranger.activeLink()));
            }
        }
    }

    private void stopHearing() {
        var open = active;
        active = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        next.stop();
        end.stop();
        stopHearing();
    }
}
