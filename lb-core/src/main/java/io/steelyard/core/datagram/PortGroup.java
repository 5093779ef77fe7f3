package io.steelyard.core.datagram;

import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import io.steelyard.linux.SocketOption;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One local address and port on every loop: sockets with SO_REUSEPORT among which the kernel chooses by the client. They are opened
 * together and closed together, since opening or closing one sends clients to another loop. Used by the control thread, except
 * {@link #closeIfUnused}.
 */
final class PortGroup {
    /** Asked for; the kernel gives what net.core.rmem_max allows. Bridges pauses of the JVM. */
    private static final int RECEIVE_BUFFER_BYTES = 1 << 20;

    /** What tells one group from another. */
    record Key(InetAddress address, int port, boolean ipv6Only) {
        static Key of(ListenAddress address, int port) {
            return new Key(address.address(), port, address.ipv6Only());
        }
    }

    private final Key key;
    private final boolean isFloating;
    private final SocketAddressBuffer bound = SocketAddressBuffer.allocate();
    private final List<DatagramPort> ports = new ArrayList<>();

    /** Guarded by this: how many virtual servers use the group, and whether its sockets are closed or about to be. */
    private int users = 1;

    private boolean isClosed;

    /** Guarded by this. */
    private CompletableFuture<?> closed = CompletableFuture.completedFuture(null);

    private PortGroup(Key key, boolean isFloating) {
        this.key = key;
        this.isFloating = isFloating;
        bound.set(key.address(), key.port());
    }

    /**
     * Opens the address on every loop, or on none.
     *
     * @param isFloating whether the machine has the address only at times
     * @throws IOException where it cannot be used, with what to do
     */
    static PortGroup open(Key key, boolean isFloating, List<DatagramWorker> workers) throws IOException {
        var group = new PortGroup(key, isFloating);
        var sockets = new ArrayList<Integer>();
        try {
            // SO_REUSEPORT alone would share the address with another program of the same user.
            Linux.close(group.bind(false));
            for (int i = 0; i < workers.size(); i++) {
                sockets.add(group.bind(true));
            }
        } catch (IOException failed) {
            sockets.forEach(Linux::close);
            throw failed;
        }
        for (int i = 0; i < workers.size(); i++) {
            var worker = workers.get(i);
            int fd = sockets.get(i);
            group.ports.add(worker.loop()
                    .call(() -> new DatagramPort(worker, group, fd))
                    .join());
        }
        return group;
    }

    boolean isIpv6() {
        return key.address() instanceof Inet6Address;
    }

    boolean isWildcard() {
        return key.address().isAnyLocalAddress();
    }

    long addressHigh() {
        return bound.addressHigh();
    }

    long addressLow() {
        return bound.addressLow();
    }

    int number() {
        return key.port();
    }

    String text() {
        return "udp " + bound;
    }

    // ---- who uses it

    /** One more virtual server uses the sockets. @return false where the sockets are closed; {@link #awaitClosed} then says when */
    synchronized boolean reattach() {
        if (isClosed) {
            return false;
        }
        users++;
        return true;
    }

    void awaitClosed() {
        CompletableFuture<?> closing;
        synchronized (this) {
            closing = closed;
        }
        closing.join();
    }

    /** Serves clients by {@code service} from now on. @param tallies one for each loop */
    void serve(DatagramService service, List<Tally> tallies) {
        onEveryLoop((port, index) -> port.attach(service, tallies.get(index)));
    }

    /** The virtual server for which {@code tallies} count uses the sockets no longer. */
    void stopServing(List<Tally> tallies) {
        onEveryLoop((port, index) -> port.detach(tallies.get(index)));
        synchronized (this) {
            users--;
        }
        closeIfUnused();
    }

    /** Closes the sockets where no virtual server is attached and no session is left. Any thread. */
    synchronized void closeIfUnused() {
        if (users > 0 || isClosed || ports.stream().anyMatch(port -> port.open() > 0)) {
            return;
        }
        isClosed = true;
        closed = CompletableFuture.allOf(ports.stream()
                .map(port -> port.worker().loop().call(() -> {
                    port.close();
                    return port;
                }))
                .toArray(CompletableFuture<?>[]::new));
    }

    /** Does something with a port. */
    @FunctionalInterface
    private interface PortTask {
        void run(DatagramPort port, int index);
    }

    private void onEveryLoop(PortTask task) {
        var done = new CompletableFuture<?>[ports.size()];
        for (int i = 0; i < done.length; i++) {
            int index = i;
            var port = ports.get(i);
            done[i] = port.worker().loop().call(() -> {
                task.run(port, index);
                return port;
            });
        }
        CompletableFuture.allOf(done).join();
    }

    // ---- sockets

    private int bind(boolean isShared) throws IOException {
        int fd = check(Linux.udpSocket(isIpv6()), "cannot open a socket for ");
        try {
            if (isShared) {
                check(Linux.reusePort(fd), "cannot share ");
            }
            if (isIpv6()) {
                check(Linux.ipv6Only(fd, key.ipv6Only()), "cannot choose the families of ");
            }
            if (isWildcard()) {
                var option = isIpv6() ? SocketOption.IPV6_RECVPKTINFO : SocketOption.IP_PKTINFO;
                check(Linux.set(fd, option, 1), "cannot learn the destination of datagrams to ");
            }
            if (isFloating) {
                check(Linux.freeBind(fd, isIpv6()), "cannot bind before it is there ");
            }
            Linux.set(fd, SocketOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
            check(Linux.bind(fd, bound), "cannot bind ");
            return fd;
        } catch (IOException failed) {
            Linux.close(fd);
            throw failed;
        }
    }

    private int check(int result, String what) throws IOException {
        if (result >= 0) {
            return result;
        }
        var remedy = switch (-result) {
            case Errno.EACCES ->
                "; ports below 1024 need root or CAP_NET_BIND_SERVICE, or a lower net.ipv4.ip_unprivileged_port_start";
            case Errno.EADDRINUSE -> "; another program has it: find it with 'ss -lunp', end it or choose another port";
            case Errno.EADDRNOTAVAIL -> "; no interface of this machine has that address: add it, or listen on another";
            case Errno.EMFILE, Errno.ENFILE -> "; raise the limit of open files (ulimit -n)";
            default -> "";
        };
        throw new IOException(what + text() + ": " + Errno.text(-result) + remedy);
    }
}
