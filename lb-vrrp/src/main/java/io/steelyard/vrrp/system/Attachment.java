package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.Ipvlan;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.linux.netlink.Link;
import io.steelyard.vrrp.wire.RouterSecrets;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a virtual router is on the network: its interface, one of its own where it has a hardware address of its own, and the address its adverts
 * come from. Looks anew whenever interfaces change, and opens what depends on them. Used by the control thread.
 */
final class Attachment implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Attachment.class);

    private final VirtualRouter router;
    private final RouterHost host;
    private final RouterSecrets secrets;
    private final Holdings holdings;
    private final AddressInterfaces own;
    private final AdvertPorts.Hearer hearer;
    private final Listener listener;
    private @Nullable RouterPath path;
    private @Nullable Link virtualLink;
    private String problem = "";

    /** Told on the control thread. */
    interface Listener {
        /** Adverts go that way from now on. @param interfaceIndex where the router's addresses go */
        void attached(RouterPath way, int interfaceIndex) throws IOException;

        /** There is nowhere to be. */
        void detached();
    }

    Attachment(
            VirtualRouter router,
            RouterHost host,
            RouterSecrets secrets,
            Holdings holdings,
            AddressInterfaces own,
            AdvertPorts.Hearer hearer,
            Listener listener) {
        this.router = router;
        this.host = host;
        this.secrets = secrets;
        this.holdings = holdings;
        this.own = own;
        this.hearer = hearer;
        this.listener = listener;
    }

    /** The way to the others; null where there is none. */
    @Nullable
    RouterPath path() {
        return path;
    }

    /** Why there is none. */
    String problem() {
        return problem;
    }

    /** Has the interface that another made for the same router. */
    void succeed(Attachment before) {
        virtualLink = before.virtualLink;
        before.virtualLink = null;
        own.succeed(before.own);
    }

    /** Finds interface and source address, and opens what depends on them anew where they have changed. */
    void look() {
        own.look();
        var link = host.kernel().interfaces().link(router.interfaceName());
        if (link.isPresent() && router.virtualMac().isEmpty()) {
            holdings.interfaceIndex(link.get().index());
        }
        try {
            var sending = link.isPresent() && router.ipvlan().isPresent() ? Optional.of(ipvlan(link.get())) : link;
            var source = sending.flatMap(this::source);
            if (link.isEmpty() || source.isEmpty()) {
                problem = "interface " + sending.map(Link::name).orElse(router.interfaceName())
                        + " has no address that adverts could come from";
                boolean isGone = link.isEmpty() || router.sourceAddress().isEmpty() || router.tracksSource();
                if (isGone) {
                    detach();
                }
                return;
            }
            attach(link.get(), source.get());
        } catch (IOException | IllegalArgumentException failed) {
            problem = String.valueOf(failed.getMessage());
            LOG.error("virtual router '{}': {}", router.name(), failed.getMessage());
            detach();
        }
    }

    /** @param link who has the source address */
    private Optional<InetAddress> source(Link link) {
        var interfaces = host.kernel().interfaces();
        var own = router.ipvlan().flatMap(Ipvlan::source).map(VirtualAddress::address);
        if (own.isPresent()) {
            return own;
        }
        if (router.sourceAddress().isPresent()) {
            return router.sourceAddress()
                    .filter(address -> !router.tracksSource() || interfaces.has(link.index(), address));
        }
        boolean isIpv6 = router.family() == AddressFamily.IPV6;
        return interfaces.primary(link.index(), isIpv6, router.isOwner() ? List.of() : holdings.inetAddresses());
    }

    private void attach(Link parent, InetAddress source) throws IOException {
        var own = router.virtualMac().isPresent() ? virtualLink(parent, source) : parent;
        boolean isFromParent =
                router.virtualMac().map(mac -> mac.sendsFromParent()).orElse(false);
        var sending = router.ipvlan().isPresent() ? ipvlan(parent) : isFromParent ? parent : own;
        holdings.interfaceIndex(own.index());
        var way = path;
        if (way == null || !way.isFor(sending.index(), sending.mtuBytes(), source)) {
            detach();
            way = new RouterPath(router, secrets, sending.index(), sending.mtuBytes(), source, host.ports(), hearer);
            path = way;
        }
        listener.attached(way, own.index());
    }

    private Link virtualLink(Link parent, InetAddress source) throws IOException {
        return made(parent, wanted -> host.virtualInterfaces().create(router, wanted, parent, source));
    }

    private Link ipvlan(Link parent) throws IOException {
        return made(
                parent,
                wanted -> host.virtualInterfaces().create(router.ipvlan().orElseThrow(), wanted, parent));
    }

    private interface Making {
        Link make(InterfacePlan.Wanted wanted) throws IOException;
    }

    /** The router's interface above another; it is made where it is not there. */
    private Link made(Link parent, Making making) throws IOException {
        var made = virtualLink;
        if (made == null
                || !VirtualInterfaces.isAbove(made, parent, host.kernel().interfaces())) {
            made = making.make(host.routers().interfaces().own(router).orElseThrow());
            virtualLink = made;
            host.kernel().interfaces().put(made);
        }
        return made;
    }

    private void detach() {
        listener.detached();
        var old = path;
        path = null;
        if (old != null) {
            old.close();
        }
    }

    @Override
    public void close() {
        detach();
        own.close();
        var made = virtualLink;
        virtualLink = null;
        if (made != null) {
            host.virtualInterfaces().discard(made, router);
        }
    }
}
