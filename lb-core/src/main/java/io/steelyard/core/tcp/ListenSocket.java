package io.steelyard.core.tcp;

import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import io.steelyard.linux.SocketOption;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;

/** Opens listening sockets, with a reason and a remedy where one cannot be opened. */
final class ListenSocket {
    private static final int DEFAULT_BACKLOG = 511;

    private ListenSocket() {}

    /** Opens so many sockets on one address, between which the kernel spreads connections (SO_REUSEPORT), or none. */
    static List<Integer> open(ListenAddress address, int count, OwnAddresses own) throws IOException {
        var sockets = new ArrayList<Integer>();
        try {
            if (address.descriptor() >= 0) {
                for (int i = 0; i < count; i++) {
                    sockets.add(inherit(address));
                }
                return sockets;
            }
            if (!own.mayShare(address)) {
                probe(address, own);
            }
            for (int i = 0; i < count; i++) {
                sockets.add(listen(address, own));
            }
        } catch (IOException failed) {
            sockets.forEach(Linux::close);
            throw failed;
        }
        return sockets;
    }

    /**
     * Listens on a socket that is bound, by so many descriptors of it: one for each loop, all of which wait for the same queue of connections. Takes
     * over the descriptor, also where it fails.
     */
    static List<Integer> share(int fd, ListenAddress address, int count) throws IOException {
        var sockets = new ArrayList<Integer>(List.of(fd));
        try {
            check(Linux.listen(fd, backlog(address)), address, "cannot listen on ");
            while (sockets.size() < count) {
                sockets.add(check(Linux.duplicate(fd), address, "cannot share the socket of "));
            }
            return sockets;
        } catch (IOException failed) {
            sockets.forEach(Linux::close);
            throw failed;
        }
    }

    /**
     * Another descriptor of the socket that was inherited, so that each loop closes its own. All loops then wait for the same queue of
     * connections, and the first that comes takes one.
     */
    private static int inherit(ListenAddress address) throws IOException {
        var what = "cannot use the inherited descriptor " + address.descriptor() + " for ";
        int fd = check(Linux.duplicate(address.descriptor()), address, what);
        try {
            check(Linux.nonBlocking(fd), address, what);
            check(Linux.listen(fd, backlog(address)), address, what);
            return fd;
        } catch (IOException failed) {
            Linux.close(fd);
            throw failed;
        }
    }

    /** Fails where another program has the address; SO_REUSEPORT alone would share it with one of the same user. */
    private static void probe(ListenAddress address, OwnAddresses own) throws IOException {
        Linux.close(bind(address, own, false));
    }

    private static int listen(ListenAddress address, OwnAddresses own) throws IOException {
        int fd = bind(address, own, true);
        try {
            check(Linux.listen(fd, backlog(address)), address, "cannot listen on ");
            return fd;
        } catch (IOException failed) {
            Linux.close(fd);
            throw failed;
        }
    }

    /** How many connections may wait to be accepted. */
    static int backlog(ListenAddress address) {
        return address.backlog() == 0 ? DEFAULT_BACKLOG : address.backlog();
    }

    private static int bind(ListenAddress address, OwnAddresses own, boolean isShared) throws IOException {
        boolean isIpv6 = address.address() instanceof Inet6Address;
        int fd = check(Linux.tcpSocket(isIpv6), address, "cannot open a socket for ");
        try (var arena = Arena.ofConfined()) {
            Linux.reuseAddress(fd);
            if (isShared) {
                Linux.reusePort(fd);
            }
            if (isIpv6) {
                Linux.ipv6Only(fd, address.ipv6Only());
            }
            if (address.transparent()) {
                check(
                        Linux.set(fd, isIpv6 ? SocketOption.IPV6_TRANSPARENT : SocketOption.IP_TRANSPARENT, 1),
                        address,
                        "cannot take connections to others at ");
            }
            if (!address.interfaceName().isEmpty()) {
                check(
                        Linux.bindToDevice(fd, address.interfaceName()),
                        address,
                        "cannot be tied to interface '" + address.interfaceName() + "' for ");
            }
            if (own.isFloating(address.address())) {
                check(Linux.freeBind(fd, isIpv6), address, "cannot bind before it is there ");
            }
            var local = SocketAddressBuffer.allocate(arena);
            local.set(address.address(), address.firstPort());
            check(Linux.bind(fd, local), address, "cannot bind ");
            return fd;
        } catch (IOException failed) {
            Linux.close(fd);
            throw failed;
        }
    }

    private static int check(int result, ListenAddress address, String what) throws IOException {
        if (result >= 0) {
            return result;
        }
        var remedy = switch (-result) {
            case Errno.EPERM -> "; this needs root or CAP_NET_ADMIN";
            case Errno.EACCES ->
                "; ports below 1024 need root or CAP_NET_BIND_SERVICE, or a lower net.ipv4.ip_unprivileged_port_start";
            case Errno.EADDRINUSE -> "; another program has it: find it with 'ss -ltnp', end it or choose another port";
            case Errno.EADDRNOTAVAIL -> "; no interface of this machine has that address: add it, or listen on another";
            case Errno.EMFILE, Errno.ENFILE -> "; raise the limit of open files (ulimit -n)";
            default -> "";
        };
        throw new IOException(
                what + (address.isUnix() ? "" : "tcp ") + address.text() + ": " + Errno.text(-result) + remedy);
    }
}
