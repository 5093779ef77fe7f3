package io.steelyard.core.stream;

import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.session.Sessions;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;

/**
 * One TCP virtual server: for each of its addresses a listener on every loop, opened with SO_REUSEPORT so that the kernel spreads
 * connections over them. Used by the control thread.
 */
final class StreamForwarder implements Forwarder {
    private static final int DEFAULT_BACKLOG = 511;

    private final List<StreamWorker> workers;
    private final ForwarderContext context;
    private final Sessions sessions;

    /** By address and port. */
    private final Map<ListenAddress, List<StreamListener>> listeners = new LinkedHashMap<>();

    /** Closed to new connections; theirs may still be open. */
    private final List<StreamListener> retired = new ArrayList<>();

    StreamForwarder(List<StreamWorker> workers, ForwarderContext context, Sessions sessions, VirtualServer server)
            throws IOException {
        this.workers = workers;
        this.context = context;
        this.sessions = sessions;
        apply(server);
    }

    @Override
    public void apply(VirtualServer changed) throws IOException {
        var service = StreamService.of(changed, context, sessions.rules(changed, context));
        var wanted = singlePorts(changed);
        var opened = new LinkedHashMap<ListenAddress, List<StreamListener>>();
        try {
            for (var address : wanted) {
                if (!listeners.containsKey(address)) {
                    opened.put(address, open(address, service));
                }
            }
        } catch (IOException failed) {
            opened.values().forEach(this::retire);
            throw failed;
        }
        listeners.forEach((address, kept) -> {
            if (wanted.contains(address)) {
                kept.forEach(listener -> listener.service(service));
            }
        });
        for (var address : List.copyOf(listeners.keySet())) {
            if (!wanted.contains(address)) {
                retire(listeners.getOrDefault(address, List.of()));
                listeners.remove(address);
            }
        }
        listeners.putAll(opened);
    }

    @Override
    public void stopAccepting() {
        listeners.values().forEach(this::retire);
        listeners.clear();
    }

    @Override
    public void cutFlows(String pool, String serverId) {
        workers.forEach(worker -> worker.loop().execute(() -> worker.cut(pool, serverId)));
    }

    @Override
    public int openFlows() {
        return (int) sum(StreamListener::open);
    }

    @Override
    public long acceptedFlows() {
        return sum(StreamListener::accepted);
    }

    @Override
    public long refusedFlows() {
        return sum(StreamListener::refused);
    }

    @Override
    public void close() {
        stopAccepting();
        onEveryLoop(worker ->
                retired.stream().filter(listener -> listener.worker() == worker).forEach(worker::cut));
    }

    private long sum(ToLongFunction<StreamListener> number) {
        long current = listeners.values().stream()
                .flatMap(List::stream)
                .mapToLong(number)
                .sum();
        return current + retired.stream().mapToLong(number).sum();
    }

    private static List<ListenAddress> singlePorts(VirtualServer server) {
        var addresses = new ArrayList<ListenAddress>();
        for (var range : server.listen()) {
            for (int port = range.firstPort(); port <= range.lastPort(); port++) {
                addresses.add(new ListenAddress(
                        range.address(), port, port, range.backlog(), range.ipv6Only(), range.keepAlive()));
            }
        }
        return addresses;
    }

    /** Opens one address on every loop, or on none. */
    private List<StreamListener> open(ListenAddress address, StreamService service) throws IOException {
        var sockets = new ArrayList<Integer>();
        try {
            probe(address);
            for (int i = 0; i < workers.size(); i++) {
                sockets.add(listen(address));
            }
        } catch (IOException failed) {
            sockets.forEach(Linux::close);
            throw failed;
        }
        var result = new ArrayList<StreamListener>();
        for (int i = 0; i < workers.size(); i++) {
            var worker = workers.get(i);
            int fd = sockets.get(i);
            result.add(worker.loop()
                    .call(() -> new StreamListener(worker, fd, address, service))
                    .join());
        }
        return result;
    }

    /** Fails where another program has the address; SO_REUSEPORT alone would share it with one of the same user. */
    private static void probe(ListenAddress address) throws IOException {
        Linux.close(bind(address, false));
    }

    private static int listen(ListenAddress address) throws IOException {
        int fd = bind(address, true);
        try {
            check(
                    Linux.listen(fd, address.backlog() == 0 ? DEFAULT_BACKLOG : address.backlog()),
                    address,
                    "cannot listen on ");
            return fd;
        } catch (IOException failed) {
            Linux.close(fd);
            throw failed;
        }
    }

    private static int bind(ListenAddress address, boolean isShared) throws IOException {
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
            case Errno.EACCES ->
                "; ports below 1024 need root or CAP_NET_BIND_SERVICE, or a lower net.ipv4.ip_unprivileged_port_start";
            case Errno.EADDRINUSE -> "; another program has it: find it with 'ss -ltnp', end it or choose another port";
            case Errno.EADDRNOTAVAIL -> "; no interface of this machine has that address: add it, or listen on another";
            case Errno.EMFILE, Errno.ENFILE -> "; raise the limit of open files (ulimit -n)";
            default -> "";
        };
        throw new IOException(what + "tcp " + address.text() + ": " + Errno.text(-result) + remedy);
    }

    private void retire(List<StreamListener> listening) {
        retired.removeIf(listener -> listener.open() == 0 && listener.accepted() == 0);
        retired.addAll(listening);
        CompletableFuture.allOf(listening.stream()
                        .map(listener -> listener.worker().loop().call(() -> {
                            listener.close();
                            return listener;
                        }))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
    }

    private void onEveryLoop(java.util.function.Consumer<StreamWorker> task) {
        CompletableFuture.allOf(workers.stream()
                        .map(worker -> worker.loop().call(() -> {
                            task.accept(worker);
                            return worker;
                        }))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
    }
}
